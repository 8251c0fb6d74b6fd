import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { z } from "zod";
import { ConfigError } from "../../contract/errors.ts";
import type { VehicleProfile } from "../../contract/maneuver.ts";

const positive = z.number().positive();
const nonNegative = z.number().nonnegative();

/** A vehicle profile file (scenarios/vehicles/*.json): dimensions, limits and how its actuators lag. */
const VehicleFileSchema = z.strictObject({
  name: z.string().min(1),
  kind: z.enum(["CAR", "VAN", "TRUCK", "BUS"]),
  length_m: positive,
  width_m: positive,
  height_m: positive,
  wheelbase_m: positive,
  /** Rear axle to front bumper. */
  front_from_rear_axle_m: positive,
  max_steer_rad: positive.max(1.2),
  max_steer_rate_radps: positive,
  steer_lag_s: nonNegative,
  steer_dead_time_s: nonNegative.max(1),
  accel_max_mps2: positive,
  brake_max_mps2: positive,
  jerk_max_mps3: positive,
  accel_lag_s: nonNegative,
  accel_dead_time_s: nonNegative.max(1),
  top_speed_mps: positive,
});

/** A vehicle as the world moves it. */
export type VehicleModel = VehicleProfile & {
  readonly name: string;
  readonly kind: "CAR" | "VAN" | "TRUCK" | "BUS";
  readonly heightM: number;
  readonly maxSteerRateRadps: number;
  /** First-order lag and dead time between command and wheels. */
  readonly steerLagS: number;
  readonly steerDeadTimeS: number;
  readonly accelMaxMps2: number;
  /** Hardest braking, positive. */
  readonly brakeMaxMps2: number;
  readonly jerkMaxMps3: number;
  readonly accelLagS: number;
  readonly accelDeadTimeS: number;
  readonly topSpeedMps: number;
};

/** Checks the text of a profile file. @throws ConfigError VEHICLE_PROFILE names file and field. */
export function parseVehicleModel(text: string, file: string): VehicleModel {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new ConfigError("VEHICLE_PROFILE", `${file}: JSON expected, found ${String(error)}`);
  }
  const parsed = VehicleFileSchema.safeParse(json);
  if (!parsed.success) {
    const issues = parsed.error.issues.map((i) => `${i.path.join(".") || "(file)"}: ${i.message}`);
    throw new ConfigError("VEHICLE_PROFILE", `${file}: ${issues.join("; ")}`);
  }
  const f = parsed.data;
  if (f.front_from_rear_axle_m > f.length_m || f.wheelbase_m > f.front_from_rear_axle_m)
    throw new ConfigError(
      "VEHICLE_PROFILE",
      `${file}: wheelbase_m <= front_from_rear_axle_m <= length_m expected, found ` +
        `${f.wheelbase_m}, ${f.front_from_rear_axle_m}, ${f.length_m}`,
    );
  return {
    name: f.name,
    kind: f.kind,
    lengthM: f.length_m,
    widthM: f.width_m,
    heightM: f.height_m,
    wheelbaseM: f.wheelbase_m,
    frontOverhangFromRearAxleM: f.front_from_rear_axle_m,
    maxSteerRad: f.max_steer_rad,
    maxSteerRateRadps: f.max_steer_rate_radps,
    steerLagS: f.steer_lag_s,
    steerDeadTimeS: f.steer_dead_time_s,
    accelMaxMps2: f.accel_max_mps2,
    brakeMaxMps2: f.brake_max_mps2,
    jerkMaxMps3: f.jerk_max_mps3,
    accelLagS: f.accel_lag_s,
    accelDeadTimeS: f.accel_dead_time_s,
    topSpeedMps: f.top_speed_mps,
  };
}

/** The folder of the profiles that ship with the package. */
export function vehicleFolder(from: string = import.meta.dirname): string {
  for (let dir = from; ; dir = dirname(dir)) {
    const folder = join(dir, "scenarios", "vehicles");
    if (existsSync(folder)) return folder;
    if (dirname(dir) === dir)
      throw new ConfigError("VEHICLE_PROFILE", `scenarios/vehicles expected above ${from}`);
  }
}

/**
 * A profile by name (`bus`, from `folder`) or by path (`my/van.json`).
 * @throws ConfigError VEHICLE_PROFILE where the file is missing or wrong.
 */
export function loadVehicleModel(nameOrPath: string, folder = vehicleFolder()): VehicleModel {
  const file = nameOrPath.endsWith(".json") ? nameOrPath : join(folder, `${nameOrPath}.json`);
  if (!existsSync(file)) {
    const known = existsSync(folder)
      ? readdirSync(folder)
          .filter((name) => name.endsWith(".json"))
          .map((name) => name.slice(0, -".json".length))
          .sort()
      : [];
    throw new ConfigError(
      "VEHICLE_PROFILE",
      `vehicle profile ${nameOrPath}: a file ${file} expected, found none (known: ${known.join(", ")})`,
    );
  }
  return parseVehicleModel(readFileSync(file, "utf8"), file);
}
