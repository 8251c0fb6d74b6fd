import { describe, expect, test } from "vitest";
import type { LaneGraph } from "../../contract/lane-graph.ts";
import { Random } from "../random.ts";
import { CALM, fillLanes, tellRider, touching } from "../testing/fill.ts";
import { junctionGraph, ringGraph, straightGraph } from "../testing/graphs.ts";
import { NO_GUESTS, TrafficFlow } from "./flow.ts";
import { trackOf } from "./lane-net.ts";
import { laneOf } from "./path.ts";
import { drawRider, type Rider } from "./rider.ts";
import { gateState } from "./signals.ts";

const DT_S = 0.1;

function aFlow(graph: LaneGraph, seed: number, spacingM: number): TrafficFlow {
  const rng = new Random(seed);
  const flow = new TrafficFlow(graph, rng);
  fillLanes(flow, rng, spacingM);
  return flow;
}

const run = (flow: TrafficFlow, seconds: number, each: () => void): void => {
  for (let i = 0; i < seconds / DT_S; i++) {
    flow.step(DT_S);
    each();
  }
};

const JUNCTIONS = [
  { control: "LIGHTS", laneCount: 1 },
  { control: "LIGHTS", laneCount: 2 },
  { control: "ALL_STOP", laneCount: 1 },
  { control: "NOTHING", laneCount: 1 },
  { control: "PRIORITY", laneCount: 1 },
  { control: "PRIORITY", laneCount: 2 },
] as const;

describe("traffic at junctions", () => {
  test.each(JUNCTIONS)(
    "$control, $laneCount lanes: nobody touches anybody, and all get through",
    (options) => {
      const seed = 11;
      const spacingM = options.control === "LIGHTS" ? 60 : 90;
      const flow = aFlow(junctionGraph(options), seed, spacingM);
      const begin = flow.riders.length;
      const passed = new Set<number>();
      let longestS = 0;
      run(flow, 240, () => {
        const hits = touching(flow.riders).map(([a, b]) => `${tellRider(a)} | ${tellRider(b)}`);
        if (hits.length > 0)
          expect.fail(`${options.control}, ${flow.timeS.toFixed(1)} s: ${hits[0]}`);
        for (const rider of flow.riders) {
          if (trackOf(flow.net, laneOf(rider)).junction) passed.add(rider.id);
          longestS = Math.max(longestS, rider.stoodS);
        }
      });
      expect(flow.riders.length).toBe(begin);
      expect(passed.size / begin).toBeGreaterThan(0.8);
      expect(longestS).toBeLessThan(200);
    },
  );

  test("nobody passes a red light, and the lights let everybody pass in turn", () => {
    for (const seed of [1, 3]) {
      const flow = aFlow(junctionGraph({ control: "LIGHTS", laneCount: 2 }), seed, 45);
      let onRed = 0;
      let onGreen = 0;
      const fronts = new Map<number, readonly [lane: number, frontM: number]>();
      run(flow, 200, () => {
        for (const rider of flow.riders) {
          const lane = laneOf(rider);
          const frontM = rider.sM + rider.lengthM / 2;
          const [beforeLane, beforeM] = fronts.get(rider.id) ?? [-1, 0];
          fronts.set(rider.id, [lane, frontM]);
          if (beforeLane !== lane) continue;
          for (const gate of trackOf(flow.net, lane).gates) {
            if (beforeM > gate.sM || frontM <= gate.sM) continue;
            if (gateState(flow.states, gate.signals) === "RED") onRed++;
            else onGreen++;
          }
        }
      });
      expect(onRed, `seed ${seed}`).toBe(0);
      expect(onGreen).toBeGreaterThan(100);
    }
  });

  test("at a stop sign everybody stands before going", () => {
    const flow = aFlow(junctionGraph({ control: "ALL_STOP" }), 5, 70);
    const slowest = new Map<number, number>();
    let passes = 0;
    run(flow, 150, () => {
      for (const rider of flow.riders) {
        const track = trackOf(flow.net, laneOf(rider));
        const gate = track.gates[0];
        const toLineM = gate === undefined ? Infinity : gate.sM - rider.sM - rider.lengthM / 2;
        if (toLineM > 0 && toLineM < 6)
          slowest.set(rider.id, Math.min(slowest.get(rider.id) ?? 99, rider.speedMps));
        if (track.junction && slowest.has(rider.id)) {
          expect(slowest.get(rider.id), tellRider(rider)).toBeLessThan(0.3);
          slowest.delete(rider.id);
          passes++;
        }
      }
    });
    expect(passes).toBeGreaterThan(30);
  });

  test("on a priority road those from the side wait, not those on it", () => {
    const flow = aFlow(junctionGraph({ control: "PRIORITY" }), 3, 90);
    const waited = { main: 0, side: 0 };
    run(flow, 200, () => {
      for (const rider of flow.riders) {
        const track = trackOf(flow.net, laneOf(rider));
        if (rider.hold !== "YIELD" || rider.speedMps > 0.3) continue;
        const straight = track.lane.yawRad[0]! % Math.PI;
        if (Math.abs(Math.sin(straight)) < 0.5) waited.main++;
        else waited.side++;
      }
    });
    expect(waited.side).toBeGreaterThan(2 * waited.main);
  });
});

