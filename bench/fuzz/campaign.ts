import { type FuzzTarget, inputOf, runInput } from "./target.ts";

/** A campaign is this many rounds; each round runs its part of every target. */
export const ROUNDS = 100;

export type TargetTotals = {
  inputs: number;
  readonly codes: Record<string, number>;
  slowestMs: number;
  slowestIndex: number;
};

export type Campaign = {
  readonly seed: number;
  readonly inputs: number;
  /** Rounds that are done; a stopped campaign goes on here. */
  round: number;
  readonly targets: Record<string, TargetTotals>;
  /** "target seed:index: what" */
  readonly findings: string[];
  /** After each round. */
  readonly memory: MemorySample[];
};

export type MemorySample = {
  readonly inputs: number;
  /** Of the whole process. */
  readonly rssBytes: number;
  /** What is still reachable after a collection, buffers included; absent without --expose-gc. */
  readonly liveBytes?: number;
};

export const newCampaign = (seed: number, inputs: number): Campaign => ({
  ...{ seed, inputs, round: 0, targets: {}, findings: [], memory: [] },
});

/** First and end index of a target's inputs in a round. */
export function roundRange(
  target: FuzzTarget,
  campaign: Campaign,
  round: number,
): [number, number] {
  const count = (target.share / 100_000) * campaign.inputs;
  return [Math.ceil((count * round) / ROUNDS), Math.ceil((count * (round + 1)) / ROUNDS)];
}

/** Runs one round; `onInput` is called before each input, so that a hang has a name. */
export async function runRound(
  targets: readonly FuzzTarget[],
  campaign: Campaign,
  onInput: (target: number, index: number) => void,
  skip: (name: string, index: number) => boolean,
): Promise<void> {
  for (const [n, target] of targets.entries()) {
    campaign.targets[target.name] ??= { inputs: 0, codes: {}, slowestMs: 0, slowestIndex: -1 };
    const totals = campaign.targets[target.name]!;
    const [first, end] = roundRange(target, campaign, campaign.round);
    for (let index = first; index < end; index++) {
      if (skip(target.name, index)) continue;
      onInput(n, index);
      const { code, wallMs, finding } = await runInput(
        target,
        inputOf(target, campaign.seed, index),
      );
      totals.inputs++;
      totals.codes[code] = (totals.codes[code] ?? 0) + 1;
      if (wallMs > totals.slowestMs)
        Object.assign(totals, { slowestMs: wallMs, slowestIndex: index });
      if (finding) campaign.findings.push(`${target.name} ${campaign.seed}:${index}: ${finding}`);
    }
  }
  campaign.round++;
  campaign.memory.push({ inputs: inputsOf(campaign), ...measureMemory() });
}

/** Twice, because what a finalizer lets go of is collected by the next one only. */
function measureMemory(): Omit<MemorySample, "inputs"> {
  globalThis.gc?.();
  globalThis.gc?.();
  const { rss, heapUsed, external } = process.memoryUsage();
  return { rssBytes: rss, ...(globalThis.gc ? { liveBytes: heapUsed + external } : {}) };
}

export const inputsOf = (campaign: Campaign): number =>
  Object.values(campaign.targets).reduce((sum, totals) => sum + totals.inputs, 0);

/** Least-squares slope over the second half, bytes per 100,000 inputs: the first half warms up. */
function slopeBytes(samples: readonly (readonly [number, number])[]): number {
  const late = samples.slice(Math.floor(samples.length / 2));
  const mean = (at: 0 | 1) => late.reduce((sum, pair) => sum + pair[at], 0) / late.length;
  const [x, y] = [mean(0), mean(1)];
  const over = late.reduce((sum, pair) => sum + (pair[0] - x) * (pair[1] - y), 0);
  const under = late.reduce((sum, pair) => sum + (pair[0] - x) ** 2, 0);
  return under === 0 ? 0 : (over / under) * 1e5;
}

/** "resident 100.0 → 101.0 MB, slope …"; "" where nothing was measured. */
function memoryLine(name: string, samples: readonly (readonly [number, number])[]): string {
  const mb = (bytes: number) => (bytes / 1e6).toFixed(1);
  const [first, last] = [samples[0], samples.at(-1)];
  if (!first || !last) return "";
  return (
    `; ${name} ${mb(first[1])} → ${mb(last[1])} MB, slope of the second half ` +
    `${mb(slopeBytes(samples))} MB per 100,000 inputs`
  );
}

/** Markdown table of a campaign. */
export function tableOf(campaign: Campaign): string {
  const lines = Object.entries(campaign.targets).map(([name, totals]) => {
    const codes = Object.entries(totals.codes).sort(([, a], [, b]) => b - a);
    const said = codes.map(([code, count]) => `${code} ${count}`).join(", ");
    const slowest = `${totals.slowestMs.toFixed(0)} ms (${totals.slowestIndex})`;
    return `| ${name} | ${totals.inputs} | ${slowest} | ${said} |`;
  });
  const resident = campaign.memory.map((m) => [m.inputs, m.rssBytes] as const);
  const live = campaign.memory.flatMap(({ inputs, liveBytes }) =>
    liveBytes === undefined ? [] : [[inputs, liveBytes] as const],
  );
  return [
    "| target | inputs | slowest (index) | outcomes |",
    "|---|---|---|---|",
    ...lines,
    "",
    `${inputsOf(campaign)} inputs, seed ${campaign.seed}, ${campaign.findings.length} findings` +
      memoryLine("resident", resident) +
      memoryLine("reachable after a collection", live),
  ].join("\n");
}
