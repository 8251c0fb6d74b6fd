import type { SceneWeather } from "../contract/scene.ts";
import type { Random } from "./random.ts";

export const SKY_KINDS = ["DAY", "LOW_SUN", "DUSK", "NIGHT", "RAIN", "NIGHT_RAIN", "FOG"] as const;
export type SkyKind = (typeof SKY_KINDS)[number];

/** Light and weather of a world, as its Scenes say them. */
export type Sky = {
  readonly kind: SkyKind;
  readonly light: number;
  readonly haze: number;
  readonly weather: SceneWeather;
};

/** How often each kind is drawn, of 100. */
export const SKY_SHARES: Readonly<Record<SkyKind, number>> = {
  DAY: 40,
  LOW_SUN: 12,
  DUSK: 10,
  NIGHT: 14,
  RAIN: 12,
  NIGHT_RAIN: 4,
  FOG: 8,
};

/** A random sky, of a wanted kind or of any; the same random numbers give the same one. */
export function drawSky(rng: Random, wanted?: SkyKind): Sky {
  const drawn = rng.weighted(SKY_SHARES);
  const kind = wanted ?? drawn;
  const sunAzimuthRad = rng.range(-Math.PI, Math.PI);
  const haze = rng.chance(0.7) ? rng.range(0, 0.15) : rng.range(0.15, 0.5);
  switch (kind) {
    case "DAY":
      return {
        kind,
        light: rng.range(0.6, 1),
        haze,
        weather: { sunElevationRad: rng.range(0.5, 1.2), sunAzimuthRad },
      };
    case "LOW_SUN":
      return {
        kind,
        light: rng.range(0.45, 0.8),
        haze: Math.min(haze, 0.2),
        weather: { sunElevationRad: rng.range(0.05, 0.35), sunAzimuthRad },
      };
    case "DUSK":
      return {
        kind,
        light: rng.range(0.25, 0.42),
        haze,
        weather: { sunElevationRad: rng.range(0.02, 0.1), sunAzimuthRad },
      };
    case "NIGHT":
      return { kind, light: rng.range(0, 0.2), haze: Math.min(haze, 0.2), weather: {} };
    case "RAIN":
      return {
        kind,
        light: rng.range(0.4, 0.75),
        haze: rng.range(0.1, 0.4),
        weather: { rain: rng.range(0.1, 0.9) },
      };
    case "NIGHT_RAIN":
      return {
        kind,
        light: rng.range(0, 0.2),
        haze: rng.range(0.05, 0.3),
        weather: { rain: rng.range(0.1, 0.8) },
      };
    case "FOG":
      return {
        kind,
        light: rng.range(0.4, 0.85),
        haze: rng.range(0.1, 0.3),
        weather: { visibilityM: rng.range(40, 250) },
      };
  }
}
