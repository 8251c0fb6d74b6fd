import type { Random } from "../world/random.ts";

const ONES = (
  "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen " +
  "fifteen sixteen seventeen eighteen nineteen"
).split(" ");
const TENS = "- - twenty thirty forty fifty sixty seventy eighty ninety".split(" ");

/** 0…199 in English words. */
export function inWords(value: number): string {
  if (!Number.isInteger(value) || value < 0 || value > 199)
    throw new RangeError(`integer 0…199 expected to write in words, found ${value}`);
  if (value >= 100) {
    const rest = value - 100;
    return rest === 0 ? "one hundred" : `one hundred and ${inWords(rest)}`;
  }
  if (value < 20) return ONES[value]!;
  const ones = value % 10;
  return TENS[Math.floor(value / 10)]! + (ones === 0 ? "" : `-${ONES[ones]!}`);
}

/** How speeds are named; `perMps` of a unit are 1 m/s. */
export const SPEED_UNITS = [
  {
    perMps: 3.6,
    names: ["km/h", "kmh", "kilometers per hour", "kilometres per hour", "kph"],
    stepTo: 5,
  },
  { perMps: 1, names: ["m/s", "meters per second", "metres per second"], stepTo: 1 },
  { perMps: 2.236936, names: ["mph", "miles per hour"], stepTo: 5 },
] as const;

/** A number as digits or words. */
const write = (rng: Random, value: number): string =>
  Number.isInteger(value) && value < 200 && rng.chance(0.25) ? inWords(value) : String(value);

/** A spoken value and what it is exactly in SI. */
export type Spoken = { readonly text: string; readonly si: number };

/** About `mps` in a random unit, rounded as people do; `si` is what was said. */
export function speakSpeed(rng: Random, mps: number): Spoken {
  const unit = SPEED_UNITS[rng.pick([0, 0, 0, 0, 0, 1, 1, 1, 2, 2] as const)];
  const step = mps * unit.perMps < 15 || rng.chance(0.15) ? 1 : unit.stepTo;
  const value = Math.max(step, Math.round((mps * unit.perMps) / step) * step);
  return { text: `${write(rng, value)} ${rng.pick(unit.names)}`, si: value / unit.perMps };
}

export function speakMetres(rng: Random, metres: number): Spoken {
  const step = metres > 20 && rng.chance(0.7) ? 5 : 1;
  const value = Math.max(2, Math.round(metres / step) * step);
  const name = rng.pick(["m", "meters", "metres", "metres"]);
  return { text: `${write(rng, value)} ${name}`, si: value };
}

export function speakSeconds(rng: Random, seconds: number): Spoken {
  const value = Math.max(0.5, Math.round(seconds * 2) / 2);
  if (value === 1) return { text: rng.pick(["1 s", "one second", "1 second"]), si: 1 };
  const half = value % 1 !== 0;
  const whole = Math.floor(value);
  const words = half
    ? whole === 0
      ? "half a second"
      : `${inWords(whole)} and a half seconds`
    : `${inWords(value)} seconds`;
  return { text: rng.pick([`${value} s`, `${value} seconds`, words]), si: value };
}
