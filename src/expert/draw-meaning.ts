import type { Random } from "../world/random.ts";
import type { Meaning } from "./meaning.ts";

/** A random instruction; `cruiseMps` scales the speeds asked for. About one in six is a wrong one. */
export function drawMeaning(rng: Random, cruiseMps: number): Meaning {
  const kind = rng.weighted({
    FOLLOW_ROAD: 26,
    CHANGE_LANE: 20,
    SET_SPEED: 14,
    CHANGE_SPEED: 6,
    KEEP_GAP: 12,
    STOP: 7,
    PULL_OVER: 8,
    ILLEGAL: 6,
    NONSENSE: 5,
  });
  switch (kind) {
    case "CHANGE_LANE":
      return { kind, side: rng.chance(0.5) ? "LEFT" : "RIGHT" };
    case "SET_SPEED":
      return {
        kind,
        mps: rng.chance(0.12)
          ? rng.range(cruiseMps * 1.15, cruiseMps * 1.8 + 4)
          : rng.range(Math.min(2, cruiseMps), Math.min(36, cruiseMps)),
      };
    case "CHANGE_SPEED":
      return { kind, deltaMps: rng.range(0.8, 5) * (rng.chance(0.5) ? 1 : -1) };
    case "KEEP_GAP":
      return rng.chance(0.5)
        ? { kind, seconds: rng.range(0.5, 4) }
        : { kind, metres: rng.range(4, 15) + rng.range(0, 2.2) * cruiseMps };
    case "ILLEGAL":
      return { kind, what: rng.pick(["RUN_LIGHT", "TURN_AROUND", "SIDEWALK"] as const) };
    default:
      return { kind };
  }
}