test("creeping up is no end of standing: patience does not begin anew with each metre", () => {
  const flow = new TrafficFlow(straightGraph({ laneCount: 1 }), new Random(1));
  const rider = drawRider(new Random(2), 1, "CAR", CALM);
  flow.add(rider, 0, 50, 0);
  let stopM = 50.1 + rider.lengthM / 2;
  const people = { ...NO_GUESTS, stopGapM: () => stopM - rider.sM - rider.lengthM / 2 };
  for (let i = 0; i < 50; i++) flow.step(DT_S, people);
  stopM += 2;
  for (let i = 0; i < 50; i++) flow.step(DT_S, people);
  expect(rider.sM).toBeGreaterThan(51.5);
  expect(rider.stoodS).toBeGreaterThan(6);
  stopM += 30;
  for (let i = 0; i < 60; i++) flow.step(DT_S, people);
  expect(rider.stoodS).toBe(0);
});

describe("claims to a junction", () => {
  /** Two cars before the same junction, both with a claim, the one behind with the older. */
  function twoWithClaims(frontMps: number) {
    const flow = new TrafficFlow(junctionGraph({ control: "NOTHING" }), new Random(3));
    const lane = flow.net.tracks.find((t) => t?.next.length === 3)!;
    const rng = new Random(5);
    const [front, back] = [1, 2].map((id) => drawRider(rng, id, "CAR", CALM));
    flow.add(front!, lane.lane.index, lane.lengthM - 8, frontMps);
    flow.add(back!, lane.lane.index, lane.lengthM - 18, frontMps);
    for (const [rider, claim] of [
      [front!, 2],
      [back!, 1],
    ] as const) {
      rider.claim = claim;
      rider.claimStart = rider.claimEnd = 1;
    }
    flow.junctions.newClaim();
    flow.junctions.newClaim();
    return { flow, front: front!, back: back! };
  }

  /** Two lanes of a junction that cross well behind their starts. */
  function crossingOf(flow: TrafficFlow) {
    for (const track of flow.net.tracks)
      for (const overlap of track?.overlaps ?? [])
        if (overlap.kind === "CROSS" && overlap.fromM > 7 && overlap.otherFromM > 7)
          return { track: track!, overlap };
    throw new RangeError("two lanes that cross expected, found none");
  }

  test("nobody keeps a claim that is older than that of the one before it", () => {
    const { flow, front, back } = twoWithClaims(5);
    flow.step(DT_S);
    expect(front.claim).toBe(2);
    expect(back.claim).not.toBe(1);
  });

  test("who was held up before the line looks again before it goes", () => {
    const { flow, front } = twoWithClaims(0);
    const people = { ...NO_GUESTS, stopGapM: () => 1 };
    for (let i = 0; i < 3; i++) flow.step(DT_S, people);
    expect(front.claim).toBeGreaterThan(2);
  });

  /** One that people keep in its lane of the junction, and another that is to cross that lane before it. */
  function oneIsKept(beforeLine: boolean) {
    const { flow, front, back } = twoWithClaims(0);
    flow.riders.splice(flow.riders.indexOf(back), 1);
    const { track, overlap } = crossingOf(flow);
    front.path = [track.lane.index, ...track.next.slice(0, 1)];
    front.at = front.claimStart = front.claimEnd = 0;
    front.sM = overlap.fromM - 1.5 - front.lengthM / 2;
    const over = trackOf(flow.net, overlap.other);
    const other = drawRider(new Random(8), 3, "CAR", CALM);
    const way = [overlap.other, ...over.next.slice(0, 1)];
    if (beforeLine) {
      const before = trackOf(flow.net, over.prev[0]!);
      flow.add(other, before.lane.index, before.lengthM - 12, 0);
      other.path = [before.lane.index, ...way];
    } else {
      flow.add(other, overlap.other, overlap.otherFromM - 1.5 - other.lengthM / 2, 0);
      other.path = way;
      other.claimStart = other.claimEnd = 0;
      other.claim = flow.junctions.newClaim();
    }
    const people = {
      ...NO_GUESTS,
      stopGapM: (rider: Rider) => (rider === front ? 0.1 : Number.POSITIVE_INFINITY),
    };
    const wait = (seconds: number) => {
      for (let i = 0; i < seconds / DT_S; i++) flow.step(DT_S, people);
      expect(front.speedMps).toBeLessThan(0.1);
    };
    const [xM, yM] = [other.xM, other.yM];
    return { other, wait, drivenM: () => Math.hypot(other.xM - xM, other.yM - yM) };
  }

  test("whoever stands in the junction without need loses its turn to those who wait for it", () => {
    const { wait, drivenM } = oneIsKept(false);
    wait(4);
    expect(drivenM(), "at first it waits for the earlier claim").toBeLessThan(1.5);
    wait(15);
    expect(drivenM(), "and then goes").toBeGreaterThan(20);
  });

  test("others enter before one that has stood long and leaves them room", () => {
    const { other, wait, drivenM } = oneIsKept(true);
    wait(7);
    expect(other.hold).toBe("YIELD");
    wait(60);
    expect(drivenM()).toBeGreaterThan(40);
  });
});

