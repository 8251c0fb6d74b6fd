import { InvalidArgumentError } from "commander";
import { WaywardenError } from "../contract/errors.ts";
import { checkVehicleName } from "../wire/topics.ts";

/** Parsers of option values; what they throw becomes a usage error that names the option. */

const number = (min: number, max: number, whole: boolean, what: string) => (text: string) => {
  const value = text.trim() === "" ? Number.NaN : Number(text);
  if (!Number.isFinite(value) || value < min || value > max || (whole && !Number.isInteger(value)))
    throw new InvalidArgumentError(`${what} from ${min} to ${max} expected, found "${text}".`);
  return value;
};

export const seconds = number(0, 1e6, false, "seconds");
export const speedMps = number(0, 60, false, "m/s");
export const threadCount = number(1, 64, true, "a whole number");
export const cameraCount = number(0, 16, true, "a whole number");
export const silenceS = number(0.5, 3600, false, "seconds");
export const durationS = number(1, 600, false, "seconds");
export const seed = number(0, 2 ** 31 - 1, true, "a whole number");
export const tickCount = number(1, 1e6, true, "a whole number");

export const routeM = number(50, 20_000, false, "metres");
export const perKm = number(0, 80, false, "vehicles per km");
export const highwayLanes = number(2, 6, true, "a number of lanes");
export const periodMs = number(100, 1000, true, "milliseconds");

export const chance = number(0, 1, false, "a chance");
export const roadsSizeM = number(300, 5000, false, "metres");
export const feedRate = number(0.1, 10, false, "a rate");

/** "2", "0.5", "2x" or "max". */
export function rate(text: string): number | "max" {
  return text === "max"
    ? "max"
    : number(0.01, 1000, false, "max or a rate")(text.replace(/x$/, ""));
}

/** A reader of another room as a parser: its error becomes a usage error. */
export const usage =
  <T>(read: (text: string) => T) =>
  (text: string): T => {
    try {
      return read(text);
    } catch (error) {
      if (error instanceof WaywardenError) throw new InvalidArgumentError(`${error.message}.`);
      throw error;
    }
  };

export const vehicleName = usage((text) => {
  checkVehicleName(text);
  return text;
});

export const DEFAULT_VEHICLE = "car";
export const DEFAULT_BROKER_URL = "mqtt://127.0.0.1:1883";
