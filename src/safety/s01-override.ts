/**
 * S01: the human's hand beats everything. A signed STOP, or brake, steering or cancel by the person
 * at the wheel, latches a stop; only a release that comes after it lifts it. The accelerator takes
 * over the speed alone.
 */
import type { DriverInput } from "../contract/observation.ts";
import { type Demand, demand } from "./rule.ts";

/** What came over the override topic, told anew at every tick so that a lost tick loses nothing. */
export type OverrideInput = {
  /** A signed STOP is in force. Whatever is not plainly false counts as a stop. */
  readonly stop: boolean;
  /** Releases granted since the service started; a higher number than before is a new one. */
  readonly releaseCount: number;
};

/** Acts of the driver that disengage, with the word for the reason. */
const DISENGAGING = ["brake", "steer", "cancel"] as const;

/** Remembers that a human took over, until a human gives back. */
export class OverrideLatch {
  #cause: string | undefined;
  #held = false;
  #releaseCount = 0;
  #accelerator = false;

  /** A stop that a human asked for is in force. */
  get latched(): boolean {
    return this.#cause !== undefined;
  }

  /** Takes in one tick. A release while the cause lasts is used up and lifts nothing. */
  step(override: OverrideInput | undefined, driver: DriverInput | undefined): void {
    const cause = causeOf(override, driver);
    const released = override !== undefined && override.releaseCount > this.#releaseCount;
    if (released) this.#releaseCount = override.releaseCount;
    this.#accelerator = driver?.accelerator === true;
    if (cause !== undefined) this.#cause ??= cause;
    else if (released) {
      this.#cause = undefined;
      this.#held = false;
    }
  }

  /** What the human asks for now; a stop that has come to standstill holds. */
  demands(standing: boolean): readonly Demand[] {
    if (this.#cause === undefined)
      return this.#accelerator
        ? [demand("S01", "CAUTION", 1, 0, "", "driver accelerates: longitudinal suspended")]
        : [];
    if (standing) this.#held = true;
    const mode = this.#held ? "HOLD" : "EMERGENCY_STOP";
    return [demand("S01", mode, 1, 0, "", `override: ${this.#cause}, until released`)];
  }
}

function causeOf(
  override: OverrideInput | undefined,
  driver: DriverInput | undefined,
): string | undefined {
  if (override !== undefined && override.stop !== false) return "STOP";
  const act = DISENGAGING.find((name) => driver?.[name] === true);
  return act === undefined ? undefined : `driver's ${act}`;
}
