import { spiralPoint } from "../opendrive/euler-spiral.ts";
import type { OdrGeometry, OdrShape } from "../opendrive/model.ts";
import type { LinePose } from "../opendrive/reference-line.ts";

/** Share of the length that the first and the last of the three spirals have each. */
const END_SHARE = 0.25;
/** Distance to the wanted end that counts as none, m: far below what a reader of the file can tell. */
const ENOUGH_M = 1e-10;
const STEPS_MAX = 60;
/** Where rounding stops Newton's method before, ends this near still join, m. */
const MISS_MAX_M = 1e-6;
/** Poses nearer to each other are not joined by a road, m. */
const CHORD_MIN_M = 0.1;
/** Curvatures nearer to each other than this are the same, 1/m. */
const SAME_INVM = 1e-12;

/**
 * A curve from one pose to another whose position, heading and curvature are continuous at both ends: three
 * Euler spirals with curvatures k0 → k1 → k2 → k3. k0 and k3 are given, the change of heading fixes
 * k2, and Newton's method finds the length and k1 for which the curve ends where it should. It turns
 * by less than half a turn.
 *
 * @throws RangeError where no such curve was found
 */
export function joinPoses(from: LinePose, to: LinePose, fromSM = 0): OdrGeometry[] {
  const goal = inFrame(from, to);
  const [lengthM, k1] = solve(goal, from.curvatureInvm, to.curvatureInvm);
  const k = curvatures(lengthM, k1, goal.yawRad, from.curvatureInvm, to.curvatureInvm);
  const pieces: OdrGeometry[] = [];
  let at = from;
  let sM = fromSM;
  for (const [i, share] of SHARES.entries()) {
    const length = share * lengthM;
    const [startInvm, endInvm] = [k[i]!, k[i + 1]!];
    pieces.push({ sM, ...place(at), lengthM: length, shape: shapeOf(startInvm, endInvm) });
    at = advance(at, startInvm, endInvm, length);
    sM += length;
  }
  return pieces;
}

const SHARES = [END_SHARE, 1 - 2 * END_SHARE, END_SHARE] as const;

const place = ({ xM, yM, yawRad }: LinePose) => ({ xM, yM, yawRad });

function shapeOf(startInvm: number, endInvm: number): OdrShape {
  if (Math.abs(startInvm - endInvm) > SAME_INVM) return { kind: "SPIRAL", startInvm, endInvm };
  return Math.abs(startInvm) > SAME_INVM
    ? { kind: "ARC", curvatureInvm: startInvm }
    : { kind: "LINE" };
}

type Goal = { readonly xM: number; readonly yM: number; readonly yawRad: number };

export const wrapRad = (rad: number): number => rad - 2 * Math.PI * Math.round(rad / (2 * Math.PI));

function inFrame(from: LinePose, to: LinePose): Goal {
  const [dx, dy] = [to.xM - from.xM, to.yM - from.yM];
  const [cos, sin] = [Math.cos(from.yawRad), Math.sin(from.yawRad)];
  const yawRad = wrapRad(to.yawRad - from.yawRad);
  return { xM: cos * dx + sin * dy, yM: cos * dy - sin * dx, yawRad };
}

const advance = (from: LinePose, k0: number, k1: number, lengthM: number): LinePose => {
  const local = spiralPoint(k0, (k1 - k0) / lengthM, lengthM);
  const [cos, sin] = [Math.cos(from.yawRad), Math.sin(from.yawRad)];
  return {
    xM: from.xM + cos * local.xM - sin * local.yM,
    yM: from.yM + sin * local.xM + cos * local.yM,
    yawRad: from.yawRad + local.yawRad,
    curvatureInvm: k1,
  };
};

type Curvatures = readonly [number, number, number, number];

function curvatures(
  lengthM: number,
  k1: number,
  turnRad: number,
  k0: number,
  k3: number,
): Curvatures {
  const ends = (END_SHARE * (k0 + k3)) / 2;
  const k2 = (2 * (turnRad / lengthM - ends)) / (1 - END_SHARE) - k1;
  return [k0, k1, k2, k3];
}

const ORIGIN: LinePose = { xM: 0, yM: 0, yawRad: 0, curvatureInvm: 0 };

/** How far the curve of that length and k1 ends from the goal, x and y. */
function miss(goal: Goal, k: Curvatures, lengthM: number): readonly [number, number] {
  let at = ORIGIN;
  for (const [i, share] of SHARES.entries()) at = advance(at, k[i]!, k[i + 1]!, share * lengthM);
  return [at.xM - goal.xM, at.yM - goal.yM];
}

function solve(goal: Goal, k0: number, k3: number): readonly [number, number] {
  const chordM = Math.hypot(goal.xM, goal.yM);
  const half = goal.yawRad / 2;
  const missAt = (lengthM: number, k1: number) =>
    miss(goal, curvatures(lengthM, k1, goal.yawRad, k0, k3), lengthM);
  // An arc through both ends is near for most turns.
  let lengthM = chordM * (Math.abs(half) < 1e-6 ? 1 : half / Math.sin(half));
  let k1 = (goal.yawRad / lengthM - (END_SHARE * (k0 + k3)) / 2) / (1 - END_SHARE);
  let [x, y] = missAt(lengthM, k1);
  for (let step = 0; step < STEPS_MAX && Math.hypot(x, y) > ENOUGH_M; step++) {
    const dL = 1e-6 * lengthM;
    const dK = 1e-6 / lengthM;
    const [xL, yL] = missAt(lengthM + dL, k1);
    const [xK, yK] = missAt(lengthM, k1 + dK);
    const [a, b, c, d] = [(xL - x) / dL, (xK - x) / dK, (yL - y) / dL, (yK - y) / dK];
    const det = a * d - b * c;
    if (det === 0) break;
    const stepL = (d * x - b * y) / det;
    const stepK = (a * y - c * x) / det;
    let share = 1;
    for (let tries = 0; tries < 12; tries++, share /= 2) {
      const nextL = lengthM - share * stepL;
      if (nextL <= 0.2 * chordM || nextL > 6 * chordM) continue;
      const [nx, ny] = missAt(nextL, k1 - share * stepK);
      if (Math.hypot(nx, ny) >= Math.hypot(x, y)) continue;
      [lengthM, k1, x, y] = [nextL, k1 - share * stepK, nx, ny];
      break;
    }
    if (share < 1e-3) break;
  }
  // Not below the bound either where a goal at the start gives NaN.
  if (!(Math.hypot(x, y) <= MISS_MAX_M) || chordM < CHORD_MIN_M)
    throw new RangeError(
      `a curve to (${goal.xM.toFixed(2)}, ${goal.yM.toFixed(2)}) m, ${goal.yawRad.toFixed(3)} rad expected, found none`,
    );
  return [lengthM, k1];
}
