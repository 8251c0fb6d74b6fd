import { expect, test } from "vitest";
import { GraphBuilder } from "../testing/graph-builder.ts";
import { junctionGraph } from "../testing/graphs.ts";
import { EgoTrack } from "./ego-track.ts";
import { Junctions } from "./junctions.ts";
import { laneNet, poseInto, trackOf } from "./lane-net.ts";
import { LaneSpots } from "./lane-spots.ts";
import { Occupancy } from "./occupancy.ts";
import { TrafficWorld } from "./traffic-world.ts";

test("ego waiting before a junction is on its own lane, not on the one of its route behind the line", () => {
  const b = new GraphBuilder();
  const over = b.lane(
    [
      [0, 0],
      [20, 0],
    ],
    { junctionId: "j", turn: "STRAIGHT" },
  );
  const before = b.lane([
    [-60, 0],
    [0, 0],
  ]);
  b.link(before, over);
  const graph = b.build("a lane into a junction");
  for (const backM of [4, 7, 9]) {
    const world = new TrafficWorld({
      graph,
      seed: 1,
      egoStart: { lane: before, sM: 60 - backM, dM: 0 },
      route: [before, over],
      perKmLane: 0,
    });
    expect(world.egoPosition()?.lane, `${backM} m before the end`).toBe(before);
  }
});

/** Ego on a lane of a junction without rules, its centre at s of it, as others see it after `stoodS`. */
function standingOn(turn: "LEFT" | "STRAIGHT", sM: number, dM = 0) {
  const graph = junctionGraph({ control: "NOTHING" });
  const net = laneNet(graph);
  const before = net.tracks.find((t) => t?.next.length === 3)!;
  const lane = before.next.find((i) => graph.lanes[i]!.turn === turn)!;
  const pose = { xM: 0, yM: 0, yawRad: 0 };
  poseInto(trackOf(net, lane), sM, pose);
  const body = {
    xM: pose.xM - dM * Math.sin(pose.yawRad),
    yM: pose.yM + dM * Math.cos(pose.yawRad),
    ...{ yawRad: pose.yawRad, lengthM: 4.7, widthM: 1.9, speedMps: 0 },
  };
  const start = { lane, sM, dM };
  const route = [before.lane.index, lane, ...trackOf(net, lane).next];
  const track = new EgoTrack(net, new LaneSpots(graph), body, start, route);
  const junctions = new Junctions(net);
  const seen = (timeS: number) => {
    const occupancy = new Occupancy();
    junctions.clear();
    track.update(body, timeS);
    track.register(occupancy, junctions);
    return { occupancy, junctions };
  };
  return { net, before, lane, seen };
}

test("ego is on the lane before and on the one behind with what reaches onto them, and no farther", () => {
  const { before, lane, seen } = standingOn("STRAIGHT", 1);
  const { occupancy } = seen(0);
  const [behind] = occupancy.on(before.lane.index);
  expect(behind!.sM + behind!.halfM).toBeCloseTo(before.lengthM + 1 + 2.35, 1);
  const [own] = occupancy.on(lane);
  expect(own!.sM - own!.halfM).toBeCloseTo(1 - 2.35, 1);
});

test("an ego that keeps to its way stands in nobody's way on lanes that only begin where its own does", () => {
  const sM = 3;
  const straight = standingOn("STRAIGHT", sM);
  const left = straight.before.next.find((i) => trackOf(straight.net, i).lane.turn === "LEFT")!;
  const { junctions } = straight.seen(0);
  expect(junctions.on(straight.lane).map((a) => a.id)).toEqual([0]);
  expect(junctions.on(left)).toEqual([]);
  // one that swings out may be on its way there
  const { junctions: swung } = standingOn("STRAIGHT", sM, 0.8).seen(0);
  expect(swung.on(left).map((a) => a.id)).toEqual([0]);
});

test("an ego that keeps others standing loses its turn, and after long is not waited for", () => {
  const { lane, seen } = standingOn("LEFT", 4);
  const at = (timeS: number) => seen(timeS).junctions.on(lane)[0]!;
  const first = at(0).claim;
  const { junctions } = seen(9);
  expect(at(10).claim).toBe(first);
  const later = junctions.newClaim();
  junctions.lose(0);
  expect(at(11).claim).toBeGreaterThan(later);
  expect(at(29).lapsed).toBe(false);
  expect(at(31).lapsed).toBe(true);
});
