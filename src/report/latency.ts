import type { StageTiming } from "../contract/decision.ts";
import type { Row } from "./report-data.ts";

const WIDTH = 560;
const HEIGHT = 170;
const BASE = HEIGHT - 24;
const BARS = 40;

const sorted = (values: readonly number[]): number[] => [...values].sort((a, b) => a - b);
/** Nearest rank. */
const rank = (ascending: readonly number[], ratio: number): number =>
  ascending[Math.max(0, Math.ceil(ratio * ascending.length) - 1)] ?? 0;

/** p50 and p99 of the age of decisions, ms. */
export function agesOf(rows: readonly Row[]): { readonly p50: number; readonly p99: number } {
  const ages = sorted(rows.map(({ ageMs }) => ageMs));
  return { p50: rank(ages, 0.5), p99: rank(ages, 0.99) };
}

/** Bars over the ages of all decisions with p50 and p99. */
export function latencyChart(rows: readonly Row[]): string {
  const ages = sorted(rows.map(({ ageMs }) => ageMs));
  const widthMs = niceWidth((ages.at(-1) ?? 1) / BARS);
  const counts = new Array<number>(BARS + 1).fill(0);
  for (const age of ages) counts[Math.min(BARS, Math.floor(age / widthMs))]!++;
  const most = Math.max(1, ...counts);
  const xOf = (ms: number) => (ms / widthMs) * (WIDTH / (BARS + 1));
  const bars = counts.map((count, i) => {
    const height = (count / most) * (BASE - 22);
    const x = xOf(i * widthMs);
    return `<rect class="bar" x="${f(x + 0.5)}" y="${f(BASE - height)}" width="${f(WIDTH / (BARS + 1) - 1)}" height="${f(height)}"/>`;
  });
  const marks = ([0.5, 0.99] as const).map((ratio, i) => {
    const ms = rank(ages, ratio);
    const x = xOf(ms);
    const anchor = x > WIDTH - 90 ? "end" : "start";
    const y = 10 + 12 * i;
    const label = `p${ratio * 100} ${ms.toFixed(1)} ms`;
    return (
      `<line class="mark" x1="${f(x)}" x2="${f(x)}" y1="${y - 8}" y2="${BASE}"/>` +
      `<text x="${f(x + (anchor === "end" ? -5 : 5))}" y="${y}" text-anchor="${anchor}">${label}</text>`
    );
  });
  const ticks = [0, 10, 20, 30, 40].map((bar) => {
    const anchor = bar === 0 ? "start" : bar === BARS ? "end" : "middle";
    const text = `${+(bar * widthMs).toPrecision(3)} ms`;
    return `<text x="${f(xOf(bar * widthMs))}" y="${HEIGHT - 6}" text-anchor="${anchor}">${text}</text>`;
  });
  const axis = `<line class="grid" x1="0" x2="${WIDTH}" y1="${BASE}" y2="${BASE}"/>`;
  return (
    `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="ages of decisions">` +
    `${bars.join("")}${axis}${marks.join("")}${ticks.join("")}</svg>`
  );
}

const f = (value: number): string => value.toFixed(1);

/** 1, 2 or 5 times a power of ten, at least `ms`. */
function niceWidth(ms: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(ms, 0.01)));
  return ([1, 2, 5].find((step) => step * power >= ms) ?? 10) * power;
}

const STAGES: readonly (keyof StageTiming)[] = [
  ...(["decodeMs", "pillarsMs", "bevMs", "obstaclesMs", "plannerMs"] as const),
  ...(["safetyMs", "sealMs", "totalMs"] as const),
];

/** p50, p99 and max of each stage. */
export function stagesTable(rows: readonly Row[]): string {
  const line = (name: string, values: readonly number[]) => {
    const ascending = sorted(values);
    const cells = [rank(ascending, 0.5), rank(ascending, 0.99), rank(ascending, 1)];
    return `<tr><td>${name}</td>${cells.map((ms) => `<td class="n">${ms.toFixed(1)}</td>`).join("")}</tr>`;
  };
  const stages = STAGES.map((stage) =>
    line(
      stage.slice(0, -2),
      rows.map(({ decision }) => decision.timing[stage]),
    ),
  );
  const age = line(
    "<b>age</b>, read to broker",
    rows.map(({ ageMs }) => ageMs),
  );
  return (
    `<table><tr><th>ms</th><th class="n">p50</th><th class="n">p99</th><th class="n">max</th></tr>` +
    `${stages.join("")}${age}</table>`
  );
}
