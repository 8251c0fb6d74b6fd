import type {
  DetectedObject,
  MarkKind,
  Scene,
  SceneBlock,
  SceneKerb,
  SceneLane,
  SignalState,
} from "../contract/scene.ts";
import { lengthOf } from "../geometry/length.ts";
import { checkScene } from "./check-scene.ts";
import { makeRng, mixSeed } from "./rng.ts";
import { simplifyLine } from "./simplify-line.ts";
import { stopSignsOf } from "./stop-signs.ts";

/** A pose on the ground plane, m, ego. */
export type Placed = {
  readonly x: number;
  readonly y: number;
  readonly yaw: number;
  readonly cos: number;
  readonly sin: number;
};
export type PlacedObject = Placed & { readonly object: DetectedObject };
/** `seed` follows the block's place on the map, so that it looks the same in every scene. */
export type PlacedBlock = Placed & { readonly block: SceneBlock; readonly seed: number };
export type PlacedSignal = Placed & { readonly z: number; readonly state: SignalState };
export type PlacedLane = {
  readonly lane: SceneLane;
  /** [P, 2] m, ego. */
  readonly line: Float64Array;
  /** What the lane covers at most, marks included, m, ego. */
  readonly bounds: Bounds;
};
export type Bounds = {
  readonly x0: number;
  readonly y0: number;
  readonly x1: number;
  readonly y1: number;
};
export type PlacedStopLine = {
  readonly x0: number;
  readonly y0: number;
  readonly x1: number;
  readonly y1: number;
  readonly rule: "STOP" | "GO";
  /** true where a sign governs it instead of signals. */
  readonly sign: boolean;
};
/** A stop sign beside its line; its x axis points to those who must stop. */
export type PlacedSign = Placed;
export type PlacedKerb = { readonly line: Float64Array; readonly heightM: number };

/** How marks are painted in this scene: the same for camera, LiDAR and truth. */
export type MarkStyle = {
  readonly dashM: number;
  readonly periodM: number;
  readonly widthM: number;
};

/** A scene checked and brought to `ego`; shared by camera, LiDAR and BEV truth. */
export type PreparedScene = {
  readonly scene: Scene;
  readonly objects: readonly PlacedObject[];
  readonly blocks: readonly PlacedBlock[];
  readonly signals: readonly PlacedSignal[];
  readonly lanes: readonly PlacedLane[];
  readonly stopLines: readonly PlacedStopLine[];
  readonly signs: readonly PlacedSign[];
  readonly kerbs: readonly PlacedKerb[];
  readonly markStyle: MarkStyle;
  /** Lanes and kerbs but for some that lie outside of a circle around ego's (x, y), m. */
  readonly groundAround: (x: number, y: number, radiusM: number) => PlacedGround;
  /** Blocks that reach into such a circle, and perhaps some that do not. */
  readonly blocksAround: (x: number, y: number, radiusM: number) => readonly PlacedBlock[];
};

/** What is drawn on the ground. */
export type PlacedGround = Pick<PreparedScene, "lanes" | "kerbs" | "markStyle">;

/** What lies further from ego than this is not drawn, m. */
const HORIZON_M = 220;
const cache = new WeakMap<Scene, PreparedScene>();

