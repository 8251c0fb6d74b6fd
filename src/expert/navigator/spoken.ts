import type { ObjectKind } from "../../contract/scene.ts";
import type { Random } from "../../world/random.ts";
import { inWords, type Spoken, speakMetres, speakSpeed } from "../numbers.ts";
import type { JunctionLook } from "./nav-meaning.ts";

export const YARD_M = 0.9144;
export const FOOT_M = 0.3048;
const NEAR_M = 25;

/** About `metres` of way, rounded as navigators do; `si` is what was said. */
export function speakDistance(rng: Random, metres: number): Spoken {
  if (metres >= 900) {
    const km = Math.round(metres / 500) / 2;
    const text = km === 1 ? rng.pick(["1 km", "one kilometre"]) : `${km} ${kilometres(rng)}`;
    return { text, si: km * 1000 };
  }
  if (metres >= 450 && metres <= 550 && rng.chance(0.5))
    return { text: "half a kilometre", si: 500 };
  const unit = rng.pick(["m", "m", "m", "m", "m", "m", "m", "yd", "ft"] as const);
  if (unit === "m") return speakMetres(rng, Math.max(5, roundWay(metres)));
  const perM = unit === "yd" ? 1 / YARD_M : 1 / FOOT_M;
  const value = Math.max(10, roundWay(metres * perM));
  return { text: `${value} ${unit === "yd" ? "yards" : "feet"}`, si: value / perM };
}

const kilometres = (rng: Random): string => rng.pick(["km", "kilometres", "kilometers"]);

/** Tens up to 200, then fifties; near ones to five. */
const roundWay = (value: number): number => {
  const step = value < NEAR_M ? 5 : value < 200 ? 10 : 50;
  return Math.round(value / step) * step;
};

/** A change of speed; without a unit, km/h are meant. */
export function speakSpeedChange(rng: Random, mps: number): Spoken {
  if (!rng.chance(0.25)) return speakSpeed(rng, mps);
  const value = Math.max(1, Math.round(mps * 3.6));
  const text = value < 200 && rng.chance(0.3) ? inWords(value) : String(value);
  return { text, si: value / 3.6 };
}

export const LOOKS: Readonly<Record<JunctionLook, readonly string[]>> = {
  LIGHTS: ["the lights", "the traffic lights", "the next lights", "the light", "the signal"],
  STOP_SIGN: ["the stop sign", "the next stop sign"],
  T_JUNCTION: ["the t-junction", "the end of the road", "the next t-junction"],
  CROSSING: ["the next junction", "the crossing", "the intersection", "the next intersection"],
};
export const speakLook = (rng: Random, look: JunctionLook): string => rng.pick(LOOKS[look]);

export const WHO: Readonly<Record<ObjectKind, readonly string[]>> = {
  CAR: ["car", "car ahead"],
  VAN: ["van"],
  TRUCK: ["truck", "lorry"],
  BUS: ["bus"],
  MOTORCYCLE: ["motorcycle", "motorbike"],
  CYCLIST: ["cyclist", "bike"],
  PEDESTRIAN: ["pedestrian"],
  STATIC: ["obstacle", "roadworks"],
};
export const speakWho = (rng: Random, what: ObjectKind): string => rng.pick(WHO[what]);

export const NTH = ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth"];
export const NTH_SHORT = ["1st", "2nd", "3rd", "4th", "5th", "6th", "7th", "8th"];

/** first … eighth. */
export function speakNth(rng: Random, count: number): string {
  const [long, short] = [NTH[count - 1], NTH_SHORT[count - 1]];
  if (long === undefined || short === undefined)
    throw new RangeError(`an exit from 1 to ${NTH.length} expected, found ${count}`);
  return rng.chance(0.2) ? short : long;
}

const UNIT_WORDS =
  "km kmh kph mph hour per mile miles kilometre kilometres kilometers metres meters second seconds half yards feet";

/** Words that fill slots; they are known to training whatever is held out. */
export const SLOT_WORDS: readonly string[] = [
  ...Object.values(LOOKS).flat(),
  ...Object.values(WHO).flat(),
  ...NTH,
  UNIT_WORDS,
  ...Array.from({ length: 200 }, (_, value) => inWords(value)),
].flatMap((text) => text.split(/[ -]/));
