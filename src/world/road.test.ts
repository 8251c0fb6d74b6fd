import { expect, test } from "vitest";
import { drawLayout, drawShape, type RoadClass } from "./layout.ts";
import { Random } from "./random.ts";
import { makeRoad, poseAt, roadCoordinates } from "./road.ts";

function aRoad(seed: number, roadClass: RoadClass) {
  const rng = new Random(seed);
  const layout = drawLayout(rng, roadClass);
  return { layout, road: makeRoad(rng, drawShape(rng, layout)) };
}
const CLASSES: readonly RoadClass[] = ["CITY", "RURAL", "HIGHWAY"];

test("road coordinates and map poses invert each other beside every part of the road", () => {
  for (const roadClass of CLASSES)
    for (let seed = 0; seed < 10; seed++) {
      const { road } = aRoad(seed, roadClass);
      for (let s = 5; s < road.lengthM - 5; s += 37) {
        const pose = poseAt(road, s, -4);
        const back = roadCoordinates(road, pose.xM, pose.yM, s + 1.5);
        expect(back.s).toBeCloseTo(s, 1);
        expect(back.d).toBeCloseTo(-4, 1);
      }
    }
});

test("curvature changes smoothly and no lane folds over the centre of a bend", () => {
  for (const roadClass of CLASSES)
    for (let seed = 0; seed < 20; seed++) {
      const { road, layout } = aRoad(seed, roadClass);
      const reach = Math.max(layout.leftEdgeM, -layout.rightEdgeM);
      let jump = 0;
      let most = 0;
      for (let i = 1; i < road.curvatureInvm.length; i++) {
        jump = Math.max(jump, Math.abs(road.curvatureInvm[i]! - road.curvatureInvm[i - 1]!));
        most = Math.max(most, Math.abs(road.curvatureInvm[i]!));
      }
      expect(jump).toBeLessThan(0.02);
      expect(most * reach).toBeLessThan(0.9);
    }
});

test("the road does not come back to itself", () => {
  for (let seed = 0; seed < 20; seed++) {
    const { road } = aRoad(seed, "CITY");
    for (let i = 0; i < road.lengthM - 150; i += 11)
      for (let k = i + 120; k < road.lengthM; k += 11)
        expect(Math.hypot(road.xM[i]! - road.xM[k]!, road.yM[i]! - road.yM[k]!)).toBeGreaterThan(
          25,
        );
  }
});

test("curve speeds can be reached by comfortable braking", () => {
  const { road } = aRoad(2, "CITY");
  for (let i = 1; i < road.speedAlongMps.length; i++) {
    const [a, b] = [road.speedAlongMps[i - 1]!, road.speedAlongMps[i]!];
    expect((a * a - b * b) / 2).toBeLessThan(1.21);
  }
});

test("widths, lane counts and limits stay within what the world promises", () => {
  for (const roadClass of CLASSES)
    for (let seed = 0; seed < 100; seed++) {
      const { layout } = aRoad(seed, roadClass);
      expect(layout.laneWidthM).toBeGreaterThanOrEqual(2.8);
      expect(layout.laneWidthM).toBeLessThanOrEqual(3.9);
      expect(layout.lanes.length).toBeGreaterThanOrEqual(1);
      expect(layout.lanes.length).toBeLessThanOrEqual(4);
      expect(layout.limitMps).toBeGreaterThan(4);
      expect(layout.limitMps).toBeLessThan(37.5);
    }
});
