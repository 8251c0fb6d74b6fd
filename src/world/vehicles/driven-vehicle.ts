import { type BicycleState, stepBicycle } from "../../geometry/bicycle.ts";
import type { VehicleModel } from "./vehicle-model.ts";

/** What is asked of a vehicle; the actuators follow as fast as they can. */
export type VehicleCommand = {
  /** Angle of the front wheels, left positive. */
  readonly steerRad: number;
  /** Negative brakes. */
  readonly accelMps2: number;
};

/** Pose of the rear axle and what the actuators do at the moment. */
export type DrivenState = BicycleState & {
  readonly steerRad: number;
  readonly accelMps2: number;
  readonly yawRateRadps: number;
};

/** Longest integration step: short against every lag of a profile. */
const SUBSTEP_S = 0.01;

const clamp = (x: number, min: number, max: number): number => Math.min(Math.max(x, min), max);

type Timed = { readonly atS: number; readonly value: number };

/** A command line with dead time: what was asked then arrives `deadTimeS` later. */
class DelayLine {
  readonly #deadTimeS: number;
  #now: number;
  readonly #pending: Timed[] = [];

  constructor(deadTimeS: number, value: number) {
    this.#deadTimeS = deadTimeS;
    this.#now = value;
  }

  ask(atS: number, value: number): void {
    this.#pending.push({ atS: atS + this.#deadTimeS, value });
  }

  /** Value that has arrived by `atS`; half a nanosecond of slack for rounded sums. */
  arrived(atS: number): number {
    while (this.#pending.length > 0 && this.#pending[0]!.atS <= atS + 5e-10)
      this.#now = this.#pending.shift()!.value;
    return this.#now;
  }
}

/** Command that steers a curvature. */
export const steerOf = (vehicle: VehicleModel, curvatureInvm: number): number =>
  Math.atan(vehicle.wheelbaseM * curvatureInvm);

/**
 * A kinematic bicycle whose steering and drive lag: dead time, first-order lag, limits of angle,
 * steering rate, acceleration, braking and jerk.
 */
export class DrivenVehicle {
  readonly model: VehicleModel;
  #pose: BicycleState;
  #steerRad = 0;
  #accelMps2 = 0;
  #timeS = 0;
  readonly #steerLine: DelayLine;
  readonly #accelLine: DelayLine;

  constructor(model: VehicleModel, start: BicycleState, steerRad = 0) {
    this.model = model;
    this.#pose = { ...start };
    this.#steerRad = clamp(steerRad, -model.maxSteerRad, model.maxSteerRad);
    this.#steerLine = new DelayLine(model.steerDeadTimeS, this.#steerRad);
    this.#accelLine = new DelayLine(model.accelDeadTimeS, 0);
  }

  get state(): DrivenState {
    const standing = this.#pose.speedMps === 0 && this.#accelMps2 <= 0;
    return {
      ...this.#pose,
      steerRad: this.#steerRad,
      accelMps2: standing ? 0 : this.#accelMps2,
      yawRateRadps: (this.#pose.speedMps * Math.tan(this.#steerRad)) / this.model.wheelbaseM,
    };
  }

  /** @throws RangeError where dtS is not positive or a command is not finite. */
  step(dtS: number, command: VehicleCommand): void {
    if (!(dtS > 0) || !Number.isFinite(command.steerRad) || !Number.isFinite(command.accelMps2))
      throw new RangeError(
        `dtS > 0 and a finite command expected, found ${dtS}, ${command.steerRad}, ${command.accelMps2}`,
      );
    this.#steerLine.ask(this.#timeS, command.steerRad);
    this.#accelLine.ask(this.#timeS, command.accelMps2);
    const count = Math.ceil(dtS / SUBSTEP_S - 1e-9);
    for (let i = 0; i < count; i++) this.#substep(dtS / count);
  }

  #substep(dtS: number): void {
    const m = this.model;
    const steer = clamp(this.#steerLine.arrived(this.#timeS), -m.maxSteerRad, m.maxSteerRad);
    const accel = clamp(
      this.#accelLine.arrived(this.#timeS),
      -m.brakeMaxMps2,
      this.#pose.speedMps < m.topSpeedMps ? m.accelMaxMps2 : 0,
    );
    const steerStep = m.maxSteerRateRadps * dtS;
    const accelStep = m.jerkMaxMps3 * dtS;
    this.#steerRad += clamp(lag(steer - this.#steerRad, m.steerLagS, dtS), -steerStep, steerStep);
    this.#accelMps2 += clamp(lag(accel - this.#accelMps2, m.accelLagS, dtS), -accelStep, accelStep);
    const curvature = Math.tan(this.#steerRad) / m.wheelbaseM;
    const next = stepBicycle(this.#pose, this.#accelMps2, curvature, dtS);
    // the drive does not push past the top speed while its torque is still going down
    const capped = next.speedMps > m.topSpeedMps && next.speedMps > this.#pose.speedMps;
    this.#pose = capped
      ? { ...next, speedMps: Math.max(this.#pose.speedMps, m.topSpeedMps) }
      : next;
    this.#timeS += dtS;
  }

  /** Puts the vehicle somewhere else: another simulator moves it. */
  place(pose: BicycleState): void {
    this.#pose = { ...pose };
  }
}

/** Change of a first-order lag towards `error` away within dtS. */
const lag = (error: number, lagS: number, dtS: number): number =>
  lagS <= 0 ? error : error * (1 - Math.exp(-dtS / lagS));