/** Riders that differ in nothing, at equal distances on a one-lane ring. */
function alikeOnRing(count: number, circumferenceM: number): TrafficFlow {
  const graph = ringGraph({ laneCount: 1, circumferenceM, speedLimitMps: 30 });
  const flow = new TrafficFlow(graph, new Random(1));
  const like = drawRider(new Random(4), 0, "CAR", CALM);
  const driver = { ...like.driver, timeGapS: 1.5, standstillGapM: 2, desiredRatio: 1, topMps: 40 };
  const lanes = graph.lanes.map((lane) => lane.index);
  const total = graph.lanes.reduce((sum, lane) => sum + lane.lengthM, 0);
  for (let i = 0; i < count; i++) {
    let s = (i * total) / count;
    let k = 0;
    while (s > graph.lanes[lanes[k]!]!.lengthM) s -= graph.lanes[lanes[k++]!]!.lengthM;
    flow.add({ ...like, id: i + 1, driver } satisfies Rider, lanes[k]!, s, 5);
  }
  return flow;
}

describe("car-following", () => {
  test("flow on a ring follows the equilibrium of the intelligent driver model", () => {
    for (const count of [20, 40, 60, 90]) {
      const circumferenceM = 1500;
      const flow = alikeOnRing(count, circumferenceM);
      run(flow, 250, () => {});
      const { lengthM, driver } = flow.riders[0]!;
      const spacingM = flow.net.graph.lanes.reduce((sum, lane) => sum + lane.lengthM, 0) / count;
      const byGap = (spacingM - lengthM - driver.standstillGapM) / driver.timeGapS;
      // the bend of the ring caps the speed at sqrt(2 m/s² · radius)
      const top = Math.min(30, Math.sqrt(2 * (circumferenceM / (2 * Math.PI))));
      const expected = Math.min(byGap, top);
      const mean = flow.riders.reduce((sum, r) => sum + r.speedMps, 0) / count;
      expect(mean / expected, `${count} vehicles`).toBeGreaterThan(0.95);
      expect(mean / expected, `${count} vehicles`).toBeLessThan(1.03);
    }
  });
});

