import type { GraphLane, LaneGraph } from "../../contract/lane-graph.ts";
import type { SceneBlock, SceneKerb } from "../../contract/scene.ts";
import { drawBlockColour, drawBlockSize } from "../block-looks.ts";
import { segmentAt } from "../graph/polyline.ts";
import { Random } from "../random.ts";
import type { LaneSpots } from "./lane-spots.ts";
import { SCENE_RADIUS_M } from "./scene-lanes.ts";

/** Clear ground between a block and the nearest lane, m. */
const CLEAR_M = 0.8;
/** How far from a lane's edge blocks are tried, m. */
const BACK_MAX_M = 16;
/** Towns stand close where traffic is slow, m/s: 60 km/h. */
const TOWN_MPS = 17;

/** Buildings stand up to this far behind the edge, m. */
const BUILDING_BACK_M = 5;

const WEIGHTS: Readonly<Record<"town" | "land", Readonly<Record<SceneBlock["kind"], number>>>> = {
  town: { BUILDING: 45, TREE: 27, BUSH: 10, POLE: 18 },
  land: { BUILDING: 4, TREE: 36, BUSH: 42, POLE: 18 },
};

/** Buildings, trees, bushes and poles beside the roads: seeded per lane, made when first seen. */
export class Roadside {
  readonly #graph: LaneGraph;
  readonly #spots: LaneSpots;
  readonly #seed: number;
  readonly #blocks = new Map<number, readonly SceneBlock[]>();

  constructor(graph: LaneGraph, spots: LaneSpots, seed: number) {
    this.#graph = graph;
    this.#spots = spots;
    this.#seed = seed;
  }

  near(xM: number, yM: number): SceneBlock[] {
    const out: SceneBlock[] = [];
    for (const { lane } of this.#spots.lanesNear(xM, yM, SCENE_RADIUS_M))
      for (const block of this.#of(lane))
        if ((block.xM - xM) ** 2 + (block.yM - yM) ** 2 < SCENE_RADIUS_M ** 2) out.push(block);
    return out;
  }

  #of(index: number): readonly SceneBlock[] {
    const known = this.#blocks.get(index);
    if (known !== undefined) return known;
    const lane = this.#graph.lanes[index]!;
    const outer =
      lane.kind === "DRIVING" && lane.junctionId === undefined && lane.rightIndex === undefined;
    const blocks = outer ? this.#place(lane) : [];
    this.#blocks.set(index, blocks);
    return blocks;
  }

  #place(lane: GraphLane): SceneBlock[] {
    const rng = new Random(this.#seed * 65_537 + lane.index * 2 + 1);
    const town = (lane.speedLimitMps ?? 0) < TOWN_MPS;
    const density = rng.range(0.25, 1);
    const out: SceneBlock[] = [];
    for (let s = 4; s < lane.lengthM - 4; ) {
      const kind = rng.weighted(town ? WEIGHTS.town : WEIGHTS.land);
      const size = drawBlockSize(rng, kind, BUILDING_BACK_M);
      const i = segmentAt(lane.sM, s + size.l / 2);
      s += size.l + rng.range(1, 22) / density;
      const rgb = drawBlockColour(rng, kind);
      const yawRad = lane.yawRad[i]!;
      const radiusM = Math.hypot(size.l, size.w) / 2;
      for (let back = size.w / 2 + size.back; back < BACK_MAX_M + size.w; back += 2) {
        const d = lane.widthM[i]! / 2 + back;
        const xM = lane.xM[i]! + Math.sin(yawRad) * d;
        const yM = lane.yM[i]! - Math.cos(yawRad) * d;
        const box = { xM, yM, yawRad, lengthM: size.l, widthM: size.w };
        if (!this.#clear(box, radiusM)) continue;
        out.push({ ...box, kind, heightM: size.h, rgb });
        break;
      }
    }
    return out;
  }

  /** true where no lane of any kind comes near the box. */
  #clear(
    box: { xM: number; yM: number; yawRad: number; lengthM: number; widthM: number },
    radiusM: number,
  ): boolean {
    let clear = true;
    const c = Math.cos(box.yawRad);
    const s = Math.sin(box.yawRad);
    this.#spots.near(box.xM, box.yM, radiusM + 6, (spot) => {
      if (!clear) return;
      const dx = spot.xM - box.xM;
      const dy = spot.yM - box.yM;
      const along = Math.max(0, Math.abs(c * dx + s * dy) - box.lengthM / 2);
      const across = Math.max(0, Math.abs(-s * dx + c * dy) - box.widthM / 2);
      const lane = this.#graph.lanes[spot.lane]!;
      const half = Math.max(...lane.widthM) / 2;
      // spots lie apart along the lane, so the line may come nearer than they do
      const slack = this.#spots.spacingM ** 2 / 4;
      if (along * along + across * across < (half + CLEAR_M) ** 2 + slack) clear = false;
    });
    return clear;
  }
}

/** The parts of kerbs within the scene. */
export function kerbsNear(graph: LaneGraph, xM: number, yM: number): SceneKerb[] {
  const out: SceneKerb[] = [];
  const square = SCENE_RADIUS_M ** 2;
  for (const { line, heightM } of graph.kerbs) {
    let from = -1;
    for (let i = 0; i <= line.length; i += 2) {
      const inside = i < line.length && (line[i]! - xM) ** 2 + (line[i + 1]! - yM) ** 2 < square;
      if (inside && from < 0) from = i;
      if (inside || from < 0) continue;
      if (i - from >= 4) out.push({ line: line.slice(from, i), heightM });
      from = -1;
    }
  }
  return out;
}
