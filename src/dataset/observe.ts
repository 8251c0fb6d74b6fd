import type { CameraImage, Observation, PointCloud, Sweep } from "../contract/observation.ts";
import type { Rig, RigCamera, RigLidar, Scene } from "../contract/scene.ts";
import { fromYawPitchRoll, transformPointsInto } from "../geometry/se3.ts";
import { encodeJpeg } from "../image/encode.ts";
import type { Random } from "../world/random.ts";
import { type Renderer, type RenderTask, renderInPlace } from "./render-tasks.ts";

export type ObserveOptions = {
  readonly id: number;
  readonly text: string;
  readonly givenUs: number;
  /** Noise of odometry, pictures and points. */
  readonly rng: Random;
  readonly withImages: boolean;
  /** Absent: pixels as they are. */
  readonly jpegQuality?: number;
  readonly speedLimitMps?: number;
  /** This thread unless said otherwise. */
  readonly renderer?: Renderer;
};

const PERIOD_US = 100_000;
/** 1 sigma of what wheel sensors and gyroscopes of a car get wrong. */
const SPEED_NOISE_MPS = 0.1;
const ACCEL_NOISE_MPS2 = 0.3;
const YAW_RATE_NOISE_RADPS = 0.01;

/** What the sensors of `rig` would say of `scene`; pictures as rgb8, or as JPEG like those of a recording. */
export async function observeScene(
  scene: Scene,
  rig: Rig,
  options: ObserveOptions,
): Promise<Observation> {
  const { rng, jpegQuality, renderer = renderInPlace } = options;
  const { stampUs } = scene;
  const cameras = options.withImages ? rig.cameras : [];
  // every seed is drawn before the first answer, so it does not matter who renders when
  const tasks: RenderTask[] = [
    ...rig.lidars.map((lidar) => ({ kind: "lidar", lidar, seed: rng.nextUint() }) as const),
    ...cameras.map((camera) => ({ kind: "camera", camera, seed: rng.nextUint() }) as const),
  ];
  const sweeps: Sweep[] = [];
  const images: CameraImage[] = [];
  const rendered = await renderer.render(scene, tasks);
  for (const [i, task] of tasks.entries()) {
    const seen = rendered[i]!;
    if (task.kind === "lidar" && seen.kind === "lidar")
      sweeps.push(sweepOf(scene, task.lidar, seen.cloud));
    if (task.kind === "camera" && seen.kind === "camera")
      images.push(await imageOf(scene, task.camera, seen.rgb, jpegQuality));
  }
  const { ego } = scene;
  return {
    id: options.id,
    stampUs,
    arrivalUs: stampUs,
    images,
    sweeps,
    ego: {
      stampUs,
      speedMps: Math.max(0, ego.speedMps + SPEED_NOISE_MPS * gauss(rng)),
      accelMps2: ego.accelMps2 + ACCEL_NOISE_MPS2 * gauss(rng),
      yawRateRadps: ego.yawRateRadps + YAW_RATE_NOISE_RADPS * gauss(rng),
      derived: false,
      odomFromEgo: fromYawPitchRoll(ego.yawRad, 0, 0, [ego.xM, ego.yM, 0]),
    },
    route: {
      text: options.text,
      givenUs: options.givenUs,
      ...(options.speedLimitMps === undefined ? {} : { speedLimitMps: options.speedLimitMps }),
    },
    expectedCameras: options.withImages ? rig.cameras.map((camera) => camera.name) : [],
    expectedLidars: rig.lidars.map((lidar) => lidar.name),
    periodUs: PERIOD_US,
    faults: [],
  };
}

function sweepOf(scene: Scene, lidar: RigLidar, { xyz, intensity }: PointCloud): Sweep {
  transformPointsInto(lidar.egoFromLidar, xyz, xyz);
  return {
    name: lidar.name,
    stampUs: scene.stampUs,
    xyz,
    intensity,
    egoFromLidar: lidar.egoFromLidar,
    droppedCount: 0,
  };
}

async function imageOf(
  scene: Scene,
  camera: RigCamera,
  rgb: Uint8Array,
  quality: number | undefined,
): Promise<CameraImage> {
  const { widthPx, heightPx } = (camera.lens ?? camera).intrinsics;
  const coded =
    quality === undefined
      ? ({ encoding: "rgb8", data: rgb } as const)
      : ({ encoding: "jpeg", data: await encodeJpeg(rgb, widthPx, heightPx, quality) } as const);
  return {
    name: camera.name,
    stampUs: scene.stampUs,
    ...coded,
    camera: {
      intrinsics: camera.intrinsics,
      ...(camera.lens ? { lens: camera.lens } : {}),
      mountEgoFromCamera: camera.egoFromCamera,
    },
    egoFromCamera: camera.egoFromCamera,
  };
}

/** Standard normal number (Box–Muller). */
export function gauss(rng: Random): number {
  const u = Math.max(rng.next(), 1e-12);
  return Math.sqrt(-2 * Math.log(u)) * Math.cos(2 * Math.PI * rng.next());
}