/** Checks a scene (RangeError names a bad element) and brings it to `ego`; kept per scene object. */
export function prepareScene(scene: Scene): PreparedScene {
  const known = cache.get(scene);
  if (known) return known;
  checkScene(scene);
  const { xM: ex, yM: ey, yawRad: eyaw } = scene.ego;
  const c = Math.cos(eyaw);
  const s = Math.sin(eyaw);
  const place = (xM: number, yM: number, yawRad: number): Placed => {
    const yaw = yawRad - eyaw;
    const x = (xM - ex) * c + (yM - ey) * s;
    const y = (yM - ey) * c - (xM - ex) * s;
    return { x, y, yaw, cos: Math.cos(yaw), sin: Math.sin(yaw) };
  };
  const placeLine = (line: Float64Array): Float64Array => {
    const out = new Float64Array(line.length);
    for (let i = 0; i + 1 < line.length; i += 2) {
      const dx = line[i]! - ex;
      const dy = line[i + 1]! - ey;
      out[i] = dx * c + dy * s;
      out[i + 1] = dy * c - dx * s;
    }
    return out;
  };
  const near = (p: Placed) => p.x * p.x + p.y * p.y < HORIZON_M * HORIZON_M;
  const stateOf = new Map(scene.signals.map((g) => [g.id, g.state]));
  const placeLane = (lane: SceneLane): PlacedLane => {
    const line = placeLine(lane.centre);
    return { lane, line, bounds: boundsOf(line, lane.widthM / 2 + MARK_ROOM_M) };
  };
  const placeKerb = ({ line, heightM }: SceneKerb): PlacedKerb => ({
    line: simplifyLine(placeLine(line), 0.04),
    heightM,
  });
  // in the map, what reaches into a square around a circle may reach into the circle
  const around = (x: number, y: number, radiusM: number) => {
    const xM = ex + x * c - y * s;
    const yM = ey + x * s + y * c;
    return (line: Float64Array, roomM: number) => {
      const { x0, y0, x1, y1 } = boundsOf(line, radiusM + roomM);
      return x0 <= xM && xM <= x1 && y0 <= yM && yM <= y1;
    };
  };
  const stopLines = scene.stopLines.map((l): PlacedStopLine => {
    const a = place(l.x0M, l.y0M, 0);
    const b = place(l.x1M, l.y1M, 0);
    const sign = l.signalIds.length === 0;
    const go = !sign && l.signalIds.every((id) => stateOf.get(id) === "GREEN");
    return { x0: a.x, y0: a.y, x1: b.x, y1: b.y, sign, rule: go ? "GO" : "STOP" };
  });
  const placeBlock = (block: SceneBlock): PlacedBlock => ({
    ...place(block.xM, block.yM, block.yawRad),
    block,
    seed: mixSeed(Math.round(block.xM * 8), Math.round(block.yM * 8)),
  });
  // only pictures and sweeps need all of these
  let blocks: readonly PlacedBlock[] | undefined;
  let lanes: readonly PlacedLane[] | undefined;
  let kerbs: readonly PlacedKerb[] | undefined;
  let signs: readonly PlacedSign[] | undefined;
  const prepared: PreparedScene = {
    scene,
    objects: scene.objects
      .map((object) => ({ ...place(object.xM, object.yM, object.yawRad), object }))
      .filter(near),
    get blocks() {
      blocks ??= scene.blocks.map(placeBlock).filter(near);
      return blocks;
    },
    signals: scene.signals
      .map((g) => ({ ...place(g.xM, g.yM, g.yawRad), z: g.zM, state: g.state }))
      .filter(near),
    stopLines,
    get lanes() {
      lanes ??= scene.lanes.map(placeLane);
      return lanes;
    },
    get kerbs() {
      kerbs ??= scene.kerbs.map(placeKerb);
      return kerbs;
    },
    get signs() {
      const all = prepared.lanes;
      signs ??= stopLines.flatMap((l) => (l.sign ? stopSignsOf(l, all) : [])).filter(near);
      return signs;
    },
    groundAround: (x, y, radiusM) => {
      const reaches = around(x, y, radiusM);
      return {
        lanes: scene.lanes
          .filter(({ centre, widthM }) => reaches(centre, widthM / 2 + ROUGH_ROOM_M))
          .map(placeLane),
        kerbs: scene.kerbs.filter(({ line }) => reaches(line, ROUGH_ROOM_M)).map(placeKerb),
        markStyle: prepared.markStyle,
      };
    },
    blocksAround: (x, y, radiusM) => {
      const [xM, yM] = [ex + x * c - y * s, ey + x * s + y * c];
      return scene.blocks
        .filter((block) => {
          const reachM = radiusM + (block.lengthM + block.widthM) / 2;
          return (block.xM - xM) ** 2 + (block.yM - yM) ** 2 < reachM * reachM;
        })
        .map(placeBlock);
    },
    markStyle: markStyleOf(scene.textureSeed),
  };
  cache.set(scene, prepared);
  return prepared;
}

