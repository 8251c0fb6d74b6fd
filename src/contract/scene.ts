import type { CameraIntrinsics, Lens } from "./observation.ts";
import type { Se3 } from "./se3.ts";

/**
 * Object-level truth of one instant, in a fixed right-handed `map` frame (x, y ground plane, z up).
 * `render` turns it into sensors and BevState, `expert` labels it; any simulator can fill it.
 */
export const OBJECT_KINDS = [
  "CAR",
  "VAN",
  "TRUCK",
  "BUS",
  "MOTORCYCLE",
  "CYCLIST",
  "PEDESTRIAN",
  "STATIC",
] as const;
export type ObjectKind = (typeof OBJECT_KINDS)[number];

/** A classified object. */
export type DetectedObject = {
  readonly id: number;
  readonly kind: ObjectKind;
  /** Box centre on the ground plane, m, map. */
  readonly xM: number;
  readonly yM: number;
  readonly yawRad: number;
  readonly lengthM: number;
  readonly widthM: number;
  readonly heightM: number;
  /** Signed speed along its yaw. */
  readonly speedMps: number;
  readonly accelMps2: number;
  readonly brakeLights: boolean;
  /** −1 right, 0 none, 1 left, 2 both. */
  readonly indicator: -1 | 0 | 1 | 2;
  /** Paint, 0..255 each. */
  readonly rgb: readonly [number, number, number];
};

export type LaneKind = "DRIVING" | "SHOULDER" | "PARKING" | "SIDEWALK";
export type MarkKind = "SOLID" | "DASHED" | "DOUBLE" | "NONE";

/** A lane piece; its polyline runs in the direction of travel. */
export type SceneLane = {
  readonly id: number;
  readonly kind: LaneKind;
  /** [P, 2] m, map, centre line, points ≤ 2 m apart. */
  readonly centre: Float64Array;
  readonly widthM: number;
  readonly leftMark: MarkKind;
  readonly rightMark: MarkKind;
  /** Where the marks change along the lane: each holds from `fromM` of the polyline on, in ascending order. */
  readonly markChanges?: readonly {
    readonly fromM: number;
    readonly left: MarkKind;
    readonly right: MarkKind;
  }[];
  /** Neighbour in the same direction of travel. */
  readonly leftId?: number;
  readonly rightId?: number;
  /** A lane of oncoming traffic (direction of its polyline differs from the ego road direction). */
  readonly oncoming: boolean;
};

export type SignalState = "RED" | "YELLOW" | "GREEN" | "OFF";
export type SceneSignal = {
  readonly id: number;
  /** Lamp housing centre, m, map. */
  readonly xM: number;
  readonly yM: number;
  readonly zM: number;
  /** Direction the lamp faces. */
  readonly yawRad: number;
  readonly state: SignalState;
};
export type SceneStopLine = {
  readonly id: number;
  /** Ends, m, map; the first is the left one as seen by those who must stop. */
  readonly x0M: number;
  readonly y0M: number;
  readonly x1M: number;
  readonly y1M: number;
  /** The signals that govern it; none = stop sign. */
  readonly signalIds: readonly number[];
};

/** Kerb or barrier: a polyline with height. */
export type SceneKerb = {
  /** [P, 2] m, map. */
  readonly line: Float64Array;
  readonly heightM: number;
};

/** Building, tree trunk, pole: an upright box that nobody drives through. */
export type SceneBlock = {
  readonly xM: number;
  readonly yM: number;
  readonly yawRad: number;
  readonly lengthM: number;
  readonly widthM: number;
  readonly heightM: number;
  readonly rgb: readonly [number, number, number];
  readonly kind: "BUILDING" | "TREE" | "BUSH" | "POLE";
};

/** What falls from the sky and where the sun stands. Numbers from 0 (none) to 1 (most). */
export type SceneWeather = {
  /** 0 dry, 0.3 steady rain (about 3 mm/h), 1 downpour (about 50 mm/h). */
  readonly rain?: number;
  /** Water on the road; as wet as the rain makes it unless said otherwise. */
  readonly wetness?: number;
  /** Distance at which a black thing is lost in the fog, m; what `haze` says unless given. */
  readonly visibilityM?: number;
  /** Sun above the horizon and its direction in the map frame; drawn from textureSeed unless given. */
  readonly sunElevationRad?: number;
  readonly sunAzimuthRad?: number;
};

export type Scene = {
  readonly id: number;
  readonly stampUs: number;
  /** ego = rear axle on the ground, map frame. */
  readonly ego: {
    readonly xM: number;
    readonly yM: number;
    readonly yawRad: number;
    readonly speedMps: number;
    readonly accelMps2: number;
    readonly yawRateRadps: number;
    readonly lengthM: number;
    readonly widthM: number;
  };
  readonly objects: readonly DetectedObject[];
  readonly lanes: readonly SceneLane[];
  readonly stopLines: readonly SceneStopLine[];
  readonly signals: readonly SceneSignal[];
  readonly kerbs: readonly SceneKerb[];
  readonly blocks: readonly SceneBlock[];
  readonly speedLimitMps?: number;
  /** Light: 0 night … 1 noon; haze 0 … 1. Seed makes textures reproducible. */
  readonly light: number;
  readonly haze: number;
  readonly textureSeed: number;
  /** Absent: dry, with the sun somewhere up. */
  readonly weather?: SceneWeather;
};

/** A camera or LiDAR of a generated or simulated vehicle. */
export type RigCamera = {
  readonly name: string;
  /** Of the rectified picture; of the picture as delivered where there is no lens. */
  readonly intrinsics: CameraIntrinsics;
  readonly egoFromCamera: Se3;
  /** The picture is delivered bent by this lens, at the size of its own intrinsics. */
  readonly lens?: Lens;
};
export type RigLidar = {
  readonly name: string;
  readonly egoFromLidar: Se3;
  readonly beamCount: number;
  /** [beamCount] rad, up positive, in the sensor's frame (x forward, y left, z up). */
  readonly elevationsRad: readonly number[];
  readonly azimuthCount: number;
  readonly maxRangeM: number;
  /** Range noise, 1 sigma. */
  readonly noiseM: number;
  readonly dropoutProb: number;
  /** Full angle of a beam's cone; absent: a line. */
  readonly divergenceRad?: number;
  /** Time of one turn, which ends at the scene's stamp; absent: all beams at once. */
  readonly turnS?: number;
};
export type Rig = {
  readonly name: string;
  readonly cameras: readonly RigCamera[];
  readonly lidars: readonly RigLidar[];
};
