import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { type Command, Option } from "commander";
import { DRIVERS } from "../../scenario/drivers/driver.ts";
import { INSTRUCT_MODES } from "../../scenario/run/draw-words.ts";
import { instructionLine, isMissed } from "../../scenario/run/instruction-summary.ts";
import { readTown } from "../../scenario/run/open-world.ts";
import { isFailure, type RunResult } from "../../scenario/run/result.ts";
import { formatEstimate, runLine, summarize } from "../../scenario/run/summary.ts";
import { ROAD_KINDS } from "../../world/make-roads/make-roads.ts";
import { SKY_KINDS } from "../../world/sky.ts";
import type { Io } from "../io.ts";
import { junitXml } from "../junit.ts";
import * as parse from "../options.ts";
import {
  checkFlags,
  driverLabel,
  planRuns,
  roadsText,
  type SimulateFlags,
} from "../simulate/plan.ts";
import { answerParent } from "../simulate/pool.ts";
import { simulateReport } from "../simulate/report-page.ts";
import { runAll } from "../simulate/run-all.ts";
import { runOne } from "../simulate/run-one.ts";
import { toldBy, toldLine } from "../simulate/told.ts";

/** `waywarden simulate`: drives in closed loop and keeps the score (docs/simulate.md). */
export function registerSimulate(program: Command, io: Io): void {
  program
    .command("simulate")
    .description("drive in closed loop through a town and keep the score")
    .option("--town <file>", "OpenDRIVE file of the roads")
    .addOption(
      new Option("--random <kind>", "roads made at random, each run its own").choices(ROAD_KINDS),
    )
    .option("--route <seed>", "seed of the first route (default: --seed)", parse.seed)
    .addOption(new Option("--driver <name>", "who drives").choices(DRIVERS).default("expert"))
    .option(
      "--instruction <text>",
      "words in force from the start, judged where they are the navigator's",
    )
    .addOption(
      new Option(
        "--instructions <mode>",
        "instructions drawn on the way, each judged: such as fit the place, must be refused there, both, or lead along the route",
      ).choices(INSTRUCT_MODES),
    )
    .addOption(
      new Option("--words <split>", "words of --instructions: of training, or held out too")
        .choices(["train", "val"])
        .default("train"),
    )
    .addOption(
      new Option("--via <way>", "how decisions travel")
        .choices(["direct", "mqtt"])
        .default("direct"),
    )
    .addOption(
      new Option("--broker <url>", 'with --via mqtt: broker URL or "embedded"').default("embedded"),
    )
    .addOption(
      new Option("--safety <state>", "the safety layer of --driver model")
        .choices(["on", "off"])
        .default("on"),
    )
    .addOption(
      new Option(
        "--bev <source>",
        "what the planner of --driver model sees by; truth is an ablation",
      )
        .choices(["perceived", "truth"])
        .default("perceived"),
    )
    .option("--seed <n>", "same seed, same bytes", parse.seed, 1)
    .option("--count <n>", "runs, each with the next seeds", parse.tickCount, 1)
    .option("--jobs <n>", "processes", parse.threadCount, 1)
    .option("--length <m>", "least length of a route", parse.routeM, 500)
    .option("--density <n>", "vehicles per kilometre of lane", parse.perKm, 12)
    .option("--lanes <n>", "lanes of each carriageway of --random HIGHWAY", parse.highwayLanes)
    .option("--blind <share>", "share of drivers who cut in without looking", parse.chance, 0)
    .addOption(
      new Option("--weather <kind>", "light and weather (default: each run draws its own)").choices(
        SKY_KINDS,
      ),
    )
    .option("--rolling", "begin amid the traffic, at its speed")
    .option("--seconds <s>", "end each run well after this time", parse.durationS)
    .option("--period <ms>", "between two decisions", parse.periodMs, 100)
    .option("--trajectory-only", "the executor reads nothing but the trajectory")
    .option("--model <dir>", "model folder (default: the one that ships)")
    .option("--results <file>", "one JSON line per run", "out/simulate/results.jsonl")
    .option("--resume", "go on with a results file")
    .option("--overwrite", "replace a results file")
    .option("--junit <file>", "write JUnit XML, one case for each run")
    .option("--report <file>", "write one HTML page with a film of each failure")
    .option("--record <file>", "write the decisions of each run as MCAP (docs/recordings.md)")
    .option("--json", "print one JSON object on stdout and nothing else there")
    .addOption(new Option("--worker").hideHelp())
    .action((flags: SimulateFlags) => simulate(flags, io));
}

async function simulate(flags: SimulateFlags, io: Io): Promise<void> {
  checkFlags(flags);
  const plans = planRuns(flags);
  const run = (index: number) => runOne(plans[index]!, flags, io);
  if (flags.worker) return answerParent(run);
  // a file that cannot be read ends here and not in each run
  if (flags.town !== undefined) readTown(flags.town);
  const told = toldBy(flags.instruction);
  if (told !== undefined) io.say(toldLine(told));
  const { results, error } = await runAll(plans, flags, run, io);
  writeOutputs(results, flags);
  if (flags.json)
    io.out(
      JSON.stringify({
        driver: driverLabel(flags),
        runs: results.map(withoutFilm),
        summary: rows(results),
      }),
    );
  else {
    const label = driverLabel(flags);
    if (label !== flags.driver) io.out(`driver: ${label}`);
    for (const row of summarize(results)) io.out(`${row.name.padEnd(56)}${formatEstimate(row)}`);
  }
  // what there is has been told; what is missing is an error all the same
  if (error) throw error;
}

function writeOutputs(results: readonly RunResult[], flags: SimulateFlags): void {
  const write = (path: string, text: string) => {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  };
  const title = `waywarden simulate: ${driverLabel(flags)} in ${roadsText(flags)}`;
  if (flags.report !== undefined) write(flags.report, simulateReport(title, results));
  if (flags.junit === undefined) return;
  const cases = results.flatMap((result) => [
    {
      name: result.key,
      ...(isFailure(result) ? { failure: runLine(result) } : {}),
      output: [runLine(result)],
    },
    ...(result.instructions ?? []).map((one) => ({
      name: `${result.key}: ${one.givenS.toFixed(1)} s "${one.text}"`,
      ...(isMissed(one) ? { failure: instructionLine(one) } : {}),
      output: [instructionLine(one)],
    })),
  ]);
  write(flags.junit, junitXml(`waywarden simulate: ${driverLabel(flags)}`, cases));
}

const withoutFilm = ({ film: _, ...run }: RunResult): Omit<RunResult, "film"> => run;
const rows = (results: readonly RunResult[]) =>
  summarize(results).map(({ name, unit, estimate }) => ({ name, unit, ...estimate }));
