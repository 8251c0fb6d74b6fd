import type { Scene } from "../../contract/scene.ts";
import { curvatureOnPath, type LanePath, lanePath, projectOnPath } from "../../expert/path.ts";
import { giveWay } from "../../expert/route/give-way.ts";
import type { RouteGuide } from "../../expert/route/guide.ts";
import type { PaceBounds } from "../score/allowed-pace.ts";

/** Comfortable lateral acceleration in bends, m/s² (ISO 15622 allows 2.3 at speed). */
const BEND_MPS2 = 2;
const SLOW_DOWN_MPS2 = 1.5;
const LOOK_M = 90;

/** What the world lets ego do now; measured, not asked of the driver. */
export function boundsAhead(
  scene: Scene,
  guide: RouteGuide,
  frontM: number,
  rearM: number,
  stoodAt: (stopLine: number) => boolean,
): PaceBounds {
  const path = lanePath(guide.centre, scene.ego);
  const originM = -path.sM[0]!;
  const speedMps = Math.max(0, scene.ego.speedMps);
  const freeMps = freeSpeed(path, guide, originM);
  const lead = leadAhead(path, scene, frontM);
  const wait = giveWay(guide, scene, {
    sM: originM,
    speedMps,
    frontM,
    rearM,
    maxMpsAt: () => freeMps,
  });
  const closed = guide.stops
    .map((stop) => ({ stop, aheadM: stop.sM - originM - frontM }))
    .filter(({ stop, aheadM }) => isClosed(stop, aheadM, scene, stoodAt))
    .map(({ aheadM }) => aheadM)
    .concat(wait === undefined ? [] : [wait.stopM - originM - frontM])
    .filter((m) => m > -0.5);
  return {
    speedMps,
    freeMps,
    ...(lead === undefined ? {} : { lead }),
    ...(closed.length === 0 ? {} : { closedM: Math.min(...closed) }),
  };
}

function isClosed(
  stop: RouteGuide["stops"][number],
  aheadM: number,
  scene: Scene,
  stoodAt: (stopLine: number) => boolean,
): boolean {
  // A sign that is passed is forgotten, and holds nobody up any longer.
  if (stop.kind === "STOP") return aheadM > 0 && !stoodAt(stop.stopLine);
  if (stop.kind === "YIELD") return false;
  return scene.signals.some(
    ({ id, state }) => stop.signals.includes(id) && (state === "RED" || state === "YELLOW"),
  );
}

function freeSpeed(path: LanePath, guide: RouteGuide, originM: number): number {
  let mps = 40;
  for (const { sM, mps: limit } of guide.limits) {
    const ahead = sM - originM;
    if (ahead <= 0) mps = limit;
    else mps = Math.min(mps, Math.sqrt(limit * limit + 2 * SLOW_DOWN_MPS2 * ahead));
  }
  for (let s = 0; s < LOOK_M; s += 4) {
    const k = Math.max(1e-4, Math.abs(curvatureOnPath(path, s)));
    mps = Math.min(mps, Math.sqrt(BEND_MPS2 / k + 2 * SLOW_DOWN_MPS2 * s));
  }
  return mps;
}

/** The nearest thing in ego's lane ahead, bumper to bumper. */
export function leadAhead(
  path: LanePath,
  scene: Scene,
  frontM: number,
): PaceBounds["lead"] | undefined {
  const { ego } = scene;
  const c = Math.cos(ego.yawRad);
  const s = Math.sin(ego.yawRad);
  let best: { gapM: number; speedMps: number } | undefined;
  for (const o of scene.objects) {
    const dx = o.xM - ego.xM;
    const dy = o.yM - ego.yM;
    const x = c * dx + s * dy;
    if (x < -2 || Math.hypot(dx, dy) > LOOK_M) continue;
    const at = projectOnPath(path, x, -s * dx + c * dy);
    const turn = o.yawRad - ego.yawRad - at.yawRad;
    const half = (Math.abs(Math.cos(turn)) * o.lengthM + Math.abs(Math.sin(turn)) * o.widthM) / 2;
    const across = (Math.abs(Math.sin(turn)) * o.lengthM + Math.abs(Math.cos(turn)) * o.widthM) / 2;
    if (Math.abs(at.dM) > across + ego.widthM / 2) continue;
    const gapM = at.sM - half - frontM;
    if (gapM < -0.5 || (best !== undefined && gapM >= best.gapM)) continue;
    best = { gapM: Math.max(0, gapM), speedMps: Math.max(0, o.speedMps * Math.cos(turn)) };
  }
  return best;
}
