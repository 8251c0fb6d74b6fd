import { SPEED_STEP_MPS } from "../contract/maneuver.ts";

/** Life of the instruction as its own earlier outputs tell it. */
export const PHASES = ["NONE", "LEFT", "RIGHT", "PULL_OVER", "DONE"] as const;
export type Phase = (typeof PHASES)[number];

/** What the planner is told beside text and BEV. undefined = not known. */
export type PlannerState = {
  readonly speedMps: number | undefined;
  readonly accelMps2: number | undefined;
  readonly yawRateRadps: number | undefined;
  /** Speed limit or configured desired speed. */
  readonly cruiseSpeedMps: number | undefined;
  readonly sinceInstructionS: number;
  readonly speedWhenGivenMps: number | undefined;
  readonly phase: Phase;
  readonly sincePhaseS: number;
};

type Variable = {
  readonly name: keyof PlannerState;
  /** Ids used, the "not known" id included where there is one. */
  readonly size: number;
  readonly code: (state: PlannerState) => number;
};

/** Upper bounds of the time bins, s; a last bin holds all that is longer. */
const TIME_BINS_S = [0.05, 0.25, 0.5, 1, 1.5, 2, 3, 4, 6, 8, 10, 15, 20, 30];

const timeBin = (s: number): number => {
  const i = TIME_BINS_S.findIndex((bound) => s <= bound);
  return i < 0 ? TIME_BINS_S.length : i;
};

/** Uniform bins of `step` from `min`; ids 0…count−1, `count` = not known. */
function uniform(
  name: keyof PlannerState,
  min: number,
  step: number,
  count: number,
  get: (state: PlannerState) => number | undefined,
): Variable {
  return {
    name,
    size: count + 1,
    code: (state) => {
      const value = get(state);
      if (value === undefined) return count;
      if (!Number.isFinite(value))
        throw new RangeError(
          `state ${name}: a finite number or undefined expected, found ${value}`,
        );
      return Math.max(0, Math.min(count - 1, Math.round((value - min) / step)));
    },
  };
}

/** The eight state tokens in order; ids are consecutive ranges of one state vocabulary. */
export const STATE_VARIABLES: readonly Variable[] = [
  uniform("speedMps", 0, 0.25, 161, (s) => s.speedMps),
  uniform("accelMps2", -8, 0.5, 25, (s) => s.accelMps2),
  uniform("yawRateRadps", -0.6, 0.05, 25, (s) => s.yawRateRadps),
  uniform("cruiseSpeedMps", 0, SPEED_STEP_MPS, 81, (s) => s.cruiseSpeedMps),
  {
    name: "sinceInstructionS",
    size: TIME_BINS_S.length + 1,
    code: (s) => timeBin(s.sinceInstructionS),
  },
  uniform("speedWhenGivenMps", 0, SPEED_STEP_MPS, 81, (s) => s.speedWhenGivenMps),
  { name: "phase", size: PHASES.length, code: (s) => PHASES.indexOf(s.phase) },
  { name: "sincePhaseS", size: TIME_BINS_S.length + 1, code: (s) => timeBin(s.sincePhaseS) },
];

/** First id of each variable. */
export const STATE_OFFSETS: readonly number[] = STATE_VARIABLES.map((_, i) =>
  STATE_VARIABLES.slice(0, i).reduce((sum, v) => sum + v.size, 0),
);

export const STATE_VOCABULARY_SIZE = STATE_VARIABLES.reduce((sum, v) => sum + v.size, 0);

/** Id of "not known" for variable i, or −1 where it is always known. */
export const stateMissingId = (i: number): number =>
  i < 4 || i === 5 ? STATE_OFFSETS[i]! + STATE_VARIABLES[i]!.size - 1 : -1;

/** Eight global state token ids. @throws RangeError on NaN: missing is undefined, never NaN. */
export const encodeState = (state: PlannerState): number[] =>
  STATE_VARIABLES.map((variable, i) => STATE_OFFSETS[i]! + variable.code(state));
