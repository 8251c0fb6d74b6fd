import type { Fault } from "./fault.ts";
import type { Se3 } from "./se3.ts";

/** Pinhole intrinsics of a rectified image; pixel centres at integer coordinates. */
export type CameraIntrinsics = {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly fxPx: number;
  readonly fyPx: number;
  readonly cxPx: number;
  readonly cyPx: number;
};

/**
 * Distortion models and how many coefficients each has, in OpenCV's order and formulas:
 * k1 k2 p1 p2 k3 · k1 k2 p1 p2 k3 k4 k5 k6 · k1 k2 k3 k4 (of the angle; fisheye). docs/cameras.md
 */
export const LENS_COEFFICIENTS = { plumb_bob: 5, rational_polynomial: 8, equidistant: 4 } as const;
export type LensModel = keyof typeof LENS_COEFFICIENTS;

/** How the picture was bent on its way through the glass. */
export type Lens = {
  readonly model: LensModel;
  readonly coefficients: readonly number[];
  /** Of the picture as delivered. */
  readonly intrinsics: CameraIntrinsics;
  /** [3, 3] row-major, camera axes <- axes of the lens; turns a stereo pair parallel. */
  readonly cameraFromLens: readonly number[];
};

/** Where a camera sits and how it sees. Camera axes: z forward, x right, y down. */
export type CameraModel = {
  /** Of the rectified picture. */
  readonly intrinsics: CameraIntrinsics;
  /** Absent where the picture is rectified as delivered. */
  readonly lens?: Lens;
  /**
   * egoAtStamp <- camera, mounting only. Motion between `CameraImage.stampUs` and
   * `Observation.stampUs` is in `CameraImage.egoFromCamera`.
   */
  readonly mountEgoFromCamera: Se3;
};

/** Pixels as they are, rows without padding; yuyv, uyvy and nv12 in limited range BT.601. */
export const RAW_ENCODINGS = ["rgb8", "mono8", "bgr8", "yuyv", "uyvy", "nv12"] as const;
export type RawEncoding = (typeof RAW_ENCODINGS)[number];

/** One camera picture as acquired. */
export type CameraImage = {
  readonly name: string;
  readonly stampUs: number;
  readonly encoding: "jpeg" | "png" | RawEncoding;
  /** A file, or [H, W, 3] for rgb8 and so on. Borrowed from the source; do not write. */
  readonly data: Uint8Array;
  readonly camera: CameraModel;
  /** ego at Observation.stampUs <- camera at its own stampUs (mounting and ego motion together). */
  readonly egoFromCamera: Se3;
};

/** Points of one LiDAR turn, as one structure of arrays. N = points. */
export type PointCloud = {
  /** [N, 3] m, in the frame that the holder names. */
  readonly xyz: Float32Array;
  /** [N] 0..1. */
  readonly intensity: Float32Array;
};

/** One LiDAR turn, finite points only, expressed in `ego` at Observation.stampUs. */
export type Sweep = PointCloud & {
  readonly name: string;
  /** Acquisition time of this sensor. */
  readonly stampUs: number;
  /** ego at Observation.stampUs <- sensor; its translation is the ray origin. */
  readonly egoFromLidar: Se3;
  /** Points removed because a coordinate was NaN or infinite. */
  readonly droppedCount: number;
};

/**
 * What the person at the wheel does (S01). Each is true while it lasts and in at least one state of
 * the vehicle, so that a short tap between two states is not lost.
 */
export type DriverInput = {
  readonly brake: boolean;
  readonly steer: boolean;
  readonly cancel: boolean;
  readonly accelerator: boolean;
};

/** How the vehicle moves at Observation.stampUs, in `ego` (rear axle, ground, x forward, y left). */
export type EgoState = {
  /** Stamp of the newest measurement used. */
  readonly stampUs: number;
  readonly speedMps: number;
  readonly accelMps2: number;
  readonly yawRateRadps: number;
  /** true where no sensor measured it and it was computed from poses. */
  readonly derived: boolean;
  /** Speed by another sensor than `speedMps`, where there is one: the two must agree (S06). */
  readonly secondSpeed?: { readonly speedMps: number; readonly source: string };
  /** odom (any fixed local frame) <- ego at Observation.stampUs; absent without poses. */
  readonly odomFromEgo?: Se3;
  /** Absent where the vehicle does not tell. */
  readonly driver?: DriverInput;
};

/** Typed instruction and, where a map or navigator knows more, its facts. */
export type Route = {
  /** The human's or navigator's words; empty means "follow the road". */
  readonly text: string;
  /** When the words were given. */
  readonly givenUs: number;
  readonly speedLimitMps?: number;
  /** [[x, y], …] m, ego. */
  readonly waypoints?: readonly (readonly [number, number])[];
};

/** Everything known at one tick. `stampUs` is the nominal tick time that all is brought to. */
export type Observation = {
  /** Increases by one for each observation of a run, from 0. */
  readonly id: number;
  readonly stampUs: number;
  /** When the observation was complete: wall time when live, injected in replay. */
  readonly arrivalUs: number;
  readonly images: readonly CameraImage[];
  readonly sweeps: readonly Sweep[];
  readonly ego?: EgoState;
  readonly route: Route;
  /** Sensor names that the source has, so that absence can be told. */
  readonly expectedCameras: readonly string[];
  readonly expectedLidars: readonly string[];
  /** Nominal tick period; also the period of each LiDAR unless said otherwise. */
  readonly periodUs: number;
  /** What ingest found missing, stale or broken. */
  readonly faults: readonly Fault[];
};
