import { inWords, SPEED_UNITS } from "../../numbers.ts";
import { FOOT_M, LOOKS, NTH, NTH_SHORT, WHO, YARD_M } from "../spoken.ts";
import type { Grammar } from "./grammar.ts";
import type { Values } from "./values.ts";

/** Numbers are said in words up to here. */
const WORDS_MAX = 199;
const KILOMETRES = ["km", "kilometre", "kilometer", "kilometres", "kilometers"];

const numbered = (names: readonly string[]): string[] => names.map((name) => `{number} ${name}`);

/** Adds how numbers with their units, sides, looks, exits and others are said. */
export function addSlots(grammar: Grammar<Values>): void {
  addQuantities(grammar);
  grammar.add("side", ["left"], () => "LEFT");
  grammar.add("side", ["right"], () => "RIGHT");
  for (const [look, names] of entries(LOOKS)) grammar.add("look", names, () => look);
  for (const [kind, names] of entries(WHO)) grammar.add("who", names, () => kind);
  NTH.forEach((long, i) => {
    grammar.add("nth", [long, NTH_SHORT[i]!], () => i + 1);
  });
}

function addQuantities(grammar: Grammar<Values>): void {
  grammar.addWord("digits", (token) => {
    // nothing that is said with a number is nought
    const value = /^\d+(\.\d+)?$/.test(token) ? Number(token) : 0;
    return value > 0 ? value : undefined;
  });
  grammar.add("number", ["{digits}"], ({ digits }) => digits);
  for (let value = 1; value <= WORDS_MAX; value++) {
    const words = inWords(value);
    const short = words.replace(" and ", " ");
    grammar.add("number", short === words ? [words] : [words, short], () => value);
  }
  for (const { perMps, names } of SPEED_UNITS)
    grammar.add("speed", numbered(names), ({ number }) => number / perMps);
  grammar.add("delta", ["{speed}"], ({ speed }) => speed);
  grammar.add("delta", ["{number}"], ({ number }) => number / 3.6);
  grammar.add(
    "metres",
    numbered(["m", "metre", "meter", "metres", "meters"]),
    ({ number }) => number,
  );
  addDistances(grammar);
  grammar.add("seconds", numbered(["s", "second", "seconds"]), ({ number }) => number);
  grammar.add("seconds", ["half a second"], () => 0.5);
  grammar.add(
    "seconds",
    ["{number} and a half second", "{number} and a half seconds"],
    ({ number }) => number + 0.5,
  );
  grammar.add("gap", ["{metres}"], ({ metres }) => ({ metres }));
  grammar.add("gap", ["{seconds}"], ({ seconds }) => ({ seconds }));
}

function addDistances(grammar: Grammar<Values>): void {
  grammar.add("dist", ["{metres}"], ({ metres }) => metres);
  grammar.add("dist", numbered(KILOMETRES), ({ number }) => number * 1000);
  grammar.add("dist", ["half a kilometre", "half a kilometer"], () => 500);
  grammar.add("dist", numbered(["yard", "yards"]), ({ number }) => number / (1 / YARD_M));
  grammar.add("dist", numbered(["foot", "feet"]), ({ number }) => number / (1 / FOOT_M));
}

const entries = <K extends string, T>(record: Readonly<Record<K, T>>): [K, T][] =>
  Object.entries(record) as [K, T][];
