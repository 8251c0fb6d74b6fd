import type { NavKind } from "../expert/navigator/nav-meaning.ts";
import type { Labelled } from "./sample.ts";

/** How often each thing occurs in a shard or a dataset; names in the order in which they were met. */
export type Contents = {
  samples: number;
  worlds: Record<string, number>;
  /** Samples by kind of world. */
  roads: Record<string, number>;
  /** Samples by weather and light. */
  skies: Record<string, number>;
  /** Pairs of sample and instruction, by what was meant and by what the expert answers and does. */
  meanings: Record<string, number>;
  answers: Record<string, number>;
  laterals: Record<string, number>;
  longitudinals: Record<string, number>;
};

export const emptyContents = (): Contents => ({
  samples: 0,
  worlds: {},
  roads: {},
  skies: {},
  meanings: {},
  answers: {},
  laterals: {},
  longitudinals: {},
});

const count = (counts: Record<string, number>, name: string, more = 1): void => {
  counts[name] = (counts[name] ?? 0) + more;
};

/** Counts one world that gave samples. */
export const addWorld = (contents: Contents, roads: string): void => count(contents.worlds, roads);

/** Counts one sample. */
export function addSample(
  contents: Contents,
  roads: string,
  sky: string,
  labelled: readonly Labelled[],
  kindOf: (sentence: number) => NavKind,
): void {
  contents.samples++;
  count(contents.roads, roads);
  count(contents.skies, sky);
  for (const { index, label } of labelled) {
    count(contents.meanings, kindOf(index));
    count(contents.answers, label.answer);
    count(contents.laterals, label.maneuver.lateral);
    count(contents.longitudinals, label.maneuver.longitudinal);
  }
}

/** The sum of many, with the commonest first. */
export function sumContents(all: readonly Contents[]): Contents {
  const sum = emptyContents();
  for (const one of all) {
    sum.samples += one.samples;
    for (const key of GROUPS)
      for (const [name, n] of Object.entries(one[key])) count(sum[key], name, n);
  }
  for (const key of GROUPS)
    sum[key] = Object.fromEntries(
      Object.entries(sum[key]).sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)),
    );
  return sum;
}

const GROUPS = [
  "worlds",
  "roads",
  "skies",
  "meanings",
  "answers",
  "laterals",
  "longitudinals",
] as const;
