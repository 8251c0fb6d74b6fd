/** Success tests of speeds, gaps and standing. */

import { done, failed, type Progress, untested } from "./progress.ts";
import { type DriveTrace, heldAt, STANDING_MPS, samplesIn, type TraceSample } from "./trace.ts";

/** A speed is met within this, m/s, and a gap within this share, both held so long. */
export const SPEED_TOLERANCE_MPS = 0.5;
export const GAP_TOLERANCE_RATIO = 0.15;
export const HELD_S = 5;
/** Standing counts when it lasts, s. */
const STAND_S = 2;
/** Room that drivers keep at standstill beside a gap in seconds, m. */
const STANDING_ROOM_M = 2;
/** The least that a willing driver makes of an order: speed change m/s², closing m/s, reaction s. */
const WILLING_MPS2 = 0.7;
const WILLING_BRAKE_MPS2 = 1;
const WILLING_CLOSING_MPS = 1.5;
const REACTION_S = 4;
/** A lead nearer than this time and distance keeps ego from its speed. */
const HELD_UP_S = 2.5;
const HELD_UP_M = 8;
/** "Slower" without a number: at least this share of the speed and this much, m/s. */
const SLOWER_RATIO = 0.1;
const SLOWER_MPS = 1;
const MOVING_MPS = 2;
/** Free driving uses at least this share of what is allowed. */
const FREE_RATIO = 0.85;

/** Longest stretch without a break in which something could have been done, s. */
function longestS(trace: DriveTrace, could: (sample: TraceSample) => boolean): number {
  let longest = 0;
  let now = 0;
  for (const sample of trace.samples) {
    now = could(sample) ? now + 1 : 0;
    longest = Math.max(longest, now);
  }
  return Math.max(0, longest - 1) * trace.stepS;
}

/** Not done: a failure where there was room for it for long enough, and it is not so at this moment either. */
const judgeMissed = (
  trace: DriveTrace,
  neededS: number,
  could: (sample: TraceSample) => boolean,
  what: string,
  isSo: (sample: TraceSample) => boolean = () => false,
): Progress => {
  if (isSo(trace.samples.at(-1)!)) return untested(`${what} met, but not yet for long enough`);
  const roomS = longestS(trace, could);
  const room = `${roomS.toFixed(1)} s of ${neededS.toFixed(1)} s`;
  return roomS >= neededS
    ? failed(`${what} not met; room for it: ${room}`)
    : untested(`${what} not met; room for it only ${room}`);
};

const isHeldUp = ({ lead }: TraceSample, mps: number): boolean =>
  lead !== undefined && lead.speedMps < mps && lead.gapM < HELD_UP_M + HELD_UP_S * mps;

const lets = (sample: TraceSample, mps: number): boolean =>
  (sample.freeMps ?? Number.POSITIVE_INFINITY) >= mps - SPEED_TOLERANCE_MPS &&
  !isHeldUp(sample, mps);

export function testSpeed(trace: DriveTrace, mps: number): Progress {
  const isSo = (s: TraceSample) => Math.abs(s.speedMps - mps) <= SPEED_TOLERANCE_MPS;
  const at = heldAt(trace, HELD_S, isSo);
  const what = `${mps.toFixed(1)} m/s`;
  if (at !== undefined) return done(at, `${what} held for ${HELD_S} s`);
  const needed = Math.abs(mps - trace.samples[0]!.speedMps) / WILLING_MPS2 + REACTION_S + HELD_S;
  return judgeMissed(trace, needed, (s) => lets(s, mps), what, isSo);
}

export function testSlower(trace: DriveTrace): Progress {
  const first = trace.samples[0]!.speedMps;
  const most = Math.max(STANDING_MPS, first - Math.max(SLOWER_MPS, SLOWER_RATIO * first));
  const isSo = (s: TraceSample) => s.speedMps <= most;
  const at = heldAt(trace, HELD_S, isSo);
  if (at !== undefined) return done(at, `at most ${most.toFixed(1)} m/s held for ${HELD_S} s`);
  const needed = (first - most) / WILLING_MPS2 + REACTION_S + HELD_S;
  return judgeMissed(trace, needed, () => true, `slower than ${most.toFixed(1)} m/s`, isSo);
}

