import type { Random } from "../world/random.ts";
import type { Meaning } from "./meaning.ts";
import { speakMetres, speakSeconds, speakSpeed } from "./numbers.ts";
import { SHAPES, type ShapeName } from "./sentence-shapes.ts";

export type Split = "train" | "val";

/** A sentence and the meaning it really has: numbers are rounded as they are spoken. */
export type Sentence = { readonly text: string; readonly meaning: Meaning };

/** All plain shapes of a template: every choice taken. */
export function expandShape(template: string): string[] {
  const open = template.indexOf("[");
  if (open < 0) return [tidy(template)];
  const close = template.indexOf("]", open);
  const before = template.slice(0, open);
  const after = template.slice(close + 1);
  return template
    .slice(open + 1, close)
    .split("|")
    .flatMap((choice) => expandShape(before + choice + after));
}

const tidy = (text: string) => text.replace(/\s+/g, " ").replace(/ ,/g, ",").trim();

const EXPANDED = Object.fromEntries(
  (Object.keys(SHAPES) as ShapeName[]).map((name) => [
    name,
    {
      train: SHAPES[name].train.map(expandShape),
      val: SHAPES[name].val.map(expandShape),
    },
  ]),
) as Record<ShapeName, Record<Split, string[][]>>;

/** Distinct plain shapes of a split, of one name or of all. */
export function shapesOf(split: Split, name?: ShapeName): string[] {
  const names = name === undefined ? (Object.keys(SHAPES) as ShapeName[]) : [name];
  return [...new Set(names.flatMap((n) => EXPANDED[n][split].flat()))];
}

function shapeNameOf(meaning: Meaning): ShapeName {
  if (meaning.kind === "CHANGE_SPEED") return meaning.deltaMps > 0 ? "FASTER" : "SLOWER";
  if (meaning.kind === "KEEP_GAP") return "GAP_METRES";
  if (meaning.kind === "ILLEGAL") return meaning.what;
  return meaning.kind;
}

/** What stands before and after a sentence and means nothing. */
export const OPENERS = ["ok, ", "hey car, ", "alright, ", "now ", "ok so ", "car, ", "um, "];
export const CLOSERS = [", thanks", " please", " if you can", ", ok?", " now", "!", "."];

/** Share of sentences with a slip of one letter. */
const TYPO_PROB = 0.06;

/** Swaps, drops or doubles one letter. */
export function mistype(rng: Random, text: string): string {
  const at = rng.int(1, Math.max(1, text.length - 2));
  const a = text[at] ?? "";
  const b = text[at + 1] ?? "";
  if (!/[a-z]/.test(a) || !/[a-z]/.test(b)) return text;
  const swapped = text.slice(0, at) + b + a + text.slice(at + 2);
  return rng.pick([
    swapped,
    text.slice(0, at) + text.slice(at + 1),
    text.slice(0, at) + a + text.slice(at),
  ]);
}

function dress(rng: Random, text: string, typoProb: number): string {
  let out = text;
  if (rng.chance(0.12)) out = rng.pick(OPENERS) + out;
  if (rng.chance(0.12)) out += rng.pick(CLOSERS);
  if (rng.chance(typoProb)) out = mistype(rng, out);
  if (rng.chance(0.3)) out = out.charAt(0).toUpperCase() + out.slice(1);
  else if (rng.chance(0.03)) out = out.toUpperCase();
  return out;
}

/** Writes a sentence in free words; the returned meaning holds the numbers as spoken. */
export function makeSentence(
  meaning: Meaning,
  rng: Random,
  split: Split,
  typoProb = TYPO_PROB,
): Sentence {
  if (meaning.kind === "FOLLOW_ROAD" && rng.chance(0.3)) return { text: "", meaning };
  let shape = rng.pick(rng.pick(EXPANDED[shapeNameOf(meaning)][split]));
  let spoken: Meaning = meaning;
  if (meaning.kind === "CHANGE_LANE") shape = shape.replace("{side}", meaning.side.toLowerCase());
  if (meaning.kind === "SET_SPEED") {
    const said = speakSpeed(rng, meaning.mps);
    shape = shape.replace("{speed}", said.text);
    spoken = { kind: "SET_SPEED", mps: said.si };
  }
  if (meaning.kind === "CHANGE_SPEED") {
    const said = speakSpeed(rng, Math.abs(meaning.deltaMps));
    shape = shape.replace("{delta}", said.text);
    spoken = { kind: "CHANGE_SPEED", deltaMps: Math.sign(meaning.deltaMps) * said.si };
  }
  if (meaning.kind === "KEEP_GAP") {
    const inMetres = "metres" in meaning;
    const said = inMetres ? speakMetres(rng, meaning.metres) : speakSeconds(rng, meaning.seconds);
    shape = shape.replace("{gap}", said.text);
    spoken = inMetres
      ? { kind: "KEEP_GAP", metres: said.si }
      : { kind: "KEEP_GAP", seconds: said.si };
  }
  return { text: dress(rng, shape, typoProb), meaning: spoken };
}
