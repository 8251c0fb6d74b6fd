import type { Turn } from "../../contract/lane-graph.ts";
import type { Joints } from "./joints.ts";
import type { SampledLane } from "./sample-lane.ts";

/** Lanes outside of the junction that lead to this lane inside of it. */
export function entriesOf(
  index: number,
  lanes: readonly SampledLane[],
  predecessors: readonly (readonly number[])[],
): number[] {
  const entries = new Set<number>();
  const seen = new Set([index]);
  const open = [index];
  for (let at = open.pop(); at !== undefined; at = open.pop())
    for (const before of predecessors[at]!) {
      if (lanes[before]!.road.junctionId !== lanes[index]!.road.junctionId) entries.add(before);
      else if (!seen.has(before)) open.push(before);
      seen.add(before);
    }
  return [...entries].sort((a, b) => a - b);
}

/** Change of heading from which a way through a junction is a turn, and from which it leads back. */
const TURN_MIN_RAD = Math.PI / 6;
const U_TURN_MIN_RAD = (5 * Math.PI) / 6;

/** What the whole way through the junction does that this lane is part of. */
export function turnOf(index: number, lanes: readonly SampledLane[], joints: Joints): Turn {
  let yaw = 0;
  for (const at of wayThrough(index, lanes, joints)) {
    const { yawRad } = lanes[at]!;
    yaw += yawRad.at(-1)! - yawRad[0]!;
  }
  if (Math.abs(yaw) < TURN_MIN_RAD) return "STRAIGHT";
  if (Math.abs(yaw) > U_TURN_MIN_RAD) return "U_TURN";
  return yaw > 0 ? "LEFT" : "RIGHT";
}

/** Lanes of the same junction before and after this one, first links first, and itself. */
function wayThrough(index: number, lanes: readonly SampledLane[], joints: Joints): Set<number> {
  const way = new Set([index]);
  const { junctionId } = lanes[index]!.road;
  for (const links of [joints.predecessors, joints.successors]) {
    const next = (from: number) =>
      links[from]!.find((other) => lanes[other]!.road.junctionId === junctionId);
    for (let at = next(index); at !== undefined && !way.has(at); at = next(at)) way.add(at);
  }
  return way;
}
