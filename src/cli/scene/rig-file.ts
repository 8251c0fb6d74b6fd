import { readFileSync } from "node:fs";
import { z } from "zod";
import { ConfigError } from "../../contract/errors.ts";
import type { Rig, RigCamera, RigLidar } from "../../contract/scene.ts";
import { fromYawPitchRoll } from "../../geometry/se3.ts";
import { cameraMount, denseElevations, evenElevations, intrinsicsOf } from "../../render/rigs.ts";

const RAD_PER_DEG = Math.PI / 180;
/** What a service takes (docs/live.md). */
const CAMERAS_MAX = 16;
const LIDARS_MAX = 8;

const name = z.string().min(1).max(64);
/** Where a sensor is and looks: ego frame, m; pitch is positive nose down. */
const mount = {
  x_m: z.number().min(-10).max(20),
  y_m: z.number().min(-5).max(5),
  z_m: z.number().min(0).max(6),
  yaw_deg: z.number().min(-360).max(360).default(0),
  pitch_deg: z.number().min(-90).max(90).default(0),
  roll_deg: z.number().min(-180).max(180).default(0),
};
const CameraSchema = z.strictObject({
  name,
  ...mount,
  width_px: z.int().min(64).max(4096),
  height_px: z.int().min(64).max(4096),
  horizontal_fov_deg: z.number().min(5).max(150),
});
const LidarSchema = z
  .strictObject({
    name,
    ...mount,
    beams: z.int().min(2).max(256),
    bottom_deg: z.number().min(-90).max(90).default(-25),
    top_deg: z.number().min(-90).max(90).default(15),
    azimuths: z.int().min(16).max(4096),
    range_m: z.number().min(5).max(400).default(120),
    noise_m: z.number().min(0).max(1).default(0.02),
    dropout: z.number().min(0).max(1).default(0.03),
  })
  .refine(({ bottom_deg, top_deg }) => bottom_deg < top_deg, {
    error: "bottom_deg < top_deg expected",
  });

const isEachNamedOnce = (sensors: readonly { readonly name: string }[]): boolean =>
  new Set(sensors.map((sensor) => sensor.name)).size === sensors.length;
const ONCE = { error: "each name once expected" };

/** A vehicle's cameras and LiDARs, as docs/scene.md lists them. */
const RigFileSchema = z.strictObject({
  name,
  cameras: z.array(CameraSchema).max(CAMERAS_MAX).refine(isEachNamedOnce, ONCE).default([]),
  lidars: z.array(LidarSchema).max(LIDARS_MAX).refine(isEachNamedOnce, ONCE).default([]),
});

/** Reads a rig file. @throws ConfigError RIG_FILE names file and field. */
export function readRigFile(path: string): Rig {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(path, "utf8"));
  } catch (cause) {
    const found = cause instanceof Error ? cause.message : String(cause);
    throw new ConfigError("RIG_FILE", `${path}: readable JSON expected, found ${found}`, { cause });
  }
  const parsed = RigFileSchema.safeParse(json);
  if (!parsed.success) {
    const issues = parsed.error.issues.map((i) => `${i.path.join(".") || "(file)"}: ${i.message}`);
    throw new ConfigError("RIG_FILE", `${path}: ${issues.join("; ")}`);
  }
  const { name, cameras, lidars } = parsed.data;
  if (cameras.length + lidars.length === 0)
    throw new ConfigError("RIG_FILE", `${path}: a camera or a LiDAR expected, found neither`);
  return { name, cameras: cameras.map(cameraOf), lidars: lidars.map(lidarOf) };
}

function cameraOf(c: z.infer<typeof CameraSchema>): RigCamera {
  const [yaw, pitch, roll] = anglesOf(c);
  return {
    name: c.name,
    intrinsics: intrinsicsOf(c.width_px, c.height_px, c.horizontal_fov_deg * RAD_PER_DEG),
    egoFromCamera: cameraMount(yaw, pitch, roll, [c.x_m, c.y_m, c.z_m]),
  };
}

function lidarOf(l: z.infer<typeof LidarSchema>): RigLidar {
  const [yaw, pitch, roll] = anglesOf(l);
  const [bottom, top] = [l.bottom_deg * RAD_PER_DEG, l.top_deg * RAD_PER_DEG];
  return {
    name: l.name,
    egoFromLidar: fromYawPitchRoll(yaw, pitch, roll, [l.x_m, l.y_m, l.z_m]),
    beamCount: l.beams,
    elevationsRad: elevationsOf(l.beams, bottom, top),
    azimuthCount: l.azimuths,
    maxRangeM: l.range_m,
    noiseM: l.noise_m,
    dropoutProb: l.dropout,
  };
}

/** Denser around the horizon where the beams look over it, else even. */
function elevationsOf(beams: number, bottomRad: number, topRad: number): number[] {
  return bottomRad < 0 && topRad > 0
    ? denseElevations(beams, bottomRad, topRad)
    : evenElevations(beams, bottomRad, topRad);
}

type Angles = { readonly yaw_deg: number; readonly pitch_deg: number; readonly roll_deg: number };
const anglesOf = ({ yaw_deg, pitch_deg, roll_deg }: Angles) =>
  [yaw_deg * RAD_PER_DEG, pitch_deg * RAD_PER_DEG, roll_deg * RAD_PER_DEG] as const;
