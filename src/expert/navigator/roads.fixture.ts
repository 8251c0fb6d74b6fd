import type { LaneGraph } from "../../contract/lane-graph.ts";
import { curve, GraphBuilder, type Point } from "../../world/testing/graph-builder.ts";

const RADIUS_M = 20;
const ARM_M = 150;

/** A roundabout with one lane and `armCount` arms; arm 0 along +x, counted anticlockwise. */
export function roundabout(armCount: number): {
  readonly graph: LaneGraph;
  /** Lanes of each arm towards the ring and away from it. */
  readonly inbound: readonly number[];
  readonly outbound: readonly number[];
  /** Lanes of the ring from arm to arm: past the exit of arm k, and from its entry to the next exit. */
  readonly past: readonly number[];
  readonly between: readonly number[];
} {
  const b = new GraphBuilder();
  const step = (2 * Math.PI) / armCount;
  const onRing = (angle: number): Point => [RADIUS_M * Math.cos(angle), RADIUS_M * Math.sin(angle)];
  const arc = (from: number, to: number): Point[] =>
    Array.from({ length: 9 }, (_, i) => onRing(from + ((to - from) * i) / 8));
  const beside = 0.25;
  const arms = Array.from({ length: armCount }, (_, k) => {
    const yaw = k * step;
    const at = (alongM: number, leftM: number): Point => [
      Math.cos(yaw) * alongM - Math.sin(yaw) * leftM,
      Math.sin(yaw) * alongM + Math.cos(yaw) * leftM,
    ];
    const edgeM = RADIUS_M + 14;
    const limit = { speedLimitMps: 13.9 };
    const inbound = b.lane([at(edgeM + ARM_M, 3), at(edgeM, 3)], limit);
    const outbound = b.lane([at(edgeM, -3), at(edgeM + ARM_M, -3)], limit);
    const past = b.lane(arc(yaw - beside, yaw + beside), limit);
    const between = b.lane(arc(yaw + beside, yaw + step - beside), limit);
    const half = Math.PI / 2;
    const enters = b.lane(
      curve(at(edgeM, 3), yaw + Math.PI, onRing(yaw + beside), yaw + beside + half),
      { ...limit, junctionId: `in ${k}` },
    );
    const leaves = b.lane(curve(onRing(yaw - beside), yaw - beside + half, at(edgeM, -3), yaw), {
      ...limit,
      junctionId: `out ${k}`,
    });
    b.link(inbound, enters);
    b.link(enters, between);
    b.link(leaves, outbound);
    b.link(past, between);
    return { inbound, outbound, past, between, leaves };
  });
  for (const [k, arm] of arms.entries()) {
    const next = arms[(k + 1) % armCount]!;
    b.link(arm.between, next.past);
    b.link(arm.between, next.leaves);
  }
  return {
    graph: b.build(`roundabout-${armCount}`),
    inbound: arms.map((arm) => arm.inbound),
    outbound: arms.map((arm) => arm.outbound),
    past: arms.map((arm) => arm.past),
    between: arms.map((arm) => arm.between),
  };
}

/** Two lanes of a highway along +x with an exit at x = 0 and an on-ramp that joins at x = 400. */
export function highway() {
  const b = new GraphBuilder();
  const fast = { speedLimitMps: 30 };
  const [left, right] = [0, -3.5];
  const across = (fromM: number, toM: number) => {
    const lanes = [left, right].map((y) =>
      b.lane(
        [
          [fromM, y],
          [toM, y],
        ],
        fast,
      ),
    );
    b.beside(lanes[0]!, lanes[1]!);
    return lanes;
  };
  const before = across(-600, 0);
  const middle = across(0, 400);
  const after = across(400, 900);
  for (const i of [0, 1]) {
    b.link(before[i]!, middle[i]!);
    b.link(middle[i]!, after[i]!);
  }
  const slow = { speedLimitMps: 16.7 };
  const offRamp = b.lane([...curve([0, right], 0, [90, -20], -0.3), [250, -70]], slow);
  b.link(before[1]!, offRamp);
  const onRamp = b.lane(
    [[200, -90], [290, -22], ...curve([290, -22], 0.55, [400, right], 0)],
    slow,
  );
  b.link(onRamp, after[1]!);
  return { graph: b.build("highway"), before, middle, after, offRamp, onRamp };
}