/** What a gap asks for at a speed: least and most, m. */
export type WantedGap = (speedMps: number) => { readonly leastM: number; readonly mostM: number };

export const gapInMetres =
  (metres: number): WantedGap =>
  () => ({
    leastM: metres * (1 - GAP_TOLERANCE_RATIO),
    mostM: metres * (1 + GAP_TOLERANCE_RATIO),
  });

/** Time gaps are net distance over speed (ISO 15622); room at standstill may come on top. */
export const gapInSeconds =
  (seconds: number): WantedGap =>
  (v) => ({
    leastM: seconds * v * (1 - GAP_TOLERANCE_RATIO),
    mostM: (seconds * v + STANDING_ROOM_M) * (1 + GAP_TOLERANCE_RATIO),
  });

export function testGap(trace: DriveTrace, wanted: WantedGap): Progress {
  const isSo = ({ lead, speedMps }: TraceSample) => {
    const { leastM, mostM } = wanted(speedMps);
    return lead !== undefined && speedMps > 1 && lead.gapM >= leastM && lead.gapM <= mostM;
  };
  const at = heldAt(trace, HELD_S, isSo);
  if (at !== undefined) return done(at, `gap held for ${HELD_S} s`);
  const behind = trace.samples.find(({ lead }) => lead !== undefined);
  if (behind === undefined) return untested("nobody ahead to keep a gap to");
  const { leastM, mostM } = wanted(behind.speedMps);
  const offM = Math.abs(behind.lead!.gapM - (leastM + mostM) / 2);
  const needed = offM / WILLING_CLOSING_MPS + REACTION_S + HELD_S;
  // nobody follows standing, and a gap is closed only where limits and lines let ego be the faster one
  const follows = ({ lead, speedMps, freeMps }: TraceSample) =>
    lead !== undefined &&
    speedMps > 1 &&
    (lead.gapM < wanted(speedMps).mostM ||
      (freeMps ?? Number.POSITIVE_INFINITY) > lead.speedMps + SPEED_TOLERANCE_MPS);
  const what = `gap of ${leastM.toFixed(0)} to ${mostM.toFixed(0)} m`;
  return judgeMissed(trace, needed, follows, what, isSo);
}

export function testStop(
  trace: DriveTrace,
  where: (sample: TraceSample) => boolean = () => true,
): Progress {
  const isSo = (s: TraceSample) => s.speedMps < STANDING_MPS && where(s);
  const at = heldAt(trace, STAND_S, isSo);
  if (at !== undefined) return done(at, `stood for ${STAND_S} s`);
  const neededS = trace.samples[0]!.speedMps / WILLING_BRAKE_MPS2 + REACTION_S + STAND_S;
  return judgeMissed(trace, neededS, () => true, "standing", isSo);
}

/** Standing on the shoulder needs time to find a place as well, s. */
const PLACE_S = 25;

/** A lane to cross on the way to the side must have been free for so long, s. */
const CROSS_S = 8;

/**
 * `crossCount`: lanes between ego and the side of the road at the words. `hasSide`: no junction is there, and
 * no lane lies between ego and the side that must not be changed to.
 */
