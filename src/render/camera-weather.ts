import type { Scene } from "../contract/scene.ts";
import type { Look } from "./camera-look.ts";
import type { Rgb } from "./shapes.ts";

/** Darker scenes than this are lit by lamps. */
const NIGHT_LIGHT = 0.25;
/** A sun above this blinds nobody, rad. */
const GLARE_RAD = 0.45;
/** Contrast of 5 % is left at the visibility (WMO): exp(−3). */
export const FOG_AT_VISIBILITY = 3;
/** Rain alone takes this from sight at its most, 1/m: visibility of 500 m in a downpour. */
export const RAIN_FOG_INVM = 0.006;
/** Water fills the pores of a road and darkens it by up to this share. */
const WET_DARKER = 0.42;

const clamp01 = (v: number): number => (v < 0 ? 0 : v > 1 ? 1 : v);
const mix = (a: Rgb, b: Rgb, k: number): Rgb => [
  a[0] + (b[0] - a[0]) * k,
  a[1] + (b[1] - a[1]) * k,
  a[2] + (b[2] - a[2]) * k,
];
const scale = (c: Rgb, k: number): Rgb => [c[0] * k, c[1] * k, c[2] * k];

/** How wet the road of a scene is, 0…1. */
export function wetnessOf({ weather }: Scene): number {
  const rain = clamp01(weather?.rain ?? 0);
  return clamp01(weather?.wetness ?? Math.min(1, Math.sqrt(rain) * 1.4));
}

/** The look of a dry day as the scene's weather and hour change it. */
export function withWeather(dry: Look, scene: Scene): Look {
  const light = clamp01(scene.light);
  const night = clamp01((NIGHT_LIGHT - light) / NIGHT_LIGHT);
  const { weather } = scene;
  const rain = clamp01(weather?.rain ?? 0);
  const wet = wetnessOf(scene);
  // Without weather the pictures stay those of earlier drives, byte for byte.
  if (!weather) return dry;
  const sunny = withSun(dry, scene, light, rain);
  const grey = (c: Rgb): Rgb => {
    const v = (c[0] + c[1] + c[2]) / 3;
    return [v * 0.93, v * 0.96, v];
  };
  const overcast = rain > 0 ? 0.55 + 0.45 * rain : 0;
  const fogInvm =
    weather?.visibilityM === undefined
      ? dry.fogInvm
      : FOG_AT_VISIBILITY / Math.max(5, weather.visibilityM);
  return {
    ...sunny,
    ...{ rain, wet, night, riderLamps: true },
    ground: dry.ground.map((c, i) => scale(c, 1 - (i === 0 ? 0.5 : 1) * WET_DARKER * wet)),
    zenith: scale(mix(sunny.zenith, scale(grey(sunny.zenith), 0.75), overcast), 1 - 0.9 * night),
    // Lamps of a town lighten the haze above it.
    horizon: mix(
      mix(sunny.horizon, scale(grey(sunny.horizon), 0.85), overcast),
      [0.42, 0.32, 0.22],
      0.75 * night,
    ),
    clouds: Math.max(sunny.clouds, 0.6 * overcast),
    skyline: scale(sunny.skyline, 1 - 0.8 * night),
    sunShare: sunny.sunShare * (1 - 0.9 * overcast),
    shadow: sunny.shadow * (1 - overcast),
    level: sunny.level * (1 - 0.25 * rain) * (1 - 0.35 * night),
    headlamps: Math.max(sunny.headlamps, rain > 0 ? 0.05 : 0),
    fogInvm: fogInvm + RAIN_FOG_INVM * rain,
    nearFogInvm: fogInvm,
  };
}

/** Puts the sun where the weather says; a low one is warm, casts long shadows and blinds. */
function withSun(dry: Look, { weather }: Scene, light: number, rain: number): Look {
  const { sunElevationRad, sunAzimuthRad } = weather ?? {};
  if (sunElevationRad === undefined && sunAzimuthRad === undefined) return dry;
  const up = Math.max(0.01, sunElevationRad ?? Math.asin(dry.sun[2]));
  const azimuth = sunAzimuthRad ?? Math.atan2(dry.sun[1], dry.sun[0]);
  const low = clamp01(1 - up / GLARE_RAD);
  const clear = light > NIGHT_LIGHT ? 1 - rain : 0;
  return {
    ...dry,
    sun: [Math.cos(azimuth) * Math.cos(up), Math.sin(azimuth) * Math.cos(up), Math.sin(up)],
    sunShare: Math.max(dry.sunShare, 0.55 * clear),
    shadow: Math.max(dry.shadow, 0.55 * clear),
    horizon: mix(dry.horizon, [1.15, 0.85, 0.55], 0.5 * low * clear),
    cast: mix(dry.cast, [dry.cast[0] * 1.1, dry.cast[1], dry.cast[2] * 0.82], low * clear),
    glare: low * clear,
  };
}
