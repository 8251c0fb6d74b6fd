import type { Split } from "../../expert/sentences.ts";
import { DRIVERS, type DriverName } from "../../scenario/drivers/driver.ts";
import type { InstructMode } from "../../scenario/run/draw-words.ts";
import { nameOf, type WorldSpec } from "../../scenario/run/open-world.ts";
import type { PlanHead } from "../../scenario/run/results-file.ts";
import type { RoadKind } from "../../world/make-roads/make-roads.ts";
import type { SkyKind } from "../../world/sky.ts";
import { UnusableInputError } from "../io.ts";
import { toldBy } from "./told.ts";

export type SimulateFlags = {
  readonly town?: string;
  readonly random?: RoadKind;
  readonly route?: number;
  readonly driver: DriverName;
  readonly instruction?: string;
  readonly instructions?: InstructMode;
  readonly words: Split;
  readonly via: "direct" | "mqtt";
  /** "embedded" or a broker URL, for `via` mqtt. */
  readonly broker: string;
  readonly safety: "on" | "off";
  readonly bev: "perceived" | "truth";
  readonly seed: number;
  readonly count: number;
  readonly jobs: number;
  readonly period: number;
  readonly length: number;
  readonly density: number;
  readonly lanes?: number;
  readonly blind: number;
  readonly rolling?: true;
  readonly weather?: SkyKind;
  readonly seconds?: number;
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
  if ((flags.random === undefined) === (flags.town === undefined))
    refuse(
      "SIMULATE_ROADS",
      `either --town FILE or --random KIND expected, found ${flags.town === undefined ? "neither" : "both"}`,
    );
  if (flags.lanes !== undefined && flags.random !== "HIGHWAY")
    refuse(
      "SIMULATE_LANES",
      `--lanes: --random HIGHWAY expected, found ${flags.town ?? flags.random}`,
    );
  if (flags.via === "mqtt") checkVia(flags, refuse);
  else if (flags.broker !== "embedded")
    refuse("SIMULATE_BROKER", "--broker: --via mqtt expected, found --via direct");
  if (flags.instruction !== undefined && flags.instructions !== undefined)
    refuse(
      "SIMULATE_INSTRUCTION",
      "--instruction TEXT or --instructions MODE expected, found both",
    );
  const told = toldBy(flags.instruction);
  // the model reads for itself; the others are given the meaning
  if (told?.reading.ok === false && flags.driver !== "model")
    refuse("SIMULATE_INSTRUCTION", `--instruction: ${told.reading.detail}`);
  if (flags.bev === "truth" && flags.driver !== "model")
    refuse(
      "SIMULATE_BEV",
      `--bev truth: --driver model expected, found ${flags.driver} (the others know the truth anyway)`,
    );
  if (!DRIVERS.includes(flags.driver)) refuse("SIMULATE_DRIVER", `unknown driver ${flags.driver}`);
}

/** Over MQTT there is a service as it is sold: with sensors, words and its safety layer. */
function checkVia(
  { driver, safety, bev }: SimulateFlags,
  refuse: (code: string, text: string) => void,
): void {
  const found = (expected: string, what: string) =>
    refuse("SIMULATE_VIA", `--via mqtt: ${expected} expected, found ${what}`);
  if (driver !== "model") found("--driver model", driver);
  if (safety !== "on") found("--safety on", safety);
  if (bev !== "perceived") found("--bev perceived", bev);
}

/** The roads of a plan; of a checked one, there is one of the two. */
const roadsOf = ({ town, random, lanes }: SimulateFlags): WorldSpec["roads"] =>
  random === undefined
    ? { town: town! }
    : { kind: random, ...(lanes === undefined ? {} : { laneCount: lanes }) };

/** The same for people and for the head of results. */
export const roadsText = ({ town, random, lanes }: SimulateFlags): string =>
  town ?? `random ${random}${lanes === undefined ? "" : ` of ${lanes} lanes`}`;

/** Who drove, for tables: a model that was helped, or not watched over, is never called just "model". */
export function driverLabel({ driver, bev, safety }: SimulateFlags): string {
  if (driver !== "model") return driver;
  const notes = [
    ...(bev === "truth" ? ["ablation: true BevState"] : []),
    ...(safety === "off" ? ["safety off"] : []),
  ];
  return notes.length === 0 ? driver : `${driver} (${notes.join(", ")})`;
}

/** The runs: run i draws its route from `route + i` and its world from `seed + i`. */
export function planRuns(flags: SimulateFlags): RunPlan[] {
  const roads = roadsOf(flags);
  const route = flags.route ?? flags.seed;
  return Array.from({ length: flags.count }, (_, i) => {
    const world: WorldSpec = {
      roads,
      routeSeed: route + i,
      seed: flags.seed + i,
      routeM: flags.length,
      perKmLane: flags.density,
      ...(flags.blind === 0 ? {} : { blindShare: flags.blind }),
      ...(flags.rolling === undefined ? {} : { rolling: flags.rolling }),
      ...(flags.weather === undefined ? {} : { sky: flags.weather }),
    };
    return { key: `${nameOf(world)} seed ${world.seed} ${driverLabel(flags)}`, world };
  });
}

/** All that changes a result; jobs and outputs do not. */
export const headOf = (flags: SimulateFlags, software: string): PlanHead => ({
  software,
  town: roadsText(flags),
  route: flags.route ?? flags.seed,
  seed: flags.seed,
  count: flags.count,
  driver: flags.driver,
  instruction: flags.instruction ?? "",
  instructions: flags.instructions ?? "",
  words: flags.words,
  safety: flags.safety,
  bev: flags.bev,
  periodMs: flags.period,
  routeM: flags.length,
  perKmLane: flags.density,
  blind: flags.blind,
  rolling: flags.rolling === true,
  ...(flags.weather === undefined ? {} : { weather: flags.weather }),
  seconds: flags.seconds ?? 0,
  trajectoryOnly: flags.trajectoryOnly === true,
});
