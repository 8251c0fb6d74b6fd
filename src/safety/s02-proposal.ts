/** S02 for the proposal: a malformed, truncated or out-of-range proposal is refused as a whole. */
import {
  ACCEL_CODES_MPS2,
  ANSWERS,
  CURVATURE_CODES_RATIO,
  GAP_MAX_M,
  GAP_MIN_M,
  GAP_TOKEN_COUNT,
  LATERALS,
  LONGITUDINALS,
  type Maneuver,
  type Proposal,
  RATIONALES,
  SPEED_STEP_MPS,
  SPEED_TOKEN_COUNT,
  TRAJECTORY_STEP_S,
  TRAJECTORY_STEPS,
  type Trajectory,
  type VehicleProfile,
} from "../contract/maneuver.ts";
import { stepBicycleInto } from "../geometry/bicycle.ts";
import { TRAJECTORY_TOLERANCE_M, TRAJECTORY_TOLERANCE_MPS } from "./limits.ts";

const SPEED_MAX_MPS = SPEED_STEP_MPS * (SPEED_TOKEN_COUNT - 1);
const ACCEL_LOW_MPS2 = ACCEL_CODES_MPS2[0];
const ACCEL_HIGH_MPS2 = ACCEL_CODES_MPS2[ACCEL_CODES_MPS2.length - 1]!;
const SLACK = 1e-6;

/** Token count of each slot, counted here once more: the checker does not trust the doer's table. */
const SLOT_SIZES: readonly (readonly [size: number, repeat: number])[] = [
  [ANSWERS.length, 1],
  [RATIONALES.length, 2],
  [LATERALS.length, 1],
  [LONGITUDINALS.length, 1],
  [SPEED_TOKEN_COUNT, 1],
  [GAP_TOKEN_COUNT, 1],
  [ACCEL_CODES_MPS2.length, TRAJECTORY_STEPS],
  [CURVATURE_CODES_RATIO.length, TRAJECTORY_STEPS],
];

/** Positions of the two words that move the vehicle. */
export const SLOT_INDEX = { LATERAL: 3, LONGITUDINAL: 4 } as const;

/** [first, last] token id of each of the 19 slots. */
export const SLOT_RANGES: readonly (readonly [number, number])[] = (() => {
  const ranges: [number, number][] = [];
  let first = 0;
  for (const [size, repeat] of SLOT_SIZES) {
    for (let i = 0; i < repeat; i++) ranges.push([first, first + size - 1]);
    first += size;
  }
  return ranges;
})();

function tokensProblem(p: Proposal): string | undefined {
  const want = SLOT_RANGES.length;
  if (p.tokens.length !== want) return `${want} tokens expected, found ${p.tokens.length}`;
  for (let i = 0; i < want; i++) {
    const first = SLOT_RANGES[i]![0];
    const last = SLOT_RANGES[i]![1];
    const token = p.tokens[i]!;
    if (!Number.isInteger(token) || token < first || token > last)
      return `token ${first}…${last} expected in slot ${i}, found ${token}`;
  }
  return (
    sharesProblem("probabilities", p.probabilities, want) ??
    sharesProblem("margins", p.margins, want) ??
    wordProbsProblem("lateral", p.lateralProbs, LATERALS.length) ??
    wordProbsProblem("longitudinal", p.longitudinalProbs, LONGITUDINALS.length)
  );
}

function sharesProblem(name: string, list: readonly number[], want: number): string | undefined {
  if (list.length !== want) return `${want} ${name} expected, found ${list.length}`;
  for (let i = 0; i < list.length; i++) {
    const share = list[i]!;
    if (!(share >= -SLACK && share <= 1 + SLACK)) return `${name} of 0…1 expected, found ${share}`;
  }
  return undefined;
}

/** A distribution over all words of a slot, where one is given. */
function wordProbsProblem(
  name: string,
  probs: readonly number[] | undefined,
  count: number,
): string | undefined {
  if (probs === undefined) return undefined;
  const sum = probs.reduce((a, b) => a + b, 0);
  const fits = probs.length === count && probs.every((v) => v >= 0) && Math.abs(sum - 1) < 1e-3;
  if (fits) return undefined;
  return `${count} ${name} probabilities with sum 1 expected, found ${probs.length} with ${sum}`;
}

