import type { NavMeaning } from "../nav-meaning.ts";
import { compareParses, type Parse } from "./grammar.ts";
import { SENTENCE, theLanguage } from "./language.ts";
import { nearestExamples } from "./nearest.ts";
import { tokensOf } from "./tokens.ts";

/** What a text means, or why nothing certain can be told. */
export type Reading =
  /** `slips`: words of which one letter had to be forgiven. */
  | { readonly ok: true; readonly meaning: NavMeaning; readonly slips: number }
  | {
      readonly ok: false;
      readonly code: "WORDS_UNKNOWN" | "WORDS_AMBIGUOUS";
      /** What was expected and what was found. */
      readonly detail: string;
    };

/** A slip of one letter is forgiven once. */
const SLIPS_MAX = 1;
const EXAMPLES = 3;
/** The grammar is for sentences: whoever gives a page is not answered by reading all of it. */
const TOKENS_MAX = 60;
/** Letters of a text that a message repeats. */
const SHOWN_MAX = 120;

/**
 * Reads the navigator's own language back: the inverse of `sayMeaning` and `makeSentence`, of words
 * held out or not. Capitals, marks, frames and one slip of a letter do not count; no words are "follow the
 * road". The sentence with the fewest parts and the most words of its own wins; nothing is guessed.
 */
export function readMeaning(text: string): Reading {
  const tokens = tokensOf(text);
  if (tokens.length === 0) return { ok: true, meaning: { kind: "FOLLOW_ROAD" }, slips: 0 };
  if (tokens.length <= TOKENS_MAX)
    for (let slips = 0; slips <= SLIPS_MAX; slips++) {
      const best = bestOf(theLanguage().parse(SENTENCE, tokens, slips));
      const [one, other] = best;
      if (other !== undefined) return ambiguous(text, best);
      if (one !== undefined) return { ok: true, meaning: one, slips };
    }
  return unknown(text, tokens);
}

/** The distinct meanings of the best readings. */
function bestOf(parses: readonly Parse<NavMeaning>[]): NavMeaning[] {
  const first = [...parses].sort(compareParses)[0];
  const equal = parses.filter((parse) => first !== undefined && compareParses(parse, first) === 0);
  return [...new Map(equal.map(({ value }) => [JSON.stringify(value), value])).values()];
}

/** A text as messages show it. */
const shown = (text: string): string =>
  `"${text.length > SHOWN_MAX ? `${text.slice(0, SHOWN_MAX)}…` : text}"`;

function ambiguous(text: string, meanings: readonly NavMeaning[]): Reading {
  const found = meanings.map((meaning) => JSON.stringify(meaning)).join(" and ");
  return {
    ok: false,
    code: "WORDS_AMBIGUOUS",
    detail: `words with one meaning expected, found ${shown(text)}, which means ${found} alike`,
  };
}

function unknown(text: string, tokens: readonly string[]): Reading {
  const { vocabulary } = theLanguage();
  const strange = tokens.filter((token) => !vocabulary.has(token) && !/^\d/.test(token));
  const examples = nearestExamples(text, EXAMPLES).map((said) => `"${said}"`);
  const tail =
    strange.length === 0
      ? ""
      : ` (not in the language: ${[...new Set(strange)].slice(0, 8).join(", ")})`;
  return {
    ok: false,
    code: "WORDS_UNKNOWN",
    detail: `a sentence of the navigator expected, such as ${examples.join(", ")}; found ${shown(text)}${tail}`,
  };
}
