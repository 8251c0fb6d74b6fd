import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { MODES, type Mode } from "../contract/decision.ts";
import { RecordError } from "../contract/errors.ts";
import type { RunAbout } from "../record/recorded-tick.ts";
import { agesOf, latencyChart, stagesTable } from "./latency.ts";
import type { ReportData, Row } from "./report-data.ts";
import { escapeHtml, faultsTable, rulesTable } from "./tables.ts";

/** What the page says beside its ticks. */
export type PageParts = {
  readonly about: RunAbout;
  /** "complete" or why the run ended. */
  readonly reason: string;
  /** Everything that was decided, also what the rows no longer hold. */
  readonly decisionCount: number;
  readonly motionCount: number;
  readonly modeCounts: Readonly<Record<Mode, number>>;
  readonly firstUs: number;
  readonly lastUs: number;
  /** Label → value, for the foot of the page. */
  readonly facts: Readonly<Record<string, string>>;
};

/** Page script and style lie in assets/report; src/report and dist/src/report differ in depth. */
function asset(name: string, from = dirname(fileURLToPath(import.meta.url))): string {
  for (let dir = from; ; dir = dirname(dir)) {
    const path = join(dir, "assets", "report", name);
    if (existsSync(path)) return readFileSync(path, "utf8");
    if (dirname(dir) === dir)
      throw new RecordError("REPORT_ASSETS", `assets/report/${name} expected above ${from}`);
  }
}

/** One self-contained HTML page: no request leaves it. */
export function renderPage(parts: PageParts, rows: readonly Row[], data: ReportData): string {
  const { about, firstUs } = parts;
  const title = `${about.source.name} · ${about.command}`;
  const json = JSON.stringify(data).replaceAll("<", "\\u003c");
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
<title>${escapeHtml(title)} · Waywarden report</title>
<link rel="icon" href="data:,">
<style>${asset("page.css")}</style>
</head>
<body>
<main>
${headOf(parts)}
${tilesOf(parts, rows)}
<section class="card">
<h2>Decisions</h2>
${LEGEND}
<div id="timeline" tabindex="0" role="slider" aria-label="tick" aria-valuemin="0" aria-valuemax="${rows.length - 1}"><div id="tip" hidden></div></div>
<p class="quiet hint">Point at a tick, click to keep it; ← and → step through the ticks, with Shift by ten.</p>
<div id="detail" class="detail"></div>
</section>
${data.film.length > 0 ? `<section class="card"><h2>Film: front camera and the scene from above</h2><div id="film" class="film"></div></section>` : ""}
<section class="card"><h2>Rules that spoke</h2>${rulesTable(rows)}</section>
<section class="card"><h2>Faults</h2>${faultsTable(rows, firstUs)}</section>
<section class="card" id="latency"><h2>Age of decisions and time of stages</h2><div class="two">${latencyChart(rows)}${stagesTable(rows)}</div></section>
${footOf(parts, rows)}
</main>
<script type="application/json" id="data">${json}</script>
<script>${asset("page.js")}</script>
</body>
</html>
`;
}

function headOf({ about, reason, firstUs, lastUs }: PageParts): string {
  const seconds = ((lastUs - firstUs + about.periodUs) / 1e6).toFixed(1);
  const began = `${new Date(firstUs / 1000).toISOString().slice(0, 19).replace("T", " ")} UTC`;
  const badge = reason === "complete" ? "NORMAL" : "CAUTION";
  return `<header>
<div><h1>${escapeHtml(about.source.name)}</h1>
<p class="quiet">${escapeHtml(about.command)} of ${seconds} s from ${began} · vehicle ${escapeHtml(about.vehicle)} · ${escapeHtml(about.software)}</p></div>
<span class="badge ${badge}">${escapeHtml(reason)}</span>
</header>`;
}

const percent = (count: number, of: number): string =>
  `${of === 0 ? 0 : Math.round((100 * count) / of)} %`;

function tilesOf(parts: PageParts, rows: readonly Row[]): string {
  const { decisionCount, motionCount, modeCounts } = parts;
  const used = MODES.filter((mode) => modeCounts[mode] > 0);
  const shares = used.map((mode) => `<i class="${mode}" style="flex:${modeCounts[mode]}"></i>`);
  const names = used.map((mode) => `${mode.toLowerCase().replace("_", " ")} ${modeCounts[mode]}`);
  const { p50, p99 } = agesOf(rows);
  const faulty = rows.filter(({ decision }) => decision.faults.length > 0).length;
  const tile = (value: string, label: string) =>
    `<div class="card"><b>${value}</b><span>${label}</span></div>`;
  return `<div class="tiles">
<div class="card"><div class="share">${shares.join("")}</div><span>${names.join(" · ")}</span></div>
${tile(String(decisionCount), "decisions")}
${tile(percent(motionCount, decisionCount), "permit motion")}
${tile(`${p50.toFixed(0)} / ${p99.toFixed(0)} ms`, "age, p50 / p99")}
${tile(String(faulty), faulty === 1 ? "tick with a fault" : "ticks with faults")}
</div>`;
}

const LEGEND = `<div class="legend">
<span><i class="band NORMAL"></i>normal</span><span><i class="band CAUTION"></i>caution</span>
<span><i class="band COMFORT_STOP"></i>comfort stop</span><span><i class="band EMERGENCY_STOP"></i>emergency stop</span><span><i class="band HOLD"></i>hold</span>
<span><i style="background:var(--speed)"></i>speed, m/s</span><span><i style="background:var(--target)"></i>target speed</span>
<span class="quiet">thin band: verdict (approved, modified, replaced, refused) · red ticks: faults</span>
</div>`;

function footOf({ about, facts, decisionCount }: PageParts, rows: readonly Row[]): string {
  const left = decisionCount - rows.length;
  const lines: Record<string, string> = {
    ...(left > 0 ? { "not on this page": `${left} earlier decisions; the tiles count them` } : {}),
    source: about.source.path,
    "sha256 of log": about.hashes.log,
    "of model": about.hashes.model,
    "of config": about.hashes.config,
    ...facts,
    config: about.config,
  };
  const items = Object.entries(lines).map(
    ([name, value]) => `<dt>${escapeHtml(name)}</dt><dd><code>${escapeHtml(value)}</code></dd>`,
  );
  return `<section class="card"><h2>What ran</h2><dl class="facts">${items.join("")}</dl></section>`;
}
