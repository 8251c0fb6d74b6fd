import type {
  DetectedObject,
  SceneKerb,
  SceneLane,
  SceneSignal,
  SceneStopLine,
} from "../contract/scene.ts";
import type { Layout, LayoutLane } from "./layout.ts";
import type { Mover } from "./mover.ts";
import { poseAt, type Road } from "./road.ts";
import { type SignalPlan, signalStateAt } from "./signal-plan.ts";

/** How far a Scene reaches along the road, m before and behind ego. */
export const SCENE_AHEAD_M = 140;
export const SCENE_BEHIND_M = 60;
const POINT_STEP_M = 2;

/** [P, 2] m, map: line at offset d from s0 to s1, points ≤ 2 m apart; reversed against s. */
export function lineAt(
  road: Road,
  s0: number,
  s1: number,
  d: number,
  reverse = false,
): Float64Array {
  let bend = 0;
  for (let s = Math.floor(s0); s <= s1; s += 3)
    bend = Math.max(bend, -d * (road.curvatureInvm[s] ?? 0));
  const n = Math.max(2, Math.ceil(((s1 - s0) * (1.03 + bend * 1.1)) / POINT_STEP_M) + 1);
  const out = new Float64Array(2 * n);
  for (let i = 0; i < n; i++) {
    const k = reverse ? n - 1 - i : i;
    const pose = poseAt(road, s0 + ((s1 - s0) * i) / (n - 1), d);
    out[2 * k] = pose.xM;
    out[2 * k + 1] = pose.yM;
  }
  return out;
}

type Window = { readonly s0: number; readonly s1: number };

export function windowAt(road: Road, egoS: number): Window {
  const s0 = Math.max(0, egoS - SCENE_BEHIND_M);
  return { s0, s1: Math.min(road.lengthM, Math.max(s0 + 4, egoS + SCENE_AHEAD_M)) };
}

function sceneLane(road: Road, w: Window, lane: LayoutLane): SceneLane {
  return {
    id: lane.id,
    kind: lane.kind,
    centre: lineAt(road, w.s0, w.s1, lane.dM, lane.oncoming),
    widthM: lane.widthM,
    leftMark: lane.leftMark,
    rightMark: lane.rightMark,
    oncoming: lane.oncoming,
    ...(lane.leftId === undefined ? {} : { leftId: lane.leftId }),
    ...(lane.rightId === undefined ? {} : { rightId: lane.rightId }),
  };
}

/** The crossing road first, so that whoever paints in order paints the ego road over it. */
export function sceneLanes(
  road: Road,
  layout: Layout,
  signal: SignalPlan | undefined,
  w: Window,
): SceneLane[] {
  const out: SceneLane[] = [];
  const c = signal?.crossing;
  if (c !== undefined && c.fromS < w.s1 && c.toS > w.s0) {
    const mid = (c.fromS + c.toS) / 2;
    const halfM = (c.toS - c.fromS) / 2;
    for (const side of [-1, 1] as const) {
      const at = mid - (side * halfM) / 2;
      const a = poseAt(road, at, -40);
      const b = poseAt(road, at, 40);
      const n = 42;
      const centre = new Float64Array(2 * n);
      for (let i = 0; i < n; i++) {
        const t = side > 0 ? 1 - i / (n - 1) : i / (n - 1);
        centre[2 * i] = a.xM + (b.xM - a.xM) * t;
        centre[2 * i + 1] = a.yM + (b.yM - a.yM) * t;
      }
      out.push({
        id: side > 0 ? 41 : 42,
        kind: "DRIVING",
        centre,
        widthM: halfM,
        leftMark: "NONE",
        rightMark: "NONE",
        oncoming: true,
      });
    }
  }
  for (const lane of [
    ...layout.sidewalks,
    ...(layout.side ? [layout.side] : []),
    ...layout.oncoming,
    ...layout.lanes,
  ])
    out.push(sceneLane(road, w, lane));
  return out;
}

/** Kerbs on both edges, open where the crossing road passes. */
export function sceneKerbs(
  road: Road,
  layout: Layout,
  signal: SignalPlan | undefined,
  w: Window,
): SceneKerb[] {
  if (layout.kerbHeightM <= 0) return [];
  const c = signal?.crossing;
  const spans =
    c === undefined
      ? [[w.s0, w.s1] as const]
      : [[w.s0, Math.min(w.s1, c.fromS)] as const, [Math.max(w.s0, c.toS), w.s1] as const];
  const out: SceneKerb[] = [];
  for (const [a, b] of spans)
    if (b - a > 2)
      for (const d of [layout.rightEdgeM, layout.leftEdgeM])
        out.push({ line: lineAt(road, a, b, d), heightM: layout.kerbHeightM });
  return out;
}

export function sceneStop(
  road: Road,
  layout: Layout,
  signal: SignalPlan | undefined,
  w: Window,
  timeS: number,
): { stopLines: SceneStopLine[]; signals: SceneSignal[] } {
  if (signal === undefined || signal.stopS < w.s0 || signal.stopS > w.s1)
    return { stopLines: [], signals: [] };
  const state = signalStateAt(signal, timeS);
  const a = poseAt(road, signal.stopS, -0.1);
  const b = poseAt(road, signal.stopS, -layout.lanes.length * layout.laneWidthM + 0.1);
  const signals = signal.lamps.map((lamp, i) => {
    const pose = poseAt(road, lamp.s, lamp.d);
    return {
      id: 1 + i,
      xM: pose.xM,
      yM: pose.yM,
      zM: lamp.zM,
      yawRad: pose.yawRad + Math.PI,
      state,
    };
  });
  const line = {
    id: 1,
    x0M: a.xM,
    y0M: a.yM,
    x1M: b.xM,
    y1M: b.yM,
    signalIds: signals.map((x) => x.id),
  };
  return { stopLines: [line], signals };
}

/** Road user as a classified object. */
export function detectedObject(road: Road, m: Mover): DetectedObject {
  const pose = poseAt(road, m.s, m.d);
  const steer = m.speedMps > 0.3 ? Math.atan2(m.dir * m.lateralMps, m.speedMps) : 0;
  return {
    id: m.id,
    kind: m.kind,
    xM: pose.xM,
    yM: pose.yM,
    yawRad: pose.yawRad + (m.dir > 0 ? 0 : Math.PI) + steer + m.yawOffsetRad,
    lengthM: m.lengthM,
    widthM: m.widthM,
    heightM: m.heightM,
    speedMps: m.speedMps,
    accelMps2: m.accelMps2,
    brakeLights: !m.parked && (m.accelMps2 < -0.7 || (m.speedMps < 0.1 && m.accelMps2 <= 0)),
    indicator:
      m.lateralMps > 0.3 ? (m.dir > 0 ? 1 : -1) : m.lateralMps < -0.3 ? (m.dir > 0 ? -1 : 1) : 0,
    rgb: m.rgb,
  };
}
