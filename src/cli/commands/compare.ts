import { writeFile } from "node:fs/promises";
import type { Command } from "commander";
import { RecordError, WaywardenError } from "../../contract/errors.ts";
import { type Comparison, compareRuns } from "../../record/compare.ts";
import { openRecording, type Recording } from "../../record/read-recording.ts";
import { cannotWrite } from "../../record/recording-file.ts";
import { type Budgets, type Measured, measure, parseBudget } from "../budget.ts";
import { type Io, UnusableInputError } from "../io.ts";
import { junitXml } from "../junit.ts";
import * as parse from "../options.ts";

type CompareFlags = Budgets & {
  readonly speedTolerance: number;
  readonly json?: true;
  readonly junit?: string;
  readonly limit: number;
};

/** `waywarden compare <runA> <runB>`: which decisions flipped, when and why. */
export function registerCompare(program: Command, io: Io): void {
  const budget = "<n|p%>";
  program
    .command("compare")
    .description("show where two recorded runs decided otherwise, and why")
    .argument("<runA>", "recording of the run to compare with")
    .argument("<runB>", "recording of the other run")
    .option(
      "--speed-tolerance <mps>",
      "target speeds this far apart count as equal",
      parse.speedMps,
      0.5,
    )
    .option(`--max-flips ${budget}`, "budget: ticks decided otherwise", parseBudget)
    .option(`--max-mode-flips ${budget}`, "budget: ticks in another mode", parseBudget)
    .option(`--max-verdict-flips ${budget}`, "budget: ticks with another verdict", parseBudget)
    .option(`--max-maneuver-flips ${budget}`, "budget: ticks with another maneuver", parseBudget)
    .option(`--max-freer ${budget}`, "budget: ticks at which B is in a freer mode", parseBudget)
    .option(`--max-unmatched ${budget}`, "budget: ticks in one run only", parseBudget)
    .option("--limit <n>", "flips to print", parse.tickCount, 40)
    .option("--json", "print one JSON object on stdout and nothing else there")
    .option("--junit <file>", "write JUnit XML, one case for each measure")
    .action((a: string, b: string, flags: CompareFlags) => compareCommand(a, b, flags, io));
}

async function compareCommand(pathA: string, pathB: string, flags: CompareFlags, io: Io) {
  const comparison = await compareFiles(pathA, pathB, flags.speedTolerance);
  const measured = measure(comparison, flags);
  if (flags.junit !== undefined) await writeJunit(flags.junit, comparison, measured);
  if (flags.json) io.out(JSON.stringify({ a: pathA, b: pathB, ...comparison, measured }));
  else for (const line of compareLines(comparison, measured, flags.limit)) io.out(line);
  const broken = measured.flatMap((one) => one.broken ?? []);
  if (broken.length > 0)
    throw new RecordError("BUDGET_BROKEN", `${pathB} against ${pathA}: ${broken.join("; ")}`);
}

/** Recordings that cannot be read or that end early cannot be judged: exit code 2. */
async function compareFiles(pathA: string, pathB: string, toleranceMps: number) {
  const opened: Recording[] = [];
  try {
    for (const path of [pathA, pathB]) opened.push(await openRecording(path));
    const [a, b] = opened;
    const comparison = await compareRuns(a!, b!, toleranceMps);
    if (comparison.ticks === 0)
      throw new RecordError(
        "RUNS_APART",
        `${pathB}: at least one tick of ${pathA} expected, found none (runs of other drives?)`,
      );
    return comparison;
  } catch (error) {
    if (!(error instanceof WaywardenError)) throw error;
    throw new UnusableInputError(error.code, error.message, { cause: error });
  } finally {
    for (const recording of opened) await recording.close();
  }
}

export function compareLines(
  comparison: Comparison,
  measured: readonly Measured[],
  limit: number,
): string[] {
  const { hashes, identical, ticks, flips, onlyInA, onlyInB, freer, stricter } = comparison;
  if (identical) return [`identical: ${ticks} decisions, sha256 ${hashes.a}`];
  const shown = flips
    .slice(0, limit)
    .flatMap(({ atS, kinds, a, b, why }) => [
      `${atS.toFixed(1).padStart(6)} s  ${kinds.join(", ")}`,
      `${" ".repeat(10)}A ${a}`,
      `${" ".repeat(10)}B ${b}`,
      `${" ".repeat(10)}${why}`,
    ]);
  const left = flips.length - limit;
  return [
    ...shown,
    ...(left > 0 ? [`… and ${left} more flips (--limit, --json)`] : []),
    `${ticks} ticks in both, ${flips.length} flipped; B freer in ${freer}, stricter in ${stricter}; only in A ${onlyInA}, only in B ${onlyInB}`,
    ...measured.map(({ name, count, broken }) =>
      broken === undefined
        ? `${name.padEnd(22)} ${count}`
        : `${name.padEnd(22)} ${count}  BROKEN: ${broken}`,
    ),
    `decisions  A ${hashes.a.slice(0, 16)}, B ${hashes.b.slice(0, 16)}`,
  ];
}

async function writeJunit(path: string, { flips }: Comparison, measured: readonly Measured[]) {
  const lines = flips.map(
    ({ atS, kinds, a, b, why }) =>
      `${atS.toFixed(1)} s ${kinds.join(", ")}: A ${a} | B ${b} | ${why}`,
  );
  const cases = measured.map(({ name, count, broken }, i) => ({
    name: `${name}: ${count}`,
    ...(broken === undefined ? {} : { failure: broken }),
    output: i === 0 ? lines : [],
  }));
  try {
    await writeFile(path, junitXml("waywarden compare", cases));
  } catch (error) {
    throw cannotWrite(path, error);
  }
}
