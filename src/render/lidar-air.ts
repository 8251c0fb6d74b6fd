import type { Scene } from "../contract/scene.ts";
import { FOG_AT_VISIBILITY, RAIN_FOG_INVM, wetnessOf } from "./camera-weather.ts";

/** Share of beams that a drop near the unit answers in a downpour, and how near, m (1/e). */
const RAIN_SCATTER_PROB = 0.05;
const SCATTER_M = 4;
/** Fog answers by itself: share of beams per 1/m of extinction, and at most. */
const FOG_SCATTER_M = 5;
const FOG_SCATTER_MAX_PROB = 0.35;

/** What rain and fog do to a beam. */
export type LaserAir = {
  /** Light lost each way, 1/m. */
  readonly extinctionInvm: number;
  readonly scatterProb: number;
  readonly scatterM: number;
  readonly wet: number;
};

/** Undefined where the scene has no weather. */
export function airOf(scene: Scene): LaserAir | undefined {
  const { weather } = scene;
  if (!weather) return undefined;
  const rain = Math.min(1, Math.max(0, weather.rain ?? 0));
  const fogInvm =
    weather.visibilityM === undefined ? 0 : FOG_AT_VISIBILITY / Math.max(5, weather.visibilityM);
  return {
    extinctionInvm: fogInvm + RAIN_FOG_INVM * rain,
    scatterProb: RAIN_SCATTER_PROB * rain + Math.min(FOG_SCATTER_MAX_PROB, FOG_SCATTER_M * fogInvm),
    scatterM: SCATTER_M,
    wet: wetnessOf(scene),
  };
}

/** How long a turn takes and how ego moves meanwhile. */
export type Turn = {
  readonly turnS: number;
  readonly egoMps: number;
  readonly yawRateRadps: number;
};

/** ego at the stamp <- ego `atS` (≤ 0) from it, moving on a circle. */
export function egoAt({ egoMps, yawRateRadps }: Turn, atS: number) {
  const yaw = yawRateRadps * atS;
  const straight = Math.abs(yaw) < 1e-9;
  return {
    x: straight ? egoMps * atS : (egoMps / yawRateRadps) * Math.sin(yaw),
    y: straight ? 0 : (egoMps / yawRateRadps) * (1 - Math.cos(yaw)),
    cos: Math.cos(yaw),
    sin: Math.sin(yaw),
  };
}
