import { describe, expect, test } from "vitest";
import { randomGraph } from "../make-roads/make-roads.ts";
import { Random } from "../random.ts";
import { CALM, touching } from "../testing/fill.ts";
import { straightGraph } from "../testing/graphs.ts";
import { TrafficFlow } from "./flow.ts";
import { laneNet, trackOf } from "./lane-net.ts";
import { drawRider, type RiderKind } from "./rider.ts";
import { TrafficWorld } from "./traffic-world.ts";

const DT_S = 0.1;
const LEFT = 0;
const RIGHT = 2;

/** A wreck on the right one of two lanes, and one that stands `gapM` behind it. */
function behindWreck(kind: RiderKind, gapM: number) {
  const graph = straightGraph({ laneCount: 2, lengthM: 2000, speedLimitMps: 14 });
  const flow = new TrafficFlow(graph, new Random(1));
  const rng = new Random(3);
  const wreck = drawRider(rng, 1, "CAR", CALM);
  wreck.wreck = true;
  flow.add(wreck, RIGHT, 400, 0);
  const rider = drawRider(rng, 2, kind, CALM);
  const atM = 400 - (wreck.lengthM + rider.lengthM) / 2 - gapM;
  flow.add(rider, RIGHT, atM, 0);
  return { flow, wreck, rider, rng };
}

const run = (flow: TrafficFlow, seconds: number): void => {
  for (let i = 0; i < seconds / DT_S; i++) {
    flow.step(DT_S);
    expect(touching(flow.riders)).toEqual([]);
  }
};

describe("round one that will not drive on", () => {
  test.each([
    ["CAR", 10],
    ["VAN", 11],
    ["TRUCK", 15],
  ] as const)("a %s that stands %d m behind it swings out and passes", (kind, gapM) => {
    const { flow, wreck, rider } = behindWreck(kind, gapM);
    run(flow, 40);
    expect(rider.xM).toBeGreaterThan(wreck.xM + 10);
  });

  test("one too near to swing out does not bar the lane beside", () => {
    const { flow, wreck, rider, rng } = behindWreck("CAR", 2.2);
    const other = drawRider(rng, 3, "CAR", CALM);
    flow.add(other, LEFT, 250, 10);
    run(flow, 30);
    expect(rider.speedMps).toBe(0);
    expect(rider.change).toBeUndefined();
    expect(other.xM).toBeGreaterThan(wreck.xM + 10);
  });

  test("one that is stuck half way in a lane change goes back and lets others by", () => {
    const { flow, wreck, rider, rng } = behindWreck("CAR", 2.2);
    // as if the wreck had come to a stand before it just when it began
    const old = trackOf(flow.net, RIGHT);
    rider.path = [LEFT, ...trackOf(flow.net, LEFT).next];
    rider.dM = -3.4;
    rider.change = { side: 1, fromDM: -3.5, lastsS: 4, doneS: 0.6, leaving: old.lane.index };
    const other = drawRider(rng, 3, "CAR", CALM);
    flow.add(other, LEFT, 250, 10);
    run(flow, 40);
    expect(other.xM).toBeGreaterThan(wreck.xM + 10);
  });
});

test("nobody appears so fast before the end of a lane that it cannot stop there", () => {
  let appeared = 0;
  for (const seed of [5, 85, 2005]) {
    const graph = randomGraph("HIGHWAY", seed);
    const net = laneNet(graph);
    // a lane that ends is beside the one that ego is on, in the distance at which vehicles appear
    const ending = net.tracks.find((t) => t?.left !== undefined && t.wideToM < t.lengthM - 20)!;
    const egoStart = { lane: ending.left!, sM: 20, dM: 0 };
    const world = new TrafficWorld({ graph, seed, egoStart, perKmLane: 12 });
    const known = new Set(world.flow.riders);
    for (let i = 0; i < 400; i++) {
      world.step(0.1, { steerRad: 0, accelMps2: -3 });
      for (const rider of world.flow.riders) {
        const roomM = world.flow.laneEndM(rider);
        if (known.has(rider) || roomM > 300) continue;
        known.add(rider);
        appeared++;
        const needMps2 = rider.speedMps ** 2 / (2 * Math.max(roomM, 0.1));
        expect(needMps2, `seed ${seed}, ${rider.id}: ${roomM} m`).toBeLessThan(2.5);
      }
    }
  }
  expect(appeared).toBeGreaterThan(0);
});
