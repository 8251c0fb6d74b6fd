import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { CAR } from "../../contract/maneuver.ts";
import { DrivenVehicle, steerOf } from "./driven-vehicle.ts";
import {
  loadVehicleModel,
  parseVehicleModel,
  type VehicleModel,
  vehicleFolder,
} from "./vehicle-model.ts";

const NAMES = ["car", "van", "truck", "bus"] as const;
const aVehicle = (speedMps: number, changes: Partial<VehicleModel> = {}) =>
  new DrivenVehicle(
    { ...loadVehicleModel("car"), ...changes },
    { xM: 0, yM: 0, yawRad: 0, speedMps },
  );

describe("profiles", () => {
  test("car, van, truck and bus load, and the car is the vehicle that trajectories are coded for", () => {
    const kinds = NAMES.map((name) => loadVehicleModel(name).kind);
    expect(kinds).toEqual(["CAR", "VAN", "TRUCK", "BUS"]);
    expect(loadVehicleModel("car")).toMatchObject(CAR);
    expect(loadVehicleModel(join(vehicleFolder(), "bus.json")).name).toBe("bus");
  });

  test("a profile that does not exist is refused with file and known names", () => {
    expect(() => loadVehicleModel("tram")).toThrow(/tram.*expected, found none.*bus, car/);
  });

  test("an unknown field, a missing one and a wrong wheelbase are refused by name", () => {
    const good = {
      ...{ name: "x", kind: "CAR", length_m: 4, width_m: 2, height_m: 1.5, wheelbase_m: 2.5 },
      ...{ front_from_rear_axle_m: 3.2, max_steer_rad: 0.6, max_steer_rate_radps: 0.7 },
      ...{ steer_lag_s: 0.1, steer_dead_time_s: 0, accel_max_mps2: 3, brake_max_mps2: 8 },
      ...{ jerk_max_mps3: 30, accel_lag_s: 0.1, accel_dead_time_s: 0, top_speed_mps: 50 },
    };
    const text = (changes: object) => JSON.stringify({ ...good, ...changes });
    expect(parseVehicleModel(text({}), "a.json").wheelbaseM).toBe(2.5);
    expect(() => parseVehicleModel(text({ wheels: 4 }), "a.json")).toThrow(/a\.json.*wheels/);
    expect(() => parseVehicleModel(text({ width_m: undefined }), "a.json")).toThrow(/width_m/);
    expect(() => parseVehicleModel(text({ wheelbase_m: 3.5 }), "a.json")).toThrow(/wheelbase_m <=/);
    expect(() => parseVehicleModel("{", "a.json")).toThrow(/a\.json: JSON expected/);
  });
});

describe("a driven vehicle", () => {
  test("nothing happens within the dead time, then the acceleration lags by one time constant", () => {
    const vehicle = aVehicle(10, { accelDeadTimeS: 0.2, accelLagS: 0.3, jerkMaxMps3: 1000 });
    const command = { steerRad: 0, accelMps2: 2 };
    vehicle.step(0.2, command);
    expect(vehicle.state.accelMps2).toBe(0);
    expect(vehicle.state.speedMps).toBe(10);
    vehicle.step(0.3, command);
    expect(vehicle.state.accelMps2).toBeCloseTo(2 * (1 - Math.exp(-1)), 2);
    vehicle.step(3, command);
    expect(vehicle.state.accelMps2).toBeCloseTo(2, 3);
  });

  test("steering keeps to its rate and its angle", () => {
    const vehicle = aVehicle(5, { steerDeadTimeS: 0, steerLagS: 0, maxSteerRateRadps: 0.4 });
    let last = 0;
    for (let i = 0; i < 40; i++) {
      vehicle.step(0.1, { steerRad: 2, accelMps2: 0 });
      expect(vehicle.state.steerRad - last).toBeLessThanOrEqual(0.04 + 1e-9);
      last = vehicle.state.steerRad;
    }
    expect(last).toBe(0.6);
  });

  test("acceleration, braking, jerk and top speed keep to the profile", () => {
    for (const name of NAMES) {
      const model = loadVehicleModel(name);
      const vehicle = new DrivenVehicle(model, { xM: 0, yM: 0, yawRad: 0, speedMps: 0 });
      let last = 0;
      const most = { speed: 0, accel: 0, brake: 0, jerk: 0 };
      for (let i = 0; i < 9000; i++) {
        vehicle.step(0.01, { steerRad: 0, accelMps2: i % 4000 < 3500 ? 50 : -50 });
        const { accelMps2, speedMps } = vehicle.state;
        most.speed = Math.max(most.speed, speedMps);
        most.accel = Math.max(most.accel, accelMps2);
        most.brake = Math.max(most.brake, -accelMps2);
        if (speedMps > 0 && last !== 0)
          most.jerk = Math.max(most.jerk, Math.abs(accelMps2 - last) / 0.01);
        last = accelMps2;
      }
      expect(most.speed).toBeCloseTo(model.topSpeedMps, 1);
      expect(most.speed).toBeLessThanOrEqual(model.topSpeedMps);
      expect(most.accel).toBeLessThanOrEqual(model.accelMaxMps2);
      expect(most.brake).toBeLessThanOrEqual(model.brakeMaxMps2);
      expect(most.brake).toBeGreaterThan(0.95 * model.brakeMaxMps2);
      expect(most.jerk).toBeLessThanOrEqual(model.jerkMaxMps3 + 1e-6);
    }
  });

  test("a curvature held for a full turn closes the circle, whatever the step", () => {
    const radiusM = 20;
    for (const dtS of [0.05, 0.1]) {
      const vehicle = aVehicle(5, { steerDeadTimeS: 0, steerLagS: 0, maxSteerRateRadps: 1e6 });
      const steerRad = steerOf(vehicle.model, 1 / radiusM);
      const steps = Math.round((2 * Math.PI * radiusM) / (5 * dtS));
      for (let i = 0; i < steps; i++) vehicle.step(dtS, { steerRad, accelMps2: 0 });
      expect(Math.hypot(vehicle.state.xM, vehicle.state.yM)).toBeLessThan(0.3);
      expect(vehicle.state.yawRateRadps).toBeCloseTo(5 / radiusM, 6);
    }
  });

  test("braking ends in standstill and stays there, reported without deceleration", () => {
    const vehicle = aVehicle(15);
    for (let i = 0; i < 60; i++) vehicle.step(0.1, { steerRad: 0.1, accelMps2: -6 });
    const stood = vehicle.state;
    vehicle.step(1, { steerRad: 0.1, accelMps2: -6 });
    expect(vehicle.state).toEqual({ ...stood });
    expect(vehicle.state.speedMps).toBe(0);
    expect(vehicle.state.accelMps2).toBe(0);
    expect(stood.xM).toBeGreaterThan(15 ** 2 / 12);
  });

  test("a command that is not finite is refused", () => {
    expect(() => aVehicle(5).step(0.1, { steerRad: Number.NaN, accelMps2: 0 })).toThrow(/NaN/);
    expect(() => aVehicle(5).step(0, { steerRad: 0, accelMps2: 0 })).toThrow(/dtS > 0/);
  });
});