/** What is wrong with a maneuver, or undefined. */
export function maneuverProblem(m: Maneuver): string | undefined {
  if (m.rationale.length !== 2 || !m.rationale.every((r) => RATIONALES.includes(r)))
    return `two rationales expected, found ${m.rationale.join(", ")}`;
  if (!LATERALS.includes(m.lateral)) return `a lateral word expected, found ${m.lateral}`;
  if (!LONGITUDINALS.includes(m.longitudinal))
    return `a longitudinal word expected, found ${m.longitudinal}`;
  const steps = m.targetSpeedMps / SPEED_STEP_MPS;
  const onStep = Math.abs(steps - Math.round(steps)) < SLACK;
  if (!(onStep && m.targetSpeedMps >= 0 && m.targetSpeedMps <= SPEED_MAX_MPS))
    return `target speed of 0…${SPEED_MAX_MPS} m/s in steps of ${SPEED_STEP_MPS} expected, found ${m.targetSpeedMps}`;
  if (m.gapM !== undefined && !(m.gapM >= GAP_MIN_M - SLACK && m.gapM <= GAP_MAX_M + SLACK))
    return `gap of ${GAP_MIN_M}…${GAP_MAX_M} m expected, found ${m.gapM}`;
  return undefined;
}

const COLUMNS = ["accelMps2", "curvatureInvm", "xM", "yM", "yawRad", "speedMps"] as const;

/** What is wrong with a trajectory's shape and range, or undefined. */
export function trajectoryProblem(t: Trajectory, vehicle: VehicleProfile): string | undefined {
  // A proposal without any trajectory is refused like one with too short a one.
  const columns: Partial<Trajectory> = t ?? {};
  // Indices and no iterators here: those of six columns are 5 kB of garbage a check.
  for (const name of COLUMNS) {
    const column = columns[name];
    if (column?.length !== TRAJECTORY_STEPS)
      return `${TRAJECTORY_STEPS} values of ${name} expected, found ${column?.length ?? 0}`;
    for (let i = 0; i < column.length; i++)
      if (!Number.isFinite(column[i])) return `finite ${name} expected, found ${column[i]}`;
  }
  for (let i = 0; i < t.accelMps2.length; i++) {
    const accel = t.accelMps2[i]!;
    if (accel < ACCEL_LOW_MPS2 - SLACK || accel > ACCEL_HIGH_MPS2 + SLACK)
      return `acceleration of ${ACCEL_LOW_MPS2}…${ACCEL_HIGH_MPS2} m/s² expected, found ${accel}`;
  }
  const most = Math.tan(vehicle.maxSteerRad) / vehicle.wheelbaseM;
  for (let i = 0; i < t.curvatureInvm.length; i++) {
    const curvature = t.curvatureInvm[i]!;
    if (Math.abs(curvature) > most + SLACK)
      return `curvature within ±${most.toFixed(3)} 1/m expected, found ${curvature}`;
  }
  return undefined;
}

/** The trajectory is what its own codes give from the ego's speed, or a line that says where not. */
function rollOutProblem(t: Trajectory, egoSpeedMps: number): string | undefined {
  const own = { xM: 0, yM: 0, yawRad: 0, speedMps: Math.max(0, egoSpeedMps) };
  for (let i = 0; i < TRAJECTORY_STEPS; i++) {
    stepBicycleInto(own, own, t.accelMps2[i]!, t.curvatureInvm[i]!, TRAJECTORY_STEP_S);
    const offM = Math.hypot(t.xM[i]! - own.xM, t.yM[i]! - own.yM);
    const offMps = Math.abs(t.speedMps[i]! - own.speedMps);
    if (offM > TRAJECTORY_TOLERANCE_M || offMps > TRAJECTORY_TOLERANCE_MPS)
      return `step ${i} within ${TRAJECTORY_TOLERANCE_M} m and ${TRAJECTORY_TOLERANCE_MPS} m/s of its own codes expected, found ${offM.toFixed(2)} m and ${offMps.toFixed(2)} m/s`;
  }
  return undefined;
}

/** What is wrong with a proposal, or undefined. `egoSpeedMps` undefined: not known this tick. */
export function proposalProblem(
  p: Proposal,
  observationId: number,
  egoSpeedMps: number | undefined,
  vehicle: VehicleProfile,
): string | undefined {
  if (!(p.observationId <= observationId))
    return `observation ${observationId} or earlier expected, found ${p.observationId}`;
  if (!Number.isFinite(p.stampUs)) return `finite stamp expected, found ${p.stampUs}`;
  if (!ANSWERS.includes(p.answer)) return `an answer word expected, found ${p.answer}`;
  return (
    maneuverProblem(p.maneuver) ??
    trajectoryProblem(p.trajectory, vehicle) ??
    tokensProblem(p) ??
    (egoSpeedMps === undefined ? undefined : rollOutProblem(p.trajectory, egoSpeedMps))
  );
}
