import type { Obstacle, ObstacleField } from "../../contract/obstacle.ts";
import { ObstacleDetector } from "../detector.ts";
import {
  type CastBox,
  type CastLidar,
  type CastWorld,
  castEgoState,
  castObservation,
  castSweep,
  ROOF_64,
  standOn,
} from "./ray-caster.ts";

export const START_US = 1_000_000_000;
export const PERIOD_US = 100_000;
/** Half the azimuth steps are enough for tests and halve their time. */
export const COARSE_64: CastLidar = { ...ROOF_64, azimuthCount: 900 };

export const aCar = (xM: number, more: Partial<CastBox> = {}): CastBox => ({
  ...{ xM, yM: 0, lengthM: 4.5, widthM: 1.8, heightM: 1.5 },
  ...more,
});
export const aPedestrian = (xM: number, more: Partial<CastBox> = {}): CastBox => ({
  ...{ xM, yM: 0, lengthM: 0.4, widthM: 0.5, heightM: 1.75 },
  ...more,
});

export type Drive = {
  readonly lidar?: CastLidar;
  readonly world: CastWorld;
  readonly ticks: number;
  readonly egoMps?: number;
  /** The ego pitches and rolls with the ground; level where absent. */
  readonly onWheels?: boolean;
  readonly missing?: readonly number[];
  readonly withoutEgo?: (tick: number) => boolean;
  /** Changes the points of a sweep. */
  readonly spoil?: (xyz: Float32Array, tick: number) => Float32Array;
};

/** Drives straight on through the world; one field per tick. */
export function drive(d: Drive): ObstacleField[] {
  const detector = new ObstacleDetector();
  const speed = d.egoMps ?? 0;
  return Array.from({ length: d.ticks }, (_, i) => {
    const timeS = (i * PERIOD_US) / 1e6;
    const stampUs = START_US + i * PERIOD_US;
    const level = { xM: speed * timeS, yM: 0, yawRad: 0 };
    const ego = d.onWheels && d.world.groundM ? standOn(d.world.groundM, level) : level;
    const cast = () => castSweep(d.lidar ?? COARSE_64, d.world, ego, timeS, i + 1);
    const xyz = d.missing?.includes(i) ? undefined : (d.spoil?.(cast(), i) ?? cast());
    const state = d.withoutEgo?.(i) ? undefined : castEgoState(stampUs, speed);
    return detector.update(castObservation(i, stampUs, xyz, state));
  });
}

export const last = (fields: readonly ObstacleField[]): ObstacleField => fields[fields.length - 1]!;
export const nearFaceM = (o: Obstacle): number => Math.min(...o.hull.map(([x]) => x));
export const ahead = (field: ObstacleField): readonly Obstacle[] =>
  field.obstacles.filter((o) => o.xM > 0 && Math.abs(o.yM) < 2);
