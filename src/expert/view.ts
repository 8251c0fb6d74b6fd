import { BEV_SPEC } from "../contract/bev.ts";
import type { Turn } from "../contract/lane-graph.ts";
import type { ObjectKind, Scene, SceneLane } from "../contract/scene.ts";
import { curvatureOnPath, type LanePath, lanePath, projectOnPath } from "./path.ts";
import { giveWay } from "./route/give-way.ts";
import type { RouteGuide } from "./route/guide.ts";
import { CURVE_LATERAL_MPS2 } from "./speed.ts";

/** An object beside the path: centre, half sizes and velocity along (s) and across (d). */
export type SeenObject = {
  readonly id: number;
  readonly kind: ObjectKind;
  readonly sM: number;
  readonly dM: number;
  readonly halfAlongM: number;
  readonly halfAcrossM: number;
  readonly vsMps: number;
  readonly vdMps: number;
  readonly speedMps: number;
  /** Bearing of its right and left corner seen from ego, rad. */
  readonly bearingMinRad: number;
  readonly bearingMaxRad: number;
};

export type SeenLine = {
  /** From the rear axle along the path, m. */
  readonly sM: number;
  readonly state: "RED" | "YELLOW" | "GREEN" | "SIGN" | "OFF";
  /** Whether ego has stood before this sign; unset where its past is not known. */
  readonly stood?: boolean;
};

/** A scene as the expert sees it: everything relative to the centre line of ego's lane. */
export type View = {
  readonly speedMps: number;
  readonly accelMps2: number;
  readonly egoWidthM: number;
  readonly egoFrontM: number;
  readonly egoRearM: number;
  readonly path: LanePath;
  readonly laneWidthM: number;
  /** Offset of the neighbouring lane's centre; absent where there is none in this direction. */
  readonly leftDM?: number;
  readonly rightDM?: number;
  /**
   * Offset at which ego stands when pulled over from this lane; set in the rightmost lane, and unset in
   * junctions and beside a lane that may not be changed to.
   */
  readonly pullOverDM?: number;
  readonly objects: readonly SeenObject[];
  readonly lines: readonly SeenLine[];
  readonly limitMps?: number;
  readonly route?: RouteView;
};

/** What a known route adds; distances along the path from the rear axle. */
export type RouteView = {
  readonly change?: { readonly side: "LEFT" | "RIGHT"; readonly withinM: number };
  /** Turn of the junction that ego is in or will soon be in. */
  readonly turn?: Turn;
  /** From the front bumper to where ego waits for crossing or merging traffic. */
  readonly giveWayM?: number;
  /** Lower limits ahead. */
  readonly limits: readonly { readonly sM: number; readonly mps: number }[];
};

const VULNERABLE: ReadonlySet<ObjectKind> = new Set(["PEDESTRIAN", "CYCLIST"]);
export const isVulnerable = (o: SeenObject): boolean => VULNERABLE.has(o.kind);

const X_MAX_M = BEV_SPEC.xMinM + BEV_SPEC.nx * BEV_SPEC.cellM;
const Y_MAX_M = BEV_SPEC.yMinM + BEV_SPEC.ny * BEV_SPEC.cellM;
/** Rear axle to front bumper over length, of the vehicle profile. */
const FRONT_SHARE = 3.7 / 4.7;
const STRAIGHT = new Float64Array([-60, 0, 0, 0, 60, 0, 140, 0]);

type Ego = Scene["ego"];

/** From the rear axle to the front bumper, m. */
export const frontOf = ({ lengthM }: Ego): number => lengthM * FRONT_SHARE;

/** Distance of ego to the lane's centre, or undefined where the lane leads elsewhere. */
function distanceToLane(lane: SceneLane, ego: Ego): number | undefined {
  const { centre } = lane;
  let best = Number.POSITIVE_INFINITY;
  let at = 0;
  for (let i = 0; i < centre.length; i += 2) {
    const dx = centre[i]! - ego.xM;
    const dy = centre[i + 1]! - ego.yM;
    const sq = dx * dx + dy * dy;
    if (sq < best) {
      best = sq;
      at = i;
    }
  }
  const i = Math.min(at, centre.length - 4);
  const ex = centre[i + 2]! - centre[i]!;
  const ey = centre[i + 3]! - centre[i + 1]!;
  const norm = Math.sqrt(ex * ex + ey * ey) || 1;
  const facing = (ex * Math.cos(ego.yawRad) + ey * Math.sin(ego.yawRad)) / norm;
  if (facing < 0.5) return undefined;
  return Math.abs((-ey * (ego.xM - centre[i]!) + ex * (ego.yM - centre[i + 1]!)) / norm);
}

/** The driving lane of this direction that ego is in, or nearest to. */
function findLane(scene: Scene): SceneLane | undefined {
  let best: SceneLane | undefined;
  let bestM = 8;
  for (const lane of scene.lanes) {
    if (lane.kind !== "DRIVING" || lane.oncoming) continue;
    const d = distanceToLane(lane, scene.ego);
    if (d !== undefined && d < bestM) {
      bestM = d;
      best = lane;
    }
  }
  return best;
}

