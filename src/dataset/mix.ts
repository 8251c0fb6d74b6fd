import { ConfigError } from "../contract/errors.ts";
import { ROAD_KINDS } from "../world/make-roads/make-roads.ts";
import type { Random } from "../world/random.ts";

/** Kinds of worlds: random roads, or the single road of the first generator (OLD). */
export const WORLD_KINDS = [...ROAD_KINDS, "OLD"] as const;
export type WorldKind = (typeof WORLD_KINDS)[number];

/** Weights of the kinds; those left out are not drawn. */
export type WorldMix = Readonly<Partial<Record<WorldKind, number>>>;

export const DEFAULT_MIX: WorldMix = {
  HIGHWAY: 2,
  RURAL: 1,
  JUNCTION: 2,
  ROUNDABOUT: 1,
  MIXED: 2,
  OLD: 2,
};

/** Reads `HIGHWAY=2,OLD=1`. @throws ConfigError DATASET_MIX */
export function parseMix(text: string): WorldMix {
  const mix: Partial<Record<WorldKind, number>> = {};
  for (const part of text.split(",")) {
    const [name, weight, ...more] = part.trim().split("=");
    const kind = WORLD_KINDS.find((known) => known === name?.toUpperCase());
    const value = Number(weight);
    if (kind === undefined || more.length > 0 || !weight || !Number.isFinite(value) || value < 0)
      throw new ConfigError(
        "DATASET_MIX",
        `KIND=WEIGHT with a kind of ${WORLD_KINDS.join(", ")} and a weight of 0 or more expected, found ${JSON.stringify(part)}`,
      );
    mix[kind] = value;
  }
  if (!Object.values(mix).some((weight) => weight > 0))
    throw new ConfigError("DATASET_MIX", `a weight above 0 expected, found ${text}`);
  return mix;
}

/** The kind of the next world. One kind alone takes no random number. */
export function drawWorldKind(mix: WorldMix, rng: Random): WorldKind {
  const kinds = WORLD_KINDS.filter((kind) => (mix[kind] ?? 0) > 0);
  if (kinds.length === 1) return kinds[0]!;
  return rng.weighted(
    Object.fromEntries(kinds.map((k) => [k, mix[k]!])) as Record<WorldKind, number>,
  );
}
