import { expect, test } from "vitest";
import { ROAD_KINDS, randomGraph } from "../make-roads/make-roads.ts";
import { TrafficWorld } from "./traffic-world.ts";

const DT_S = 0.1;
const LASTS_S = 60;

test.each(ROAD_KINDS)(
  "on random roads of kind %s nobody touches anybody, and traffic moves",
  (kind) => {
    for (const seed of [1, 2]) {
      const graph = randomGraph(kind, seed);
      const lanes = graph.lanes.filter(
        (lane) => lane.kind === "DRIVING" && lane.junctionId === undefined && lane.lengthM > 60,
      );
      const lane = lanes[(seed * 7919) % lanes.length]!;
      const egoStart = { lane: lane.index, sM: 20, dM: 0 };
      const people = { density: 1, jaywalks: true };
      const world = new TrafficWorld({ graph, seed, egoStart, perKmLane: 20, people });
      let movedM = 0;
      let steps = 0;
      for (let i = 0; i < LASTS_S / DT_S; i++) {
        world.step(DT_S, { steerRad: 0, accelMps2: -3 });
        for (const rider of world.flow.riders) movedM += rider.speedMps * DT_S;
        steps += world.flow.riders.length;
      }
      expect(world.contacts(), `${kind} ${seed}`).toEqual([]);
      expect(world.flow.riders.length).toBeGreaterThan(5);
      expect(movedM / (steps * DT_S), "mean speed, m/s").toBeGreaterThan(1.5);
    }
  },
);