/** A junction's turn is named this far ahead, m. */
const TURN_AHEAD_M = 25;

/**
 * Brings a scene into the expert's coordinates; only what the BEV grid covers is seen. With a guide
 * the path is the route's own, through junctions, and not the lane that ego happens to be in.
 */
export function viewOf(scene: Scene, guide?: RouteGuide): View {
  return guide === undefined ? laneView(scene) : guidedView(scene, guide);
}

function guidedView(scene: Scene, guide: RouteGuide): View {
  const { ego } = scene;
  const path = lanePath(guide.centre, ego);
  const originM = -path.sM[0]!;
  const frontM = frontOf(ego);
  const rearM = ego.lengthM - frontM;
  const speedMps = Math.max(0, ego.speedMps);
  const { widthM, leftWidthM, rightWidthM } = guide;
  const limits = guide.limits.map(({ sM, mps }) => ({ sM: sM - originM, mps }));
  const now = limits.filter(({ sM }) => sM <= 0).pop() ?? limits[0];
  const curveMps = (sM: number) => Math.sqrt(CURVE_LATERAL_MPS2 / curvatureAhead(path, sM));
  const wait = giveWay(guide, scene, {
    sM: originM,
    speedMps,
    frontM,
    rearM,
    maxMpsAt: (sM) => Math.min(now?.mps ?? 99, curveMps(sM - originM)),
  });
  const turn = guide.turns.find(
    ({ fromM, toM }) => fromM - originM < frontM + TURN_AHEAD_M && toM > originM,
  );
  return {
    speedMps,
    accelMps2: ego.accelMps2,
    egoWidthM: ego.widthM,
    egoFrontM: frontM,
    egoRearM: rearM,
    path,
    laneWidthM: widthM,
    ...(leftWidthM === undefined ? {} : { leftDM: (widthM + leftWidthM) / 2 }),
    ...(rightWidthM === undefined ? {} : { rightDM: -(widthM + rightWidthM) / 2 }),
    ...(guide.hasSide ? { pullOverDM: asideOffset(guide, ego.widthM) } : {}),
    objects: seeObjects(scene, path),
    lines: guide.stops.flatMap(({ sM, kind, signals, stood }) => {
      const state = kind === "STOP" ? "SIGN" : kind === "LIGHT" ? stateOf(scene, signals) : "OFF";
      if (sM - originM > X_MAX_M - 1) return [];
      return [{ sM: sM - originM, state, ...(stood === undefined ? {} : { stood }) }];
    }),
    ...(now === undefined ? {} : { limitMps: now.mps }),
    route: {
      limits: limits.filter(({ sM, mps }) => sM > 0 && mps < (now?.mps ?? 99)),
      ...(turn === undefined ? {} : { turn: turn.turn }),
      ...(guide.change === undefined ? {} : { change: guide.change }),
      ...(wait === undefined ? {} : { giveWayM: wait.stopM - originM - frontM }),
    },
  };
}

/** Sharpest bend from here to `sM`, 1/m. */
function curvatureAhead(path: LanePath, sM: number): number {
  let most = 1e-4;
  for (let s = 0; s <= sM; s += 5) most = Math.max(most, Math.abs(curvatureOnPath(path, s)));
  return most;
}

function laneView(scene: Scene): View {
  const ego = scene.ego;
  const lane = findLane(scene);
  const path =
    lane === undefined
      ? lanePath(STRAIGHT, { xM: 0, yM: 0, yawRad: 0 })
      : lanePath(lane.centre, ego);
  const laneWidthM = lane?.widthM ?? 3.5;
  const byId = (id: number | undefined) =>
    id === undefined
      ? undefined
      : scene.lanes.find((l) => l.id === id && l.kind === "DRIVING" && !l.oncoming);
  const left = byId(lane?.leftId);
  const right = byId(lane?.rightId);
  const frontM = frontOf(ego);
  return {
    speedMps: Math.max(0, ego.speedMps),
    accelMps2: ego.accelMps2,
    egoWidthM: ego.widthM,
    egoFrontM: frontM,
    egoRearM: ego.lengthM - frontM,
    path,
    laneWidthM,
    ...(left === undefined ? {} : { leftDM: (laneWidthM + left.widthM) / 2 }),
    ...(right === undefined
      ? { pullOverDM: edgeOffset(scene, path, laneWidthM) }
      : { rightDM: -(laneWidthM + right.widthM) / 2 }),
    objects: seeObjects(scene, path),
    lines: seeLines(scene, path, laneWidthM),
    ...(scene.speedLimitMps === undefined ? {} : { limitMps: scene.speedLimitMps }),
  };
}

/** Left between ego and the edge that it stands at, m. */
const EDGE_ROOM_M = 0.15;
const SHOULDER_ROOM_M = 0.3;

