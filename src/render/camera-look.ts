import type { Scene } from "../contract/scene.ts";
import { withWeather } from "./camera-weather.ts";
import { between, makeRng, mixSeed, type Rng, seedOf } from "./rng.ts";
import type { Rgb } from "./shapes.ts";

/** Linear reflectance of the ground materials, in the order of ground-raster.ts, 0..1. */
export type Look = {
  readonly ground: readonly Rgb[];
  /** Strength of fine and coarse texture per material, 0..1. */
  readonly fine: readonly number[];
  readonly coarse: readonly number[];
  readonly white: Rgb;
  readonly yellow: Rgb;
  /** Share of worn paint, 0..1. */
  readonly wear: number;
  readonly cracks: number;
  /** Direction to the sun, map frame, and its strength against the sky's light. */
  readonly sun: Rgb;
  readonly sunShare: number;
  readonly shadow: number;
  readonly zenith: Rgb;
  readonly horizon: Rgb;
  readonly clouds: number;
  readonly skyline: Rgb;
  /** Height of the far skyline, rad, and its frequency. */
  readonly skylineRad: number;
  readonly skylineRough: number;
  /** Light on the scene, 0.03…1, and of our own headlamps. */
  readonly level: number;
  readonly headlamps: number;
  readonly fogInvm: number;
  /** Fog within 2 m of the camera. */
  readonly nearFogInvm: number;
  readonly exposure: number;
  readonly cast: Rgb;
  readonly gamma: number;
  /** Sensor noise, 1 sigma in 8-bit steps; blur weight 0…0.25; vignette 0…0.5. */
  readonly noise: number;
  readonly blur: number;
  readonly vignette: number;
  readonly seed: number;
  /** 0…1: rain in the air, water on the road, darkness that lamps fill, glare of a low sun. */
  readonly rain: number;
  readonly wet: number;
  readonly night: number;
  readonly glare: number;
  /** true where motorcycles and cycles carry lamps: scenes with weather. */
  readonly riderLamps: boolean;
};

const grey = (rng: Rng, value: number, tint: number): Rgb => [
  value * (1 + between(rng, -tint, tint)),
  value * (1 + between(rng, -tint, tint)),
  value * (1 + between(rng, -tint, tint)),
];

/** Colours and optics of a scene through one camera; the same for all pictures of a drive. */
export const lookOf = (scene: Scene, cameraName: string): Look =>
  withWeather(dryLook(scene, cameraName), scene);

function dryLook(scene: Scene, cameraName: string): Look {
  const rng = makeRng(mixSeed(scene.textureSeed, 0xca3));
  const own = makeRng(mixSeed(scene.textureSeed, seedOf(cameraName)));
  const light = Math.min(1, Math.max(0, scene.light));
  const haze = Math.min(1, Math.max(0, scene.haze));
  const asphalt = between(rng, 0.05, 0.26);
  const outside = outsideOf(rng);
  const overcast = rng() < 0.4 || haze > 0.45;
  const sunAzimuth = between(rng, -Math.PI, Math.PI);
  const sunUp = between(rng, 0.25, 1.15);
  const blue = overcast ? 0.05 : between(rng, 0.25, 0.6);
  const bright = overcast ? between(rng, 0.55, 0.95) : between(rng, 0.4, 0.75);
  const warm = Math.max(0, 0.55 - light) * between(rng, 0, 1.1) * (light > 0.08 ? 1 : 0);
  const level = 0.035 + 0.965 * light ** 1.5;
  return {
    ground: [
      outside,
      grey(rng, asphalt, 0.05),
      grey(rng, asphalt * between(rng, 0.8, 1.5), 0.08),
      grey(rng, asphalt * between(rng, 0.8, 1.3), 0.06),
      grey(rng, between(rng, 0.18, 0.48), 0.1),
    ],
    fine: [
      between(rng, 0.2, 0.7),
      between(rng, 0.05, 0.3),
      between(rng, 0.05, 0.3),
      between(rng, 0.05, 0.3),
      between(rng, 0.05, 0.2),
    ],
    coarse: [
      between(rng, 0.1, 0.5),
      between(rng, 0.05, 0.35),
      between(rng, 0.05, 0.35),
      between(rng, 0.05, 0.35),
      between(rng, 0.05, 0.25),
    ],
    white: grey(rng, between(rng, 0.5, 0.9), 0.05),
    yellow: [between(rng, 0.55, 0.8), between(rng, 0.34, 0.5), between(rng, 0.02, 0.12)],
    wear: between(rng, 0, 0.75),
    cracks: rng() < 0.5 ? between(rng, 0, 0.5) : 0,
    sun: [
      Math.cos(sunAzimuth) * Math.cos(sunUp),
      Math.sin(sunAzimuth) * Math.cos(sunUp),
      Math.sin(sunUp),
    ],
    sunShare: overcast ? between(rng, 0.05, 0.2) : between(rng, 0.4, 0.65),
    shadow: overcast || light < 0.2 ? between(rng, 0, 0.12) : between(rng, 0.4, 0.72),
    zenith: [
      bright * (1 - blue) * (1 + warm * 0.2),
      bright * (1 - blue * 0.55),
      bright * (1 + blue * 0.25),
    ],
    horizon: [
      Math.min(1.3, bright * 1.1 + warm * 0.5),
      bright * 1.08 + warm * 0.05,
      bright * (1.08 - warm * 0.5),
    ],
    clouds: overcast ? between(rng, 0, 0.25) : between(rng, 0, 0.8),
    skyline: [between(rng, 0.03, 0.16), between(rng, 0.05, 0.16), between(rng, 0.03, 0.18)],
    skylineRad: between(rng, 0.004, 0.1),
    skylineRough: Math.floor(between(rng, 20, 160)),
    level,
    headlamps: light < 0.4 ? (0.4 - light) * between(rng, 0.9, 1.6) : 0,
    fogInvm: 0.0008 + 0.05 * haze * haze,
    exposure: between(own, 0.75, 1.35) * (1 + 1.3 * (1 - level) ** 2),
    cast: [between(own, 0.88, 1.12), between(own, 0.95, 1.05), between(own, 0.86, 1.14)],
    gamma: between(own, 1.9, 2.5),
    noise: between(own, 0.3, 2.8) + (1 - light) * between(own, 0, 3.5),
    blur: own() < 0.6 ? between(own, 0, 0.22) : 0,
    vignette: between(own, 0, 0.35),
    seed: mixSeed(scene.textureSeed, 0x5eed),
    ...{ rain: 0, wet: 0, night: 0, glare: 0, nearFogInvm: 0, riderLamps: false },
  };
}

/** What lies beside the road: grass of all seasons, earth, sand, paving or snow. */
function outsideOf(rng: Rng): Rgb {
  const k = rng();
  const v = between(rng, 0.6, 1.5);
  if (k < 0.45) return [0.07 * v, (0.1 + 0.05 * rng()) * v, 0.035 * v];
  if (k < 0.6) return [0.2 * v, 0.17 * v, 0.09 * v];
  if (k < 0.72) return [0.16 * v, 0.12 * v, 0.08 * v];
  if (k < 0.95) return grey(rng, between(rng, 0.1, 0.4), 0.1);
  return grey(rng, between(rng, 0.6, 0.85), 0.04);
}

/** 0…255 display value to linear 0..1. */
export const toLinear = (value: number): number => (Math.max(0, Math.min(255, value)) / 255) ** 2.2;
