import { MODES, type RuleId, VERDICTS } from "../contract/decision.ts";
import { FAULTS, type FaultCode } from "../contract/fault.ts";
import type { Row } from "./report-data.ts";

/** What each rule looks after, in a few words; docs/safety.md says all. */
const RULE_TITLES: Readonly<Record<RuleId, string>> = {
  S00: "default deny: NORMAL only when everything passed",
  S01: "the human's override",
  S02: "inputs and proposal are possible",
  S03: "inputs are fresh",
  S04: "inputs are not frozen",
  S05: "message counters and epoch",
  S06: "sources agree",
  S07: "distance ahead (RSS)",
  S08: "distance to oncoming traffic (RSS)",
  S09: "distance sideways (RSS)",
  S10: "proper response",
  S11: "free sight",
  S12: "following time gap",
  S13: "corridor box and time to collision",
  S14: "second, independent check",
  S15: "acceleration, jerk and curvature",
  S16: "rate of change",
  S17: "speed limit and traffic rules",
  S18: "cut-in",
  S19: "confidence",
  S20: "a stop is always possible",
  S21: "minimal-risk maneuver",
  S22: "the layer's own stop",
  S23: "watchdogs",
  S24: "the decision can be sealed",
};

export const escapeHtml = (text: string): string =>
  text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);

type Spoken = { decisions: number; readonly verdicts: Map<string, number>; worst: number };

/** Rules that spoke, most often first: in how many decisions, what they asked for at worst. */
export function rulesTable(rows: readonly Row[]): string {
  const rules = new Map<RuleId, Spoken>();
  for (const { decision } of rows)
    for (const rule of new Set(decision.hits.map((hit) => hit.rule))) {
      const spoken = rules.get(rule) ?? { decisions: 0, verdicts: new Map(), worst: 0 };
      rules.set(rule, spoken);
      spoken.decisions++;
      const { verdict, hits } = decision;
      spoken.verdicts.set(verdict, (spoken.verdicts.get(verdict) ?? 0) + 1);
      for (const hit of hits)
        if (hit.rule === rule) spoken.worst = Math.max(spoken.worst, MODES.indexOf(hit.mode));
    }
  if (rules.size === 0) return `<p class="quiet">No rule spoke.</p>`;
  const lines = [...rules]
    .sort(([, a], [, b]) => b.decisions - a.decisions)
    .map(([rule, { decisions, verdicts, worst }]) => {
      const mode = MODES[worst]!;
      const counts = VERDICTS.map((v) => `<td class="n">${verdicts.get(v) ?? ""}</td>`);
      return (
        `<tr><td>${rule}</td><td>${RULE_TITLES[rule]}</td>` +
        `<td><span class="badge ${mode}">${mode}</span></td>` +
        `<td class="n">${decisions}</td>${counts.join("")}</tr>`
      );
    });
  const heads = VERDICTS.map((v) => `<th class="n">${v.toLowerCase()}</th>`).join("");
  return (
    `<div class="scroll"><table><tr><th>rule</th><th>looks after</th><th>at worst</th>` +
    `<th class="n">decisions</th>${heads}</tr>${lines.join("")}</table></div>`
  );
}

/** Faults by code and source: how many ticks, when, what they mean. */
export function faultsTable(rows: readonly Row[], firstUs: number): string {
  const faults = new Map<string, { code: FaultCode; count: number; from: number; to: number }>();
  for (const { decision } of rows)
    for (const { code, source } of decision.faults) {
      const atS = (decision.observationStampUs - firstUs) / 1e6;
      const key = `${code} ${source ?? ""}`.trim();
      const known = faults.get(key) ?? { code, count: 0, from: atS, to: atS };
      faults.set(key, { ...known, count: known.count + 1, to: atS });
    }
  if (faults.size === 0) return `<p class="quiet">No fault.</p>`;
  const lines = [...faults]
    .sort(([, a], [, b]) => b.count - a.count)
    .map(([key, { code, count, from, to }]) => {
      const [reaction, meaning] = FAULTS[code];
      const when = from === to ? from.toFixed(1) : `${from.toFixed(1)} – ${to.toFixed(1)}`;
      return (
        `<tr><td class="wrap">${escapeHtml(key)}<br><span class="quiet">${escapeHtml(meaning)}</span></td>` +
        `<td>${reaction}</td><td class="n">${count}</td><td class="n">${when} s</td></tr>`
      );
    });
  return (
    `<div class="scroll"><table><tr><th>fault</th><th>asks for</th><th class="n">ticks</th>` +
    `<th class="n">when</th></tr>${lines.join("")}</table></div>`
  );
}
