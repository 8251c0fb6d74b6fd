import type { DatasetKind } from "./options.ts";

/** How long a world is driven and how many samples are taken of it. */
export type Pace = {
  readonly durationS: number;
  /** Moments at which samples are taken. */
  readonly moments: number;
  /** The same in a world of the first generator. */
  readonly oldMoments: number;
  /** Ticks from one decision to the next. */
  readonly stepTicks: number;
  /** So many other drivers at most lend their place at each moment. */
  readonly eyes: number;
};

/** Many samples of a world where they are cheap, few where each costs a rendering. */
const USUAL: Readonly<Record<DatasetKind, Pace>> = {
  truth: { durationS: 30, moments: 24, oldMoments: 60, stepTicks: 2, eyes: 6 },
  rendered: { durationS: 16, moments: 4, oldMoments: 4, stepTicks: 1, eyes: 0 },
};
/** Moments of one world are so far apart that they differ, s. */
const APART_S = 4;
/** A world shorter than this has seen little but its start, s. */
const LEAST_S = 8;

/**
 * Pace of a dataset with at most about `perWorld` samples of a world, or as many as is usual. Worlds of the
 * first generator keep their share: they have no other drivers' places to lend, nor has a world that a model
 * drives (`isLent` false).
 */
export function paceOf(kind: DatasetKind, perWorld?: number, isLent = true): Pace {
  const usual = isLent ? USUAL[kind] : { ...USUAL[kind], eyes: 0 };
  if (perWorld === undefined) return usual;
  const eyes = Math.min(usual.eyes, perWorld - 1);
  const moments = Math.ceil(perWorld / (1 + eyes));
  const usualPerWorld = usual.moments * (1 + usual.eyes);
  return {
    durationS: Math.min(usual.durationS, Math.max(LEAST_S, APART_S * moments)),
    moments,
    oldMoments: Math.max(1, Math.round((perWorld * usual.oldMoments) / usualPerWorld)),
    stepTicks: usual.stepTicks,
    eyes,
  };
}
