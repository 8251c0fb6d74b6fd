import { shapesNamed } from "../split.ts";
import { STEP_PHRASES } from "./steps.ts";
import { tokensOf } from "./tokens.ts";

/** What stands in the slots of examples. */
const FILLED: Readonly<Record<string, string>> = {
  ...{ side: "left", speed: "50 km/h", delta: "10 km/h", gap: "30 metres", dist: "100 metres" },
  ...{ look: "the next junction", nth: "second", ahead: "30 metres", aside: "3 metres" },
};

const example = (shape: string): string =>
  shape.replace(/\{(\w+)\}/g, (slot, name: string) => FILLED[name] ?? slot);

/** The sentences of the language that look most like a text, each of another phrase. */
export function nearestExamples(text: string, count: number): string[] {
  const wanted = piecesOf(text);
  return STEP_PHRASES.map((name) => {
    const likes = shapesNamed(name).map((shape) => {
      const said = example(shape);
      return { said, alike: alike(wanted, piecesOf(said)) };
    });
    return likes.reduce((best, one) => (one.alike > best.alike ? one : best));
  })
    .sort((a, b) => b.alike - a.alike)
    .slice(0, count)
    .map(({ said }) => said);
}

/** Words, and runs of three letters in them, so that a misspelt word is still like itself. */
function piecesOf(text: string): Set<string> {
  const out = new Set<string>();
  for (const token of tokensOf(text)) {
    out.add(token);
    for (let i = 0; i + 3 <= token.length; i++) out.add(`~${token.slice(i, i + 3)}`);
  }
  return out;
}

/** Dice's share of common pieces, 0…1. */
function alike(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  let common = 0;
  for (const piece of a) if (b.has(piece)) common++;
  return (2 * common) / Math.max(1, a.size + b.size);
}
