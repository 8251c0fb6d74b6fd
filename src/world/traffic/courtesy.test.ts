import { describe, expect, test } from "vitest";
import { Random } from "../random.ts";
import { CALM } from "../testing/fill.ts";
import { straightGraph } from "../testing/graphs.ts";
import { courtesyGapM } from "./courtesy.ts";
import { EgoTrack } from "./ego-track.ts";
import { NO_GUESTS, TrafficFlow } from "./flow.ts";
import { LaneSpots } from "./lane-spots.ts";
import { drawRider } from "./rider.ts";
import { TrafficWorld } from "./traffic-world.ts";

const LET_IN = { lane: 0, sM: 100, halfM: 2.5, speedMps: 0, sinceS: 10 };

/** A car with its front bumper `gapM` behind the rear of the waiting one. */
function aRider(gapM: number, speedMps = 2, aggressiveness = 0.4) {
  const rider = drawRider(new Random(1), 1, "CAR", CALM);
  rider.path = [0];
  rider.sM = LET_IN.sM - LET_IN.halfM - gapM - rider.lengthM / 2;
  rider.speedMps = speedMps;
  return { ...rider, driver: { ...rider.driver, aggressiveness } };
}

describe("courtesy", () => {
  test("the first behind stays back after some seconds, in slow traffic, and no longer than patience", () => {
    expect(courtesyGapM(aRider(6), LET_IN, 20, 13)).toBeCloseTo(6, 6);
    expect(courtesyGapM(aRider(6), LET_IN, 20, 11)).toBeUndefined();
    expect(courtesyGapM(aRider(40, 12), LET_IN, 60, 13)).toBeUndefined();
    expect(courtesyGapM({ ...aRider(3, 0), patienceS: 0 }, LET_IN, 20, 40)).toBeUndefined();
  });

  test("not who pushes, not who is beside already, not the second in the queue, not who would brake hard", () => {
    expect(courtesyGapM(aRider(6, 2, 0.95), LET_IN, 20, 13)).toBeUndefined();
    expect(courtesyGapM(aRider(-2), LET_IN, 20, 13)).toBeUndefined();
    expect(courtesyGapM(aRider(12), LET_IN, 3, 13)).toBeUndefined();
    expect(courtesyGapM(aRider(4, 6), LET_IN, 20, 13)).toBeUndefined();
  });

  /** A slow row of cars on lane 0 passes the place of the waiting one; s at which each is let by. */
  function rowOfCars(letIn: boolean) {
    const graph = straightGraph({ laneCount: 2, lengthM: 800, speedLimitMps: 6 });
    const flow = new TrafficFlow(graph, new Random(1));
    const rng = new Random(4);
    for (let i = 0; i < 4; i++) {
      const rider = drawRider(rng, i + 1, "CAR", CALM);
      flow.add(rider, 0, 70 - 14 * i, 4);
    }
    const guests = { ...NO_GUESTS, letIn: () => (letIn ? { ...LET_IN, sinceS: -5 } : undefined) };
    const stoodS = flow.riders.map(() => 0);
    const riders = [...flow.riders];
    for (let i = 0; i < 600; i++) {
      flow.step(0.1, guests);
      riders.forEach((rider, k) => {
        const gapM = LET_IN.sM - LET_IN.halfM - rider.sM - rider.lengthM / 2;
        if (rider.path[rider.at] === 0 && gapM > 0 && gapM < 6)
          stoodS[k] = Math.max(stoodS[k]!, rider.stoodS);
      });
    }
    return { stoodS, passed: riders.every((rider) => rider.sM > 120) };
  }

  test("a car of a slow row stands back for the waiting one, but not for good", () => {
    const polite = rowOfCars(true);
    expect(Math.max(...polite.stoodS)).toBeGreaterThan(5);
    expect(Math.max(...polite.stoodS)).toBeLessThan(12);
    expect(polite.passed).toBe(true);
    expect(Math.max(...rowOfCars(false).stoodS)).toBe(0);
  });
});

test("an ego that stands before the end of its lane asks for the lane of its route, and only then", () => {
  const asks = (route: readonly number[], sM: number) => {
    const world = new TrafficWorld({
      graph: straightGraph({ laneCount: 2, lengthM: 800 }),
      seed: 2,
      egoStart: { lane: 2, sM, dM: 0 },
      perKmLane: 0,
      route,
    });
    const body = { ...world.egoBody(), speedMps: 0 };
    const track = new EgoTrack(
      world.flow.net,
      new LaneSpots(world.graph),
      body,
      { lane: 2, sM, dM: 0 },
      route,
    );
    track.update(body, 7);
    return track.letIn;
  };
  expect(asks([2, 0, 1], 370)).toMatchObject({ lane: 0, sinceS: 0, speedMps: 0 });
  expect(asks([2, 0, 1], 200)).toBeUndefined();
  expect(asks([2, 3], 370)).toBeUndefined();
});
