import type {
  DetectedObject,
  MarkKind,
  Scene,
  SceneBlock,
  SceneLane,
  SignalState,
} from "../contract/scene.ts";
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
};

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
  const lanes = scene.lanes.map((lane): PlacedLane => {
    const line = placeLine(lane.centre);
    return { lane, line, bounds: boundsOf(line, lane.widthM / 2 + MARK_ROOM_M) };
  });
  const stopLines = scene.stopLines.map((l): PlacedStopLine => {
    const a = place(l.x0M, l.y0M, 0);
    const b = place(l.x1M, l.y1M, 0);
    const sign = l.signalIds.length === 0;
    const go = !sign && l.signalIds.every((id) => stateOf.get(id) === "GREEN");
    return { x0: a.x, y0: a.y, x1: b.x, y1: b.y, sign, rule: go ? "GO" : "STOP" };
  });
  // only pictures and sweeps need them
  let signs: readonly PlacedSign[] | undefined;
  const prepared: PreparedScene = {
    scene,
    objects: scene.objects
      .map((object) => ({ ...place(object.xM, object.yM, object.yawRad), object }))
      .filter(near),
    blocks: scene.blocks
      .map((block) => ({
        ...place(block.xM, block.yM, block.yawRad),
        block,
        seed: mixSeed(Math.round(block.xM * 8), Math.round(block.yM * 8)),
      }))
      .filter(near),
    signals: scene.signals
      .map((g) => ({ ...place(g.xM, g.yM, g.yawRad), z: g.zM, state: g.state }))
      .filter(near),
    lanes,
    stopLines,
    get signs() {
      signs ??= stopLines.flatMap((l) => (l.sign ? stopSignsOf(l, lanes) : [])).filter(near);
      return signs;
    },
    kerbs: scene.kerbs.map((k) => ({
      line: simplifyLine(placeLine(k.line), 0.04),
      heightM: k.heightM,
    })),
    markStyle: markStyleOf(scene.textureSeed),
  };
  cache.set(scene, prepared);
  return prepared;
}

/** Marks reach so far over the edge of their lane, m. */
const MARK_ROOM_M = 1;

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

/**
 * Calls `strip` for each painted piece of a mark: a straight strip from (ax, ay) to (bx, by), ego. Lanes
 * that `isWanted` leaves out are not walked.
 */
export function forEachMark(
  prepared: PreparedScene,
  strip: (ax: number, ay: number, bx: number, by: number, kind: MarkKind) => void,
  isWanted: (bounds: Bounds) => boolean = () => true,
): void {
  for (const { lane, line, bounds } of prepared.lanes) {
    if (!isWanted(bounds)) continue;
    const paint = (piece: Float64Array, left: MarkKind, right: MarkKind) => {
      const half = lane.widthM / 2;
      const style = prepared.markStyle;
      if (left !== "NONE") walkMark(piece, half, left, lane.oncoming, style, strip);
      if (right !== "NONE") walkMark(piece, -half, right, lane.oncoming, style, strip);
    };
    if (lane.markChanges === undefined) paint(line, lane.leftMark, lane.rightMark);
    else for (const { piece, left, right } of markedPieces(lane, line)) paint(piece, left, right);
  }
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
      sM += Math.hypot(line[2 * n]! - line[2 * n - 2]!, line[2 * n + 1]! - line[2 * n - 1]!);
    }
    if (n > first) yield { piece: line.subarray(2 * first, 2 * n + 2), left, right };
    first = n;
    ({ left, right } = change);
  }
  if (2 * first + 2 < line.length) yield { piece: line.subarray(2 * first), left, right };
}

function walkMark(
  line: Float64Array,
  offsetM: number,
  kind: MarkKind,
  reverse: boolean,
  style: MarkStyle,
  strip: (ax: number, ay: number, bx: number, by: number, kind: MarkKind) => void,
): void {
  const n = line.length / 2;
  let s = 0;
  // Oncoming lanes count dashes from their end, so that both sides of a centre line agree.
  if (reverse && kind === "DASHED") {
    for (let i = 1; i < n; i++)
      s -= Math.hypot(line[2 * i]! - line[2 * i - 2]!, line[2 * i + 1]! - line[2 * i - 1]!);
    s += style.dashM;
  }
  let px = 0;
  let py = 0;
  for (let i = 0; i < n; i++) {
    // Normal at a point: mean of both neighbours, so that strips join.
    const a = Math.max(0, i - 1);
    const b = Math.min(n - 1, i + 1);
    const tx = line[2 * b]! - line[2 * a]!;
    const ty = line[2 * b + 1]! - line[2 * a + 1]!;
    const len = Math.hypot(tx, ty) || 1;
    const x = line[2 * i]! - (ty / len) * offsetM;
    const y = line[2 * i + 1]! + (tx / len) * offsetM;
    if (i > 0) {
      if (kind === "DASHED") s = dashes(px, py, x, y, s, style, strip);
      else strip(px, py, x, y, kind);
    }
    px = x;
    py = y;
  }
}

function dashes(
  ax: number,
  ay: number,
  bx: number,
  by: number,
  startM: number,
  style: MarkStyle,
  strip: (ax: number, ay: number, bx: number, by: number, kind: MarkKind) => void,
): number {
  const len = Math.hypot(bx - ax, by - ay);
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
