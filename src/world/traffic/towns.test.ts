import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import type { LaneGraph } from "../../contract/lane-graph.ts";
import { prepareScene } from "../../render/prepare.ts";
import { buildLaneGraph } from "../graph/build.ts";
import { parseOpenDrive } from "../opendrive/parse.ts";
import { trackOf } from "./lane-net.ts";
import { laneOf } from "./path.ts";
import { gateState } from "./signals.ts";
import { TrafficWorld } from "./traffic-world.ts";

const ROOT = resolve(import.meta.dirname, "../../..");
const TOWNS = resolve(ROOT, process.env.WAYWARDEN_SHARED ?? "../shared", "scenarios/towns");
const present = existsSync(TOWNS);
if (!present) console.log(`skipped: public towns are not at ${TOWNS} (set WAYWARDEN_SHARED)`);

const DT_S = 0.1;
const LASTS_S = 90;

function load(name: string): LaneGraph {
  const file = join(TOWNS, `${name}.xodr`);
  return buildLaneGraph(parseOpenDrive(readFileSync(file, "utf8"), file));
}

/** A place beside a lane that no lane is near: who stands there hinders nobody. */
function besideTheRoad(graph: LaneGraph, xM: number, yM: number) {
  for (let radius = 10; radius < 120; radius += 5)
    for (let angle = 0; angle < 6.28; angle += 0.5) {
      const [x, y] = [xM + radius * Math.cos(angle), yM + radius * Math.sin(angle)];
      const near = graph.lanes.some((lane) =>
        lane.xM.some((lx, i) => Math.hypot(lx - x, lane.yM[i]! - y) < 9),
      );
      if (!near) return { xM: x, yM: y, yawRad: 0, speedMps: 0 };
    }
  throw new RangeError(`no free place near ${xM}, ${yM}`);
}

describe.skipIf(!present)("traffic in public towns", () => {
  test.each([
    ["Town01", [1]],
    ["Town02", [1, 2]],
    ["Town04", [1]],
    ["Town10HD", [1, 2]],
  ] as const)(
    "%s: nobody touches anybody, nobody runs a red light, everybody gets on",
    (name, seeds) => {
      const graph = load(name);
      const lanes = graph.lanes.filter(
        (lane) => lane.kind === "DRIVING" && lane.junctionId === undefined && lane.lengthM > 60,
      );
      for (const seed of seeds) {
        const { index } = lanes[(seed * 7919) % lanes.length]!;
        const egoStart = { lane: index, sM: 20, dM: 0 };
        const people = { density: 1, jaywalks: true };
        const world = new TrafficWorld({ graph, seed, egoStart, perKmLane: 15, people });
        const body = world.egoBody();
        const pose = besideTheRoad(graph, body.xM, body.yM);
        const fronts = new Map<number, readonly [lane: number, frontM: number]>();
        let red = 0;
        let movedM = 0;
        let steps = 0;
        for (let i = 0; i < LASTS_S / DT_S; i++) {
          world.step(DT_S, { pose, accelMps2: 0 });
          for (const rider of world.flow.riders) {
            movedM += rider.speedMps * DT_S;
            steps++;
            const lane = laneOf(rider);
            const frontM = rider.sM + rider.lengthM / 2;
            const [before, beforeM] = fronts.get(rider.id) ?? [-1, 0];
            fronts.set(rider.id, [lane, frontM]);
            if (before !== lane) continue;
            for (const gate of trackOf(world.flow.net, lane).gates)
              if (beforeM <= gate.sM && frontM > gate.sM)
                if (gateState(world.flow.states, gate.signals) === "RED") red++;
          }
        }
        const others = world.contacts().filter((contact) => contact.aId !== 0);
        expect(others, `seed ${seed}`).toEqual([]);
        expect(red, `seed ${seed}`).toBe(0);
        expect(world.flow.riders.length).toBeGreaterThan(8);
        expect(movedM / (steps * DT_S), "mean speed, m/s").toBeGreaterThan(1.2);
        expect(() => prepareScene(world.scene())).not.toThrow();
      }
    },
  );
});