/** As `edgeOffset`, by what is known of the road. */
function asideOffset({ widthM, shoulder }: RouteGuide, egoWidthM: number): number {
  const inLane = -Math.max(0, (widthM - egoWidthM) / 2 - EDGE_ROOM_M);
  // a strip of some decimetres, beyond a cycle path perhaps, is no place to stand
  return shoulder === undefined || shoulder.farM - shoulder.nearM < egoWidthM
    ? inLane
    : Math.min(inLane, -(shoulder.farM - egoWidthM / 2 - SHOULDER_ROOM_M));
}

/** Where ego stands at the right edge: on the shoulder where there is one, else at the lane's edge. */
function edgeOffset(scene: Scene, path: LanePath, laneWidthM: number): number {
  const half = scene.ego.widthM / 2;
  const inLane = -Math.max(0, laneWidthM / 2 - half - 0.15);
  const shoulder = scene.lanes.find((l) => l.kind === "SHOULDER" && !l.oncoming);
  if (shoulder === undefined) return inLane;
  const near = distanceToLane(shoulder, scene.ego);
  if (near === undefined) return inLane;
  // the shoulder lies right of ego, or ego is on its right half already
  const onRight = path.egoDM - near;
  const onLeft = path.egoDM + near;
  const expected = -(laneWidthM + shoulder.widthM) / 2;
  const centreD = Math.abs(onRight - expected) < Math.abs(onLeft - expected) ? onRight : onLeft;
  if (Math.abs(centreD - expected) > 1) return inLane;
  return Math.min(inLane, centreD - shoulder.widthM / 2 + half + 0.3);
}

function seeObjects(scene: Scene, path: LanePath): SeenObject[] {
  const { ego } = scene;
  const c = Math.cos(ego.yawRad);
  const s = Math.sin(ego.yawRad);
  const out: SeenObject[] = [];
  for (const o of scene.objects) {
    const dx = o.xM - ego.xM;
    const dy = o.yM - ego.yM;
    const x = c * dx + s * dy;
    const y = -s * dx + c * dy;
    const half = o.lengthM / 2;
    if (x - half > X_MAX_M - 1 || x + half < BEV_SPEC.xMinM + 1) continue;
    if (Math.abs(y) - half > Y_MAX_M - 1) continue;
    const at = projectOnPath(path, x, y);
    const yaw = o.yawRad - ego.yawRad;
    const rel = yaw - at.yawRad;
    const cr = Math.cos(rel);
    const sr = Math.sin(rel);
    out.push({
      id: o.id,
      kind: o.kind,
      sM: at.sM,
      dM: at.dM,
      halfAlongM: (Math.abs(cr) * o.lengthM + Math.abs(sr) * o.widthM) / 2,
      halfAcrossM: (Math.abs(sr) * o.lengthM + Math.abs(cr) * o.widthM) / 2,
      vsMps: o.speedMps * cr,
      vdMps: o.speedMps * sr,
      speedMps: Math.abs(o.speedMps),
      ...bearings(x, y, Math.cos(yaw), Math.sin(yaw), half, o.widthM / 2),
    });
  }
  return out;
}

function bearings(x: number, y: number, cy: number, sy: number, hl: number, hw: number) {
  let bearingMinRad = Number.POSITIVE_INFINITY;
  let bearingMaxRad = Number.NEGATIVE_INFINITY;
  for (const i of [-1, 1])
    for (const j of [-1, 1]) {
      const b = Math.atan2(y + i * hl * sy + j * hw * cy, x + i * hl * cy - j * hw * sy);
      bearingMinRad = Math.min(bearingMinRad, b);
      bearingMaxRad = Math.max(bearingMaxRad, b);
    }
  return { bearingMinRad, bearingMaxRad };
}

function seeLines(scene: Scene, path: LanePath, laneWidthM: number): SeenLine[] {
  const { ego } = scene;
  const c = Math.cos(ego.yawRad);
  const s = Math.sin(ego.yawRad);
  const at = (xM: number, yM: number) => {
    const dx = xM - ego.xM;
    const dy = yM - ego.yM;
    return projectOnPath(path, c * dx + s * dy, -s * dx + c * dy);
  };
  const out: SeenLine[] = [];
  for (const line of scene.stopLines) {
    const a = at(line.x0M, line.y0M);
    const b = at(line.x1M, line.y1M);
    const reach = laneWidthM / 4;
    if (Math.min(a.dM, b.dM) > reach || Math.max(a.dM, b.dM) < -reach) continue;
    const ratio = a.dM === b.dM ? 0.5 : Math.min(1, Math.max(0, a.dM / (a.dM - b.dM)));
    const sM = a.sM + (b.sM - a.sM) * ratio;
    if (sM > X_MAX_M - 1) continue;
    const state = line.signalIds.length === 0 ? "SIGN" : stateOf(scene, line.signalIds);
    out.push({ sM, state });
  }
  return out;
}

/** What the lights of one line show together: the strictest. */
function stateOf(scene: Scene, signalIds: readonly number[]): SeenLine["state"] {
  const states = scene.signals.filter((x) => signalIds.includes(x.id)).map((x) => x.state);
  if (states.includes("RED")) return "RED";
  if (states.includes("YELLOW")) return "YELLOW";
  return states.includes("GREEN") ? "GREEN" : "OFF";
}
