import { CLOSERS, OPENERS } from "../../sentences.ts";
import type { Condition, NavMeaning } from "../nav-meaning.ts";
import { shapesNamed } from "../split.ts";
import { Grammar } from "./grammar.ts";
import { addSlots } from "./numbers.ts";
import { STEP_OF, STEP_PHRASES } from "./steps.ts";
import { ALIASES, type Values } from "./values.ts";

const CONDITION_OF: Readonly<Record<Condition["kind"], (filled: Values) => Condition>> = {
  PAST: ({ who }) => ({ kind: "PAST", what: who }),
  GREEN: () => ({ kind: "GREEN" }),
  DRIVEN: ({ dist }) => ({ kind: "DRIVEN", metres: dist }),
  WAITED: ({ time }) => ({ kind: "WAITED", seconds: time }),
  JUNCTION: () => ({ kind: "JUNCTION" }),
};

/** Sentences with so many frames, openers and closers around them are read. */
const LEVELS = ["bare", "framed1", "framed2", "framed3"] as const;

/** Everything the navigator and the first generator can say, of both splits, to be read. */
function makeLanguage(): Grammar<Values> {
  const grammar = new Grammar<Values>(ALIASES);
  addSlots(grammar);
  for (const name of STEP_PHRASES) grammar.add("step", shapesNamed(name), STEP_OF[name], "PART");
  grammar.add("bare", ["{step}"], ({ step }) => step);
  grammar.add(
    "bare",
    shapesNamed("SEQUENCE"),
    ({ a, b }) => ({ kind: "SEQUENCE", steps: [a, b] }),
    "PART",
  );
  for (const kind of Object.keys(CONDITION_OF) as Condition["kind"][])
    grammar.add(
      "bare",
      shapesNamed(`WHEN_${kind}`),
      (filled) => ({ kind: "WHEN", condition: CONDITION_OF[kind](filled), step: filled.a }),
      "PART",
    );
  LEVELS.slice(1).forEach((level, i) => {
    addFrames(grammar, level, LEVELS[i]!);
  });
  return grammar;
}

function addFrames(
  grammar: Grammar<Values>,
  level: (typeof LEVELS)[number],
  inner: (typeof LEVELS)[number],
): void {
  const same = (filled: Values): NavMeaning => filled[inner];
  const frames = [
    ...shapesNamed("CHATTY"),
    ...shapesNamed("CHATTY_DO"),
    ...OPENERS.map((opener) => `${opener}{s}`),
    "please {s}",
    ...CLOSERS.filter((closer) => /[a-z]/.test(closer)).map((closer) => `{s}${closer}`),
  ];
  grammar.add(level, [`{${inner}}`], same);
  grammar.add(
    level,
    frames.map((frame) => frame.replace("{s}", `{${inner}}`)),
    same,
    "PART",
  );
}

let language: Grammar<Values> | undefined;

/** The whole language; made once, when it is first needed. */
export const theLanguage = (): Grammar<Values> => {
  language ??= makeLanguage();
  return language;
};
export const SENTENCE = LEVELS.at(-1)!;
