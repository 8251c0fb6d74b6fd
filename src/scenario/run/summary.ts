import { type Estimate, meanOf, shareOf } from "../score/confidence.ts";
import { instructionShares, isMissed, isTested } from "./instruction-summary.ts";
import { isFailure, type RunResult } from "./result.ts";

/** One row of the table: a name and an estimate with its 95 % interval. */
export type SummaryRow = {
  readonly name: string;
  readonly unit: "" | "%" | "m/s" | "count";
  readonly estimate: Estimate | undefined;
};

/** Sums up the runs of one driver in one kind of world. */
export function summarize(runs: readonly RunResult[]): SummaryRow[] {
  const share = (name: string, is: (run: RunResult) => boolean): SummaryRow => ({
    name,
    unit: "%",
    estimate: inPercent(shareOf(runs.filter(is).length, runs.length)),
  });
  const mean = (
    name: string,
    unit: SummaryRow["unit"],
    of: (run: RunResult) => number | undefined,
  ): SummaryRow => {
    const values = runs.map(of).filter((x) => x !== undefined);
    const estimate = meanOf(values);
    return { name, unit, estimate: unit === "%" ? inPercent(estimate) : estimate };
  };
  return [
    mean("leaderboard 1.0 driving score", "count", (r) => r.scores["leaderboard-1.0"]),
    mean("leaderboard 2.1 driving score", "count", (r) => r.scores["leaderboard-2.1"]),
    mean("PDMS", "%", (r) => r.scores.pdms),
    mean("route completed", "%", (r) => (r.end === "TIME" ? undefined : r.completedRatio)),
    share("runs without any breach", (r) => !isFailure(r)),
    share("runs with a collision", (r) => r.collisions.length > 0),
    share("runs with a collision that ego caused", (r) =>
      r.collisions.some((c) => c.striker !== "OTHER"),
    ),
    share("runs with a collision that a careful driver avoids", (r) =>
      r.collisions.some((c) => c.avoidable),
    ),
    share("runs with a red light run", (r) => has(r, "RED_LIGHT")),
    share("runs with a stop sign run", (r) => has(r, "STOP_SIGN")),
    mean("mean speed", "m/s", (r) => r.meanMps),
    mean("speed over what traffic and limits allow", "%", (r) => r.paceRatio),
    mean("time off the road", "%", (r) => r.offRoadRatio),
    mean("time on the wrong side", "%", (r) => r.wrongLaneRatio),
    mean("time within RSS distance", "%", (r) => r.rssRatio),
    mean("time within comfort bounds", "%", (r) => r.comfort?.comfortableRatio),
    ...instructionRows(runs),
  ];
}

/** Success of instructions, all together and by kind; what was not tested counts neither way. */
function instructionRows(runs: readonly RunResult[]): SummaryRow[] {
  return instructionShares(runs).map(({ kind, success, untestedCount }) => {
    const tried = `${success?.count ?? 0} tested, ${untestedCount} not`;
    const name =
      kind === undefined
        ? `instructions done or rightly refused (${tried})`
        : `  ${kind} (${tried})`;
    return { name, unit: "%", estimate: inPercent(success) };
  });
}

const has = (run: RunResult, kind: string): boolean =>
  run.infractions.some((infraction) => infraction.kind === kind);

const inPercent = (e: Estimate | undefined): Estimate | undefined =>
  e && { ...e, value: 100 * e.value, low: 100 * e.low, high: 100 * e.high };

const digits = (x: number): string => x.toFixed(Math.abs(x) < 10 ? 2 : 1);

/** "93.2 % (88.0 – 96.1)"; a dash where there is nothing to tell. */
export function formatEstimate({ estimate, unit }: SummaryRow): string {
  if (estimate === undefined) return "-";
  const { value, low, high } = estimate;
  const tail = unit === "" || unit === "count" ? "" : ` ${unit}`;
  return `${digits(value)}${tail} (${digits(low)} to ${digits(high)})`;
}

/** One line of a run for a person. */
export function runLine(run: RunResult): string {
  const score = run.scores["leaderboard-1.0"].toFixed(1);
  const what = run.infractions.map((i) => `${i.kind} at ${i.tS.toFixed(1)} s`);
  const hits = run.collisions.filter((c) => c.avoidable).length;
  const told = run.instructions?.filter(isTested) ?? [];
  const missed = told.filter(isMissed).length;
  const tail = [
    ...(told.length === 0 ? [] : [`${told.length - missed} of ${told.length} instructions`]),
    ...what,
    ...(hits > 0 ? [`${hits} avoidable`] : []),
    ...(run.error === undefined ? [] : [run.error]),
  ];
  const done = (100 * run.completedRatio).toFixed(0);
  return `${run.key}: ${run.end}, score ${score}, ${done} % of ${run.routeM.toFixed(0)} m, ${run.meanMps.toFixed(1)} m/s${tail.length === 0 ? "" : `; ${tail.join("; ")}`}`;
}
