import { type Reading, readMeaning } from "../../expert/navigator/read/read-meaning.ts";
import type { DriveOptions } from "../../scenario/run/drive.ts";
import type { SimulateFlags } from "./plan.ts";

/** The words of `--instruction` and what they mean, if that can be told; undefined where nothing is said. */
export type Told = { readonly text: string; readonly reading: Reading };

export const toldBy = (instruction: string | undefined): Told | undefined =>
  instruction === undefined || instruction.trim() === ""
    ? undefined
    : { text: instruction, reading: readMeaning(instruction) };

/** What a run says to its driver: drawn instructions, words with a meaning, or words alone. */
export function wordsOfRun(
  { instruction, instructions, words }: SimulateFlags,
  seed: number,
): Pick<DriveOptions, "text" | "instruct"> {
  if (instructions !== undefined)
    return { text: "", instruct: { mode: instructions, split: words, seed } };
  const told = toldBy(instruction);
  if (told === undefined) return { text: "" };
  const { text, reading } = told;
  if (!reading.ok) return { text };
  return { text: "", instruct: { mode: "told", text, meaning: reading.meaning } };
}

/** How the words were understood, in one line for a person. */
export const toldLine = ({ text, reading }: Told): string =>
  reading.ok
    ? `--instruction "${text}" is read as ${JSON.stringify(reading.meaning)}`
    : `--instruction reaches the model and is not judged: ${reading.detail}`;