/** Marks reach so far over the edge of their lane, m. */
const MARK_ROOM_M = 1;
/** More than strokes and marks reach over the edge of what they belong to, m. */
const ROUGH_ROOM_M = 4;

function boundsOf(line: Float64Array, roomM: number): Bounds {
  let [x0, y0, x1, y1] = [Infinity, Infinity, -Infinity, -Infinity];
  for (let i = 0; i + 1 < line.length; i += 2) {
    const x = line[i]!;
    const y = line[i + 1]!;
    if (x < x0) x0 = x;
    if (x > x1) x1 = x;
    if (y < y0) y0 = y;
    if (y > y1) y1 = y;
  }
  return { x0: x0 - roomM, y0: y0 - roomM, x1: x1 + roomM, y1: y1 + roomM };
}

const DASHES: readonly (readonly [number, number])[] = [
  [3, 12],
  [3, 9],
  [4, 8],
  [6, 12],
  [3, 6],
];

function markStyleOf(textureSeed: number): MarkStyle {
  const rng = makeRng(textureSeed ^ 0x51ed);
  const [dashM, periodM] = DASHES[Math.floor(rng() * DASHES.length)]!;
  return { dashM, periodM, widthM: 0.1 + 0.1 * rng() };
}

type Strip = (ax: number, ay: number, bx: number, by: number, kind: MarkKind) => void;

/**
 * Calls `strip` for each painted piece of a mark: a straight strip from (ax, ay) to (bx, by), ego. Those that
 * lie outside of `within` may be left out.
 */
export function forEachMark(
  ground: Pick<PreparedScene, "lanes" | "markStyle">,
  strip: Strip,
  within?: Bounds,
): void {
  for (const { lane, line, bounds } of ground.lanes) {
    if (within !== undefined && !overlap(bounds, within)) continue;
    const half = lane.widthM / 2;
    const { oncoming: reverse } = lane;
    const style = ground.markStyle;
    const paint = (piece: Float64Array, left: MarkKind, right: MarkKind) => {
      const stretch = within && stretchWithin(piece, within, half + MARK_ROOM_M);
      if (left !== "NONE")
        walkMark({ line: piece, offsetM: half, reverse, style, stretch }, left, strip);
      if (right !== "NONE")
        walkMark({ line: piece, offsetM: -half, reverse, style, stretch }, right, strip);
    };
    if (lane.markChanges === undefined) paint(line, lane.leftMark, lane.rightMark);
    else for (const { piece, left, right } of markedPieces(lane, line)) paint(piece, left, right);
  }
}

/** Whether two rectangles share ground. */
export const overlap = (a: Bounds, b: Bounds): boolean =>
  a.x1 > b.x0 && a.x0 < b.x1 && a.y1 > b.y0 && a.y0 < b.y1;

/** First and last point of the pieces of a line that come within `roomM` of a rectangle; none: first > last. */
type Stretch = { readonly first: number; readonly last: number };

function stretchWithin(line: Float64Array, { x0, y0, x1, y1 }: Bounds, roomM: number): Stretch {
  let first = line.length / 2;
  let last = 0;
  for (let i = 2; i + 1 < line.length; i += 2) {
    const ax = line[i - 2]!;
    const ay = line[i - 1]!;
    const bx = line[i]!;
    const by = line[i + 1]!;
    if ((ax < x0 - roomM && bx < x0 - roomM) || (ax > x1 + roomM && bx > x1 + roomM)) continue;
    if ((ay < y0 - roomM && by < y0 - roomM) || (ay > y1 + roomM && by > y1 + roomM)) continue;
    if (first > last) first = i / 2 - 1;
    last = i / 2;
  }
  return { first, last };
}

