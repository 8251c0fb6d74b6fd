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
  readonly #widestM: (number | undefined)[] = [];

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
      const half = this.#widestOf(spot.lane) / 2;
      // spots lie apart along the lane, so the line may come nearer than they do
      const slack = this.#spots.spacingM ** 2 / 4;
      if (along * along + across * across < (half + CLEAR_M) ** 2 + slack) clear = false;
    });
    return clear;
  }

  #widestOf(index: number): number {
    const known = this.#widestM[index];
    if (known !== undefined) return known;
    const widestM = Math.max(...this.#graph.lanes[index]!.widthM);
    this.#widestM[index] = widestM;
    return widestM;
  }
}

/** A stretch of a kerb with the circle that holds it. */
type KerbPiece = SceneKerb & { readonly xM: number; readonly yM: number; readonly radiusM: number };
/** Points of one piece: some tens of metres, so that little of it reaches out of a scene. */
const PIECE_POINTS = 24;

const pieces = new WeakMap<LaneGraph, readonly KerbPiece[]>();

/** Kerbs cut to pieces that share their ends; kept per graph. */
function kerbPieces(graph: LaneGraph): readonly KerbPiece[] {
  const known = pieces.get(graph);
  if (known !== undefined) return known;
  const out: KerbPiece[] = [];
  for (const { line, heightM } of graph.kerbs)
    for (let from = 0; from + 2 < line.length; from += 2 * PIECE_POINTS) {
      const part = line.subarray(from, Math.min(line.length, from + 2 * PIECE_POINTS + 2));
      out.push({ line: part, heightM, ...circleOf(part) });
    }
  pieces.set(graph, out);
  return out;
}

function circleOf(line: Float64Array): { xM: number; yM: number; radiusM: number } {
  let [x0, y0, x1, y1] = [Infinity, Infinity, -Infinity, -Infinity];
  for (let i = 0; i + 1 < line.length; i += 2) {
    x0 = Math.min(x0, line[i]!);
    x1 = Math.max(x1, line[i]!);
    y0 = Math.min(y0, line[i + 1]!);
    y1 = Math.max(y1, line[i + 1]!);
  }
  return { xM: (x0 + x1) / 2, yM: (y0 + y1) / 2, radiusM: Math.hypot(x1 - x0, y1 - y0) / 2 };
}

/** The kerbs that reach into the scene, in pieces. */
export function kerbsNear(graph: LaneGraph, xM: number, yM: number): SceneKerb[] {
  const out: SceneKerb[] = [];
  for (const piece of kerbPieces(graph)) {
    const reachM = SCENE_RADIUS_M + piece.radiusM;
    if ((piece.xM - xM) ** 2 + (piece.yM - yM) ** 2 >= reachM * reachM) continue;
    out.push({ line: piece.line, heightM: piece.heightM });
  }
  return out;
}
