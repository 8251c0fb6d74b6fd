import type { SentLine, SentScene } from "./scene-schema.ts";

/** What is wrong, and where, as a path of camelCase keys and indices. */
export type SceneProblem = {
  readonly path: readonly (string | number)[];
  readonly text: string;
};

/** From one point of a polyline to the next, m. */
const STEP_MAX_M = 2000;
/** Points on a polyline closer than this are the same, m. */
const SAME_M = 1e-3;
/** All polylines of a Scene together, m: what cameras and BevState can be drawn from in reasonable time. */
const LENGTH_MAX_M = 400_000;

/** The first thing that does not fit together: ids that come twice or name nothing, lines that are none. */
export function sceneProblem(scene: SentScene): SceneProblem | undefined {
  const { lanes, objects, signals, stopLines } = scene;
  return (
    twice("lanes", lanes) ??
    twice("objects", objects) ??
    twice("signals", signals) ??
    twice("stopLines", stopLines) ??
    neighbourProblem(lanes) ??
    signalProblem(scene) ??
    linesProblem(scene)
  );
}

function twice(name: string, list: readonly { readonly id: number }[]): SceneProblem | undefined {
  const at = new Map<number, number>();
  for (const [i, { id }] of list.entries()) {
    const before = at.get(id);
    if (before !== undefined)
      return {
        path: [name, i, "id"],
        text: `an id of its own expected, found ${id}, that of ${name}[${before}]`,
      };
    at.set(id, i);
  }
  return undefined;
}

function neighbourProblem(lanes: SentScene["lanes"]): SceneProblem | undefined {
  const ids = new Set(lanes.map(({ id }) => id));
  for (const [i, lane] of lanes.entries())
    for (const side of ["leftId", "rightId"] as const) {
      const beside = lane[side];
      if (beside === undefined || (beside !== lane.id && ids.has(beside))) continue;
      const found = beside === lane.id ? "its own" : "which no lane has";
      return {
        path: ["lanes", i, side],
        text: `the id of another lane expected, found ${beside}, ${found}`,
      };
    }
  return undefined;
}

function signalProblem({ signals, stopLines }: SentScene): SceneProblem | undefined {
  const ids = new Set(signals.map(({ id }) => id));
  for (const [i, { signalIds }] of stopLines.entries())
    for (const [k, id] of signalIds.entries())
      if (!ids.has(id))
        return {
          path: ["stopLines", i, "signalIds", k],
          text: `the id of a signal expected, found ${id}, which none has`,
        };
  return undefined;
}

function linesProblem({ lanes, kerbs, stopLines }: SentScene): SceneProblem | undefined {
  let totalM = 0;
  const lines: (readonly [readonly (string | number)[], SentLine])[] = [
    ...lanes.map(({ centre }, i) => [["lanes", i, "centre"], centre] as const),
    ...kerbs.map(({ line }, i) => [["kerbs", i, "line"], line] as const),
  ];
  for (const [path, line] of lines)
    for (let k = 1; k < line.length; k++) {
      const stepM = Math.hypot(line[k]!.xM - line[k - 1]!.xM, line[k]!.yM - line[k - 1]!.yM);
      totalM += stepM;
      if (stepM < SAME_M)
        return { path: [...path, k], text: "another point than the one before expected" };
      if (stepM > STEP_MAX_M)
        return {
          path: [...path, k],
          text: `at most ${STEP_MAX_M} m from the point before expected, found ${stepM.toFixed(1)} m`,
        };
      if (totalM > LENGTH_MAX_M)
        return {
          path: [...path, k],
          text: `at most ${LENGTH_MAX_M / 1000} km of lanes and kerbs in all expected, found more`,
        };
    }
  for (const [i, { left, right }] of stopLines.entries())
    if (Math.hypot(left.xM - right.xM, left.yM - right.yM) < SAME_M)
      return { path: ["stopLines", i, "right"], text: "another point than left expected" };
  return undefined;
}
