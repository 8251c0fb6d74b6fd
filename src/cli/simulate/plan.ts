import { DRIVERS, type DriverName } from "../../scenario/drivers/driver.ts";
import { nameOf, type WorldSpec } from "../../scenario/run/open-world.ts";
import type { PlanHead } from "../../scenario/run/results-file.ts";
import { UnusableInputError } from "../io.ts";

/** Kinds that a road generator makes. */
export const RANDOM_KINDS = ["highway", "rural", "junctions", "roundabout"] as const;

export type SimulateFlags = {
  readonly town?: string;
  readonly random?: (typeof RANDOM_KINDS)[number];
  readonly route?: number;
  readonly driver: DriverName;
  readonly instruction?: string;
  readonly via: "direct" | "mqtt";
  readonly safety: "on" | "off";
  readonly seed: number;
  readonly count: number;
  readonly jobs: number;
  readonly period: number;
  readonly length: number;
  readonly density: number;
  readonly trajectoryOnly?: true;
  readonly model?: string;
  readonly results: string;
  readonly resume?: true;
  readonly overwrite?: true;
  readonly junit?: string;
  readonly report?: string;
  readonly record?: string;
  readonly json?: true;
  /** Set in child processes only. */
  readonly worker?: true;
};

/** One run of a plan. */
export type RunPlan = { readonly key: string; readonly world: WorldSpec };

/** Refuses what cannot be run yet, by name. @throws UnusableInputError */
export function checkFlags(flags: SimulateFlags): void {
  const refuse = (code: string, text: string) => {
    throw new UnusableInputError(code, text);
  };
  if (flags.random !== undefined)
    refuse(
      "SIMULATE_RANDOM",
      `--random ${flags.random}: a generator of random roads expected, found none in this version (use --town FILE)`,
    );
  if (flags.town === undefined) refuse("SIMULATE_TOWN", "--town FILE expected, found none");
  if (flags.via === "mqtt")
    refuse("SIMULATE_VIA", "--via mqtt: only direct runs in this version, found mqtt");
  const told = flags.instruction !== undefined && flags.driver !== "model";
  if (told)
    refuse(
      "SIMULATE_INSTRUCTION",
      `--instruction: --driver model expected, found ${flags.driver} (words reach only who can read them)`,
    );
  if (flags.record !== undefined)
    refuse("SIMULATE_RECORD", "--record: not in this version (use --report, or --results)");
  if (!DRIVERS.includes(flags.driver)) refuse("SIMULATE_DRIVER", `unknown driver ${flags.driver}`);
}

/** The runs: run i draws its route from `route + i` and its world from `seed + i`. */
export function planRuns(flags: SimulateFlags): RunPlan[] {
  const route = flags.route ?? flags.seed;
  return Array.from({ length: flags.count }, (_, i) => {
    const world: WorldSpec = {
      town: flags.town!,
      routeSeed: route + i,
      seed: flags.seed + i,
      routeM: flags.length,
      perKmLane: flags.density,
    };
    return { key: `${nameOf(world)} seed ${world.seed} ${flags.driver}`, world };
  });
}

/** All that changes a result; jobs and outputs do not. */
export const headOf = (flags: SimulateFlags, software: string): PlanHead => ({
  software,
  town: flags.town ?? "",
  route: flags.route ?? flags.seed,
  seed: flags.seed,
  count: flags.count,
  driver: flags.driver,
  instruction: flags.instruction ?? "",
  safety: flags.safety,
  periodMs: flags.period,
  routeM: flags.length,
  perKmLane: flags.density,
  trajectoryOnly: flags.trajectoryOnly === true,
});
