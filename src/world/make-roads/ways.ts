import type { Turn } from "../../contract/lane-graph.ts";
import type { Arm } from "./arm.ts";
import { wrapRad } from "./join-poses.ts";

/** A way through a junction from a lane of one arm to a lane of another; indices as in Arm. */
export type Way = {
  readonly from: number;
  readonly lane: number;
  readonly to: number;
  readonly outLane: number;
};

/** Change of heading from which a way is a turn. */
const TURN_MIN_RAD = (40 * Math.PI) / 180;

/** Heading change of who goes from one arm to another, left positive. */
export const turnBetween = (from: Arm, to: Arm): number =>
  wrapRad(to.pose.yawRad - from.pose.yawRad - Math.PI);

export const turnKind = (turnRad: number): Turn =>
  Math.abs(turnRad) < TURN_MIN_RAD ? "STRAIGHT" : turnRad > 0 ? "LEFT" : "RIGHT";

/**
 * Which lanes lead where: left turns from the left lane, right turns from the right lane, straight on from
 * all, lane by lane from the right. Every lane out is reached, if any arm leads to it.
 */
export function waysThrough(arms: readonly Arm[]): Way[] {
  const ways: Way[] = [];
  for (const [from, arm] of arms.entries())
    for (const [to, other] of arms.entries())
      if (from !== to && other.out.length > 0)
        ways.push(...waysBetween(arms, from, to, arm.into.length));
  for (const [to, arm] of arms.entries())
    for (let outLane = 0; outLane < arm.out.length; outLane++)
      if (!ways.some((way) => way.to === to && way.outLane === outLane))
        ways.push(...wayToFreeLane(arms, ways, to, outLane));
  return ways;
}

function waysBetween(arms: readonly Arm[], from: number, to: number, count: number): Way[] {
  const [arm, other] = [arms[from]!, arms[to]!];
  const outCount = other.out.length;
  const kinds = arms.map((one, i) => (i === from ? undefined : turnKind(turnBetween(arm, one))));
  const straightOn = kinds.includes("STRAIGHT");
  const kind = kinds[to]!;
  const half = Math.ceil(count / 2);
  const lanes = Array.from({ length: count }, (_, i) => i).filter((i) => {
    if (count === 1) return true;
    if (kind === "LEFT") return straightOn ? i === 0 : i < half;
    if (kind === "RIGHT") return straightOn ? i === count - 1 : i >= count - half;
    // Where there are more lanes than beyond, the left ones only turn.
    return count - i <= outCount || !kinds.includes("LEFT");
  });
  return lanes.map((lane) => {
    const fromRight = outCount - count + lane;
    const outLane =
      kind === "LEFT"
        ? Math.min(lane, outCount - 1)
        : Math.max(0, Math.min(fromRight, outCount - 1));
    return { from, lane, to, outLane };
  });
}

/** A lane that opens in the junction: reached from the lane nearest to it on the straightest way. */
function wayToFreeLane(
  arms: readonly Arm[],
  ways: readonly Way[],
  to: number,
  outLane: number,
): Way[] {
  const bend = (way: Way) => Math.abs(turnBetween(arms[way.from]!, arms[way.to]!));
  const apart = (way: Way) => Math.abs(way.outLane - outLane);
  const [best] = ways
    .filter((way) => way.to === to)
    .sort((a, b) => bend(a) - bend(b) || apart(a) - apart(b));
  return best ? [{ ...best, outLane }] : [];
}
