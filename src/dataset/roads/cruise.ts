import type { Random } from "../../world/random.ts";

/** The speed that ego is told: by the limit of its lane, or one for all roads as of a configuration. */
export type Cruise = { readonly ratio: number } | { readonly mps: number };

const FASTEST_MPS = 40;

/** Mostly the limit; sometimes less or a little more, sometimes a speed that knows no limit. */
export function drawCruise(rng: Random): Cruise {
  const r = rng.next();
  if (r < 0.55) return { ratio: 1 };
  return r < 0.75 ? { ratio: rng.range(0.7, 1.1) } : { mps: rng.range(8, 22) };
}

/** m/s on a lane with this limit, m/s. */
export const cruiseOn = (cruise: Cruise, limitMps: number): number =>
  Math.min(FASTEST_MPS, "mps" in cruise ? cruise.mps : limitMps * cruise.ratio);