export function testPullOver(
  trace: DriveTrace,
  isAside: (sample: TraceSample) => boolean,
  hasSide: (sample: TraceSample) => boolean,
  crossCount: number,
): Progress {
  const tested = testStop(trace, isAside);
  if (tested.state === "DONE") return done(tested.at, "stood at the side of the road");
  const last = trace.samples.at(-1)!;
  if (last.speedMps < STANDING_MPS && isAside(last)) return untested("has just come to stand");
  // whoever waits at a line or behind somebody does not stand there of their own will
  const isFree = ({ freeMps, lead }: TraceSample) =>
    freeMps !== 0 && (lead === undefined || lead.gapM > HELD_UP_M);
  const stands = heldAt(trace, HELD_S, (s) => s.speedMps < STANDING_MPS && isFree(s));
  if (stands !== undefined) return failed("stood, but not at the side of the road");
  const neededS = trace.samples[0]!.speedMps / WILLING_BRAKE_MPS2 + PLACE_S;
  const freeS = trace.samples.filter(({ rightIsFree }) => rightIsFree).length * trace.stepS;
  if (freeS < CROSS_S * crossCount)
    return untested(`${crossCount} lanes to cross, free for ${freeS.toFixed(0)} s`);
  const roomS = trace.samples.filter((s) => hasSide(s) && isFree(s)).length * trace.stepS;
  return roomS >= neededS + CROSS_S * crossCount
    ? failed(`not at the side of the road within ${roomS.toFixed(0)} s beside one`)
    : untested(`beside a side of the road for ${roomS.toFixed(0)} s only`);
}

export function testStart(trace: DriveTrace): Progress {
  const at = heldAt(trace, 1, (s) => s.speedMps >= MOVING_MPS);
  if (at !== undefined) return done(at, "drives");
  // from beside the road the lane must be free
  const mayLeave = ({ place, leftIsFree }: TraceSample) =>
    place !== undefined || leftIsFree !== false;
  const could = (s: TraceSample) => lets(s, MOVING_MPS) && mayLeave(s);
  return judgeMissed(trace, REACTION_S + 4, could, "driving off");
}

/** Uses what limits, bends and traffic allow. */
export function testFree(trace: DriveTrace): Progress {
  const mostMps = (s: TraceSample) => {
    const free = s.freeMps ?? s.limitMps ?? MOVING_MPS;
    return isHeldUp(s, free) ? Math.min(free, s.lead!.speedMps) : free;
  };
  const isSo = (s: TraceSample) => s.speedMps >= FREE_RATIO * mostMps(s) - SPEED_TOLERANCE_MPS;
  const at = heldAt(trace, HELD_S, isSo);
  if (at !== undefined) return done(at, "as fast as the road allows");
  // what a willing driver drives: after each hindrance that takes its time to grow
  let reachedMps = trace.samples[0]!.speedMps;
  const inReach = new Set<TraceSample>();
  for (const sample of trace.samples) {
    const most = mostMps(sample);
    reachedMps = Math.min(most, reachedMps + WILLING_MPS2 * trace.stepS);
    if (reachedMps >= most) inReach.add(sample);
  }
  const what = "the speed that the road allows";
  return judgeMissed(trace, REACTION_S + HELD_S, (s) => inReach.has(s), what, isSo);
}

/** After a notice of something to mind, the speed may not rise for so long by more than so much. */
const MINDED_S = 4;
const MINDED_MPS = 0.5;
/** Whoever was speeding up when the words came needs so long to stop doing so, s. */
const MINDED_FROM_S = 1;

/** A notice is heard when it is answered, and minded when ego does not speed up towards it. */
export function testNotice(trace: DriveTrace, mind: boolean): Progress {
  const heard = trace.samples.findIndex(({ answer }) => answer === "ACCEPTED" || answer === "DONE");
  if (heard < 0) return failed("never answered");
  if (!mind) return done(heard, "answered");
  const window = samplesIn(trace, MINDED_S);
  const from = Math.min(samplesIn(trace, MINDED_FROM_S), trace.samples.length - 1);
  const most = trace.samples[from]!.speedMps + MINDED_MPS;
  const rises = trace.samples.slice(from, window + 1).some(({ speedMps }) => speedMps > most);
  if (rises) return failed("sped up after the warning");
  if (trace.samples.length <= window) return untested("the drive ended at once");
  return done(Math.max(heard, window), "minded");
}