/** The stretches of a lane on which its marks stay the same; they share their end points. */
function* markedPieces(lane: SceneLane, line: Float64Array) {
  let [left, right] = [lane.leftMark, lane.rightMark];
  let first = 0;
  let sM = 0;
  let n = 0;
  for (const change of lane.markChanges ?? []) {
    while (n + 1 < line.length / 2 && sM < change.fromM - 0.05) {
      n++;
      sM += lengthOf(line[2 * n]! - line[2 * n - 2]!, line[2 * n + 1]! - line[2 * n - 1]!);
    }
    if (n > first) yield { piece: line.subarray(2 * first, 2 * n + 2), left, right };
    first = n;
    ({ left, right } = change);
  }
  if (2 * first + 2 < line.length) yield { piece: line.subarray(2 * first), left, right };
}

type Mark = {
  readonly line: Float64Array;
  readonly offsetM: number;
  readonly reverse: boolean;
  readonly style: MarkStyle;
  readonly stretch: Stretch | undefined;
};

function walkMark(mark: Mark, kind: MarkKind, strip: Strip): void {
  const { line, offsetM, reverse, style } = mark;
  const n = line.length / 2;
  const { first, last } = mark.stretch ?? { first: 0, last: n - 1 };
  if (first > last) return;
  let s = 0;
  // Oncoming lanes count dashes from their end, so that both sides of a centre line agree.
  if (reverse && kind === "DASHED") {
    for (let i = 1; i < n; i++)
      s -= lengthOf(line[2 * i]! - line[2 * i - 2]!, line[2 * i + 1]! - line[2 * i - 1]!);
    s += style.dashM;
  }
  let px = 0;
  let py = 0;
  // dashes are counted from the first point on
  const from = kind === "DASHED" ? 0 : first;
  for (let i = from; i <= last; i++) {
    // Normal at a point: mean of both neighbours, so that strips join.
    const a = Math.max(0, i - 1);
    const b = Math.min(n - 1, i + 1);
    const tx = line[2 * b]! - line[2 * a]!;
    const ty = line[2 * b + 1]! - line[2 * a + 1]!;
    const len = lengthOf(tx, ty) || 1;
    const x = line[2 * i]! - (ty / len) * offsetM;
    const y = line[2 * i + 1]! + (tx / len) * offsetM;
    if (i > from) {
      if (kind !== "DASHED") strip(px, py, x, y, kind);
      else if (i > first) s = dashes(px, py, x, y, s, style, strip);
      else s = pastM(px, py, x, y, s);
    }
    px = x;
    py = y;
  }
}

/** Where dashes are counted to behind a piece that nobody asked for. */
function pastM(ax: number, ay: number, bx: number, by: number, startM: number): number {
  const len = lengthOf(bx - ax, by - ay);
  return len < 1e-6 ? startM : startM + len;
}

function dashes(
  ax: number,
  ay: number,
  bx: number,
  by: number,
  startM: number,
  style: MarkStyle,
  strip: Strip,
): number {
  const len = lengthOf(bx - ax, by - ay);
  if (len < 1e-6) return startM;
  const end = startM + len;
  for (let k = Math.floor(startM / style.periodM); k * style.periodM < end; k++) {
    const a = Math.max(startM, k * style.periodM);
    const b = Math.min(end, k * style.periodM + style.dashM);
    if (b <= a) continue;
    const ra = (a - startM) / len;
    const rb = (b - startM) / len;
    strip(
      ax + (bx - ax) * ra,
      ay + (by - ay) * ra,
      ax + (bx - ax) * rb,
      ay + (by - ay) * rb,
      "DASHED",
    );
  }
  return end;
}