describe("lane changes", () => {
  /** A slow truck with a car behind it on the right one of two lanes. */
  function behindTruck(leftBlocked: boolean) {
    const flow = new TrafficFlow(straightGraph({ laneCount: 2, lengthM: 3000 }), new Random(2));
    const rng = new Random(9);
    const right = 2;
    const slow = { desiredRatio: 0.4 };
    const truck = drawRider(rng, 1, "TRUCK", CALM);
    flow.add({ ...truck, driver: { ...truck.driver, ...slow } }, right, 120, 12);
    const car = drawRider(rng, 2, "CAR", CALM);
    flow.add(car, right, 40, 20);
    if (leftBlocked)
      for (let i = 0; i < 30; i++) {
        const other = drawRider(rng, 10 + i, "CAR", CALM);
        flow.add({ ...other, driver: { ...other.driver, ...slow } }, 0, 10 + 17 * i, 12);
      }
    return { flow, truck: flow.riders[0]!, car };
  }

  test("a car changes to the faster lane and overtakes, with a smooth sideways motion", () => {
    const { flow, truck, car } = behindTruck(false);
    let most = { lateralMps: 0, lateralMps2: 0 };
    let [lastY, lastMps] = [car.yM, 0];
    let signalled = false;
    run(flow, 40, () => {
      signalled ||= car.intendsSide === 1;
      const lateralMps = (car.yM - lastY) / DT_S;
      most = {
        lateralMps: Math.max(most.lateralMps, Math.abs(lateralMps)),
        lateralMps2: Math.max(most.lateralMps2, Math.abs(lateralMps - lastMps) / DT_S),
      };
      [lastY, lastMps] = [car.yM, lateralMps];
    });
    expect(signalled).toBe(true);
    expect(car.xM).toBeGreaterThan(truck.xM + 20);
    expect(most.lateralMps).toBeGreaterThan(0.5);
    expect(most.lateralMps).toBeLessThan(2.5);
    expect(most.lateralMps2).toBeLessThan(2.5);
  });

  test("without a gap on the left the car stays behind the truck", () => {
    const { flow, truck, car } = behindTruck(true);
    run(flow, 25, () => {
      expect(car.change).toBeUndefined();
      expect(touching(flow.riders)).toEqual([]);
    });
    expect(car.xM).toBeLessThan(truck.xM);
  });

  test("dense lanes of unlike drivers change places without a touch", () => {
    const graph = ringGraph({ laneCount: 4, circumferenceM: 1600, speedLimitMps: 30 });
    for (const seed of [1, 2, 3]) {
      const rng = new Random(seed);
      const flow = new TrafficFlow(graph, rng);
      const temper = { aggressiveness: 0.6, slowShare: 0.2, blindShare: 0 };
      fillLanes(flow, rng, 40, ["CAR", "CAR", "VAN", "TRUCK"], temper);
      const changed = new Set<number>();
      run(flow, 120, () => {
        for (const rider of flow.riders) if (rider.change) changed.add(rider.id);
        expect(touching(flow.riders)).toEqual([]);
      });
      expect(changed.size).toBeGreaterThan(20);
    }
  });
});

test("same seed, same bytes; another seed differs", () => {
  const tell = (seed: number) => {
    const flow = aFlow(junctionGraph({ control: "LIGHTS", laneCount: 2 }), seed, 50);
    run(flow, 60, () => {});
    return JSON.stringify(flow.riders);
  };
  expect(tell(7)).toBe(tell(7));
  expect(tell(7)).not.toBe(tell(8));
});
