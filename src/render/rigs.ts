import type { CameraIntrinsics } from "../contract/observation.ts";
import type { Rig, RigCamera, RigLidar } from "../contract/scene.ts";
import type { Se3 } from "../contract/se3.ts";
import { cropResizeIntrinsics } from "../geometry/camera.ts";
import { BODY_FROM_OPTICAL, compose, fromYawPitchRoll } from "../geometry/se3.ts";
import { between, makeRng, mixSeed, type Rng } from "./rng.ts";

const DEG = Math.PI / 180;

/** Pinhole intrinsics of a horizontal field of view, principal point in the middle. */
export function intrinsicsOf(
  widthPx: number,
  heightPx: number,
  horizontalFovRad: number,
): CameraIntrinsics {
  const fPx = widthPx / 2 / Math.tan(horizontalFovRad / 2);
  const cxPx = (widthPx - 1) / 2;
  const cyPx = (heightPx - 1) / 2;
  return { widthPx, heightPx, fxPx: fPx, fyPx: fPx, cxPx, cyPx };
}

/** egoFromCamera of a camera that looks along yaw (0 = ahead) and pitch (> 0 down). */
export const cameraMount = (
  yawRad: number,
  pitchRad: number,
  rollRad: number,
  tM: readonly [number, number, number],
): Se3 => compose(fromYawPitchRoll(yawRad, pitchRad, rollRad, tM), BODY_FROM_OPTICAL);

/** The same camera with its picture resized to widthPx × heightPx; render it at that size. */
export function scaleCamera(camera: RigCamera, widthPx: number, heightPx: number): RigCamera {
  const k = camera.intrinsics;
  return {
    ...camera,
    intrinsics: cropResizeIntrinsics(k, 0, 0, k.widthPx, k.heightPx, widthPx, heightPx),
  };
}

/** The camera as seen through a cut of its picture, resized to widthPx × heightPx. */
export function cropCamera(
  camera: RigCamera,
  leftPx: number,
  topPx: number,
  cutWidthPx: number,
  cutHeightPx: number,
  widthPx: number,
  heightPx: number,
): RigCamera {
  return {
    ...camera,
    intrinsics: cropResizeIntrinsics(
      camera.intrinsics,
      leftPx,
      topPx,
      cutWidthPx,
      cutHeightPx,
      widthPx,
      heightPx,
    ),
  };
}

/** Beams spaced evenly from bottom to top. */
export const evenElevations = (count: number, bottomRad: number, topRad: number): number[] =>
  Array.from({ length: count }, (_, i) => bottomRad + ((topRad - bottomRad) * i) / (count - 1));

/** Beams denser around the horizon, as real long-range units have them. */
export const denseElevations = (count: number, bottomRad: number, topRad: number): number[] =>
  Array.from({ length: count }, (_, i) => {
    const r = (2 * i) / (count - 1) - 1;
    const bent = 0.35 * r + 0.65 * r * Math.abs(r) ** 1.2;
    return bent < 0 ? -bent * bottomRad : bent * topRad;
  });

/** Three cameras (ahead, left, right) and one LiDAR of 64 beams: the vehicle of the demo. */
export function demoRig(): Rig {
  const camera = (name: string, yawDeg: number, fovDeg: number, yM: number): RigCamera => ({
    name,
    intrinsics: intrinsicsOf(960, 540, fovDeg * DEG),
    egoFromCamera: cameraMount(yawDeg * DEG, 2 * DEG, 0, [1.6, yM, 1.55]),
  });
  return {
    name: "demo",
    cameras: [
      camera("front", 0, 70, 0),
      camera("front_left", 58, 70, 0.45),
      camera("front_right", -58, 70, -0.45),
    ],
    lidars: [
      {
        ...{ name: "top", egoFromLidar: fromYawPitchRoll(0, 0, 0, [0.9, 0, 1.85]), beamCount: 64 },
        ...{ elevationsRad: denseElevations(64, -25 * DEG, 15 * DEG), azimuthCount: 1800 },
        ...{ maxRangeM: 120, noiseM: 0.02, dropoutProb: 0.03 },
      },
    ],
  };
}

const SIZES: readonly (readonly [number, number])[] = [
  [640, 384],
  [640, 480],
  [800, 450],
  [960, 540],
  [1242, 375],
  [1280, 720],
  [1600, 900],
];
const BEAMS = [16, 32, 32, 32, 40, 64, 64, 64, 128] as const;
const AZIMUTHS = [900, 1024, 1085, 1800, 2048] as const;

/** A vehicle as somebody might have built it: 1–3 cameras, one always ahead, and one LiDAR. */
export function randomRig(seed: number): Rig {
  const rng = makeRng(mixSeed(seed, 0x7169));
  const size = pick(rng, SIZES);
  const heightM = between(rng, 1.2, 2.2);
  const xM = between(rng, 0.5, 2.2);
  const cameras = [randomCamera(rng, "front", between(rng, -4, 4), size, xM, 0, heightM)];
  const more = rng();
  const side = between(rng, 45, 110);
  if (more > 0.3) {
    const names = rng() < 0.8 ? ["left", "right"] : [rng() < 0.5 ? "left" : "right", "back"];
    for (const name of names.slice(0, more > 0.5 ? 2 : 1)) {
      const yaw = name === "left" ? side : name === "right" ? -side : 180;
      const yM = name === "left" ? 0.5 : name === "right" ? -0.5 : 0;
      const atM = name === "back" ? between(rng, -0.9, 0.2) : xM - between(rng, 0, 0.5);
      cameras.push(randomCamera(rng, name, yaw + between(rng, -5, 5), size, atM, yM, heightM));
    }
  }
  return { name: `random-${seed}`, cameras, lidars: [randomLidar(rng)] };
}

function randomCamera(
  rng: Rng,
  name: string,
  yawDeg: number,
  [widthPx, heightPx]: readonly [number, number],
  xM: number,
  yM: number,
  heightM: number,
): RigCamera {
  const k = intrinsicsOf(widthPx, heightPx, between(rng, 45, 100) * DEG);
  const cyPx = k.cyPx + heightPx * between(rng, -0.06, 0.06);
  const pitch = between(rng, -2, 6) * DEG;
  return {
    name,
    intrinsics: { ...k, cxPx: k.cxPx + widthPx * between(rng, -0.02, 0.02), cyPx },
    egoFromCamera: cameraMount(yawDeg * DEG, pitch, between(rng, -1, 1) * DEG, [xM, yM, heightM]),
  };
}

function randomLidar(rng: Rng): RigLidar {
  const beamCount = pick(rng, BEAMS);
  const bottom = between(rng, -30, -15) * DEG;
  const top = between(rng, 2, 15) * DEG;
  const spacing = rng() < 0.5 ? evenElevations : denseElevations;
  const t = [between(rng, -0.2, 1.6), between(rng, -0.3, 0.3), between(rng, 1.5, 2.3)] as const;
  const tilt = () => between(rng, -1.5, 1.5) * DEG;
  return {
    name: "top",
    egoFromLidar: fromYawPitchRoll(between(rng, -Math.PI, Math.PI), tilt(), tilt(), t),
    beamCount,
    elevationsRad: spacing(beamCount, bottom, top),
    azimuthCount: pick(rng, AZIMUTHS),
    maxRangeM: between(rng, 60, 200),
    noiseM: between(rng, 0.005, 0.04),
    dropoutProb: rng() < 0.3 ? between(rng, 0.05, 0.25) : between(rng, 0, 0.05),
  };
}

const pick = <T>(rng: Rng, list: readonly T[]): T => list[Math.floor(rng() * list.length)]!;
