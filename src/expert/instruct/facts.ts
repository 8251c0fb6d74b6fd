import type { Scene } from "../../contract/scene.ts";
import type { RoutePlace } from "../route/follower.ts";
import type { SeenObject, View } from "../view.ts";

/** What is known at one moment of an instruction's life. */
export type Facts = {
  readonly scene: Scene;
  readonly view: View;
  readonly place: RoutePlace;
};

/** Slower is standing, m/s. */
export const STANDING_MPS = 0.3;
const SETTLED_M = 0.45;
const SETTLED_MPS = 0.45;

export const isSettled = ({ view }: Facts): boolean =>
  Math.abs(view.path.egoDM) < SETTLED_M &&
  Math.abs(view.speedMps * Math.sin(view.path.laneYawRad)) < SETTLED_MPS;

/** The nearest thing in ego's way ahead, bumper to bumper. */
export function gapAheadM(view: View): number | undefined {
  let best: number | undefined;
  for (const o of view.objects) {
    const gapM = o.sM - o.halfAlongM - view.egoFrontM;
    if (o.sM < -2 || gapM < -0.5 || (best !== undefined && gapM >= best)) continue;
    if (Math.abs(o.dM) <= o.halfAcrossM + view.egoWidthM / 2) best = Math.max(0, gapM);
  }
  return best;
}

const OWN_LANE_M = 1.75;
const isVehicle = (o: SeenObject): boolean => o.kind !== "PEDESTRIAN" && o.kind !== "STATIC";

/** The nearest vehicle straight ahead. */
export function vehicleAhead(facts: Facts): number | undefined {
  const ahead = around(facts).filter(
    (o) => isVehicle(o.seen) && o.aheadM > 0 && Math.abs(o.leftM) < OWN_LANE_M,
  );
  return ahead.sort((a, b) => a.aheadM - b.aheadM)[0]?.seen.id;
}

export type Around = {
  readonly seen: SeenObject;
  /** Bumper to bumper along ego's heading: > 0 ahead, < 0 behind, 0 beside. */
  readonly aheadM: number;
  readonly leftM: number;
};

/** Who is where, seen along ego's heading. */
export function around({ scene, view }: Facts): Around[] {
  const { ego } = scene;
  const [c, s] = [Math.cos(ego.yawRad), Math.sin(ego.yawRad)];
  const seen = new Map(view.objects.map((o) => [o.id, o]));
  return scene.objects.flatMap((o) => {
    const known = seen.get(o.id);
    if (known === undefined) return [];
    const [dx, dy] = [o.xM - ego.xM, o.yM - ego.yM];
    const alongM = c * dx + s * dy;
    const turn = o.yawRad - ego.yawRad;
    const half = (Math.abs(Math.cos(turn)) * o.lengthM + Math.abs(Math.sin(turn)) * o.widthM) / 2;
    const before = alongM - half - view.egoFrontM;
    const behind = alongM + half + view.egoRearM;
    const aheadM = before > 0 ? before : behind < 0 ? behind : 0;
    return [{ seen: known, aheadM, leftM: -s * dx + c * dy }];
  });
}
