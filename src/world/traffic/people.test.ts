import { expect, test } from "vitest";
import { Random } from "../random.ts";
import { CALM } from "../testing/fill.ts";
import { GraphBuilder } from "../testing/graph-builder.ts";
import { junctionGraph } from "../testing/graphs.ts";
import { NO_GUESTS, TrafficFlow } from "./flow.ts";
import { laneNet, projectOn, trackOf } from "./lane-net.ts";
import { LaneSpots } from "./lane-spots.ts";
import { People } from "./people.ts";
import { drawRider } from "./rider.ts";
import { drawWalker, placeAtLine } from "./walker.ts";

const DT_S = 0.1;

/** Gap to where a driver stops for one who waits at a crossing; `barred`: another stands on its far lane. */
function courtesyGapM(barred: boolean): number {
  const graph = junctionGraph({ control: "NOTHING", crossings: true });
  const flow = new TrafficFlow(graph, new Random(1));
  const none = { density: 0, heedlessShare: 0, jaywalks: false };
  const people = new People(flow.net, new LaneSpots(graph), new Random(2), none);
  const line = people.lines.find((l) => l.hits.length > 1 && l.hits[0]!.sM > 40)!;
  const [near, far] = [line.hits[0]!, line.hits.at(-1)!];
  const rng = new Random(3);
  const coming = drawRider(rng, 1, "CAR", CALM);
  flow.add(coming, near.lane, near.sM - 25, 8);
  if (barred) flow.add(drawRider(rng, 2, "CAR", CALM), far.lane, far.sM, 0);
  const walker = drawWalker(rng, 3, 0);
  placeAtLine(walker, line, 0);
  people.walkers.push(walker);
  flow.register(NO_GUESTS);
  people.step(DT_S, 1, flow.occupancy, flow.states);
  expect(walker.mode).toBe("WAIT");
  return people.stopGapM(coming);
}

test("drivers stop for one who waits at a crossing, but not while its way is barred", () => {
  expect(courtesyGapM(false)).toBeLessThan(25);
  expect(courtesyGapM(true)).toBe(Number.POSITIVE_INFINITY);
});

test("a point beyond a lane is at its end exactly, so that no crossing behind it counts as on it", () => {
  const b = new GraphBuilder();
  const lane = b.lane([
    [0, 0],
    [60, 0],
  ]);
  const track = trackOf(laneNet(b.build("a lane")), lane);
  for (const offM of [0, 4e-4, 9e-4, 2]) {
    expect(projectOn(track, track.lengthM + 4, 0, track.lengthM - offM).sM).toBe(track.lengthM);
    expect(projectOn(track, -4, 0, offM).sM).toBe(0);
  }
});
