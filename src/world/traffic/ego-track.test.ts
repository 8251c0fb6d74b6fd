import { expect, test } from "vitest";
import { GraphBuilder } from "../testing/graph-builder.ts";
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
