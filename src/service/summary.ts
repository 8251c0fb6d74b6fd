import { createHash } from "node:crypto";
import type { Decision, StageTiming } from "../contract/decision.ts";
import type { RecordingEnd } from "../record/recorded-tick.ts";
import { decisionBytesForCompare } from "../wire/decision-codec.ts";
import type { LinkCounts } from "../wire/mqtt-link.ts";
import type { InstrumentOutcome } from "./instrument-desk.ts";
import type { Tick } from "./pipeline.ts";

export type Spread = { readonly p50: number; readonly p99: number; readonly max: number };
type Counts = Record<string, number>;

/** Machine-readable outcome of a replay; keys are part of the command's interface. */
export type ReplaySummary = {
  readonly source: { readonly name: string; readonly path: string; readonly damage?: string };
  /** false when interrupted or when the log cannot be read to its end. */
  readonly complete: boolean;
  readonly error?: { readonly code: string; readonly message: string };
  readonly observations: number;
  readonly decisions: number;
  /** Ticks without the sensor, by kind: "lidar" and "camera" count ticks with at least one missing. */
  readonly missing: Counts;
  readonly faults: Counts;
  readonly modes: Counts;
  readonly verdicts: Counts;
  /** Decisions in which a rule spoke, by verdict and rule. */
  readonly rules: Counts;
  readonly verdictsByRule: Record<string, Counts>;
  /** Final decisions that let the vehicle move. */
  readonly permitsMotion: number;
  readonly latencyMs: Record<keyof StageTiming, Spread>;
  /** Observation read to decision handed to the broker, wall time. */
  readonly decisionAgeMs: Spread;
  readonly replaySpeed: number;
  readonly wallS: number;
  /** User and system time of all threads from the first decision on, per decision. */
  readonly cpuMsPerDecision: number;
  /** Start of the process to the first decision that counts, wall time. */
  readonly firstDecisionS: number;
  readonly peakRssMb: number;
  readonly hashes: {
    readonly log: string;
    readonly model: string;
    readonly config: string;
    /** sha256 over all decisions without their wall times. */
    readonly decisions: string;
  };
  readonly published: number;
  readonly dropped: number;
  readonly instructions: number;
  /** What --record wrote. */
  readonly recording?: RecordingEnd;
  /** What --report wrote. */
  readonly report?: NonNullable<InstrumentOutcome["report"]>;
};

/** p50, p99 (nearest rank) and max; zeros for an empty list. */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (ratio: number) => sorted[Math.max(0, Math.ceil(ratio * sorted.length) - 1)] ?? 0;
  const rounded = (value: number) => Math.round(value * 1000) / 1000;
  return { p50: rounded(at(0.5)), p99: rounded(at(0.99)), max: rounded(at(1)) };
}

/** A decision permits motion when the vehicle may still move at the end of its trajectory. */
export function permitsMotion({ mode, maneuver, trajectory }: Decision): boolean {
  const free = mode === "NORMAL" || mode === "CAUTION";
  return free && maneuver.targetSpeedMps > 0 && (trajectory.speedMps.at(-1) ?? 0) > 0;
}

/** Counts ticks as they come; holds numbers only, never observations. */
export class SummaryCollector {
  readonly #hash = createHash("sha256");
  readonly #timings: StageTiming[] = [];
  readonly #agesMs: number[] = [];
  readonly #missing: Counts = {};
  readonly #faults: Counts = {};
  readonly #modes: Counts = {};
  readonly #verdicts: Counts = {};
  readonly #rules: Counts = {};
  readonly #verdictsByRule: Record<string, Counts> = {};
  #permits = 0;
  #observations = 0;
  #firstUs: number | undefined;
  #lastUs = 0;

  add(tick: Tick, ageMs: number, sealMs: number): void {
    const { decision, observation } = tick;
    this.#observations++;
    this.#firstUs ??= observation.stampUs;
    this.#lastUs = observation.stampUs + observation.periodUs;
    const bytes = decisionBytesForCompare(decision);
    this.#hash.update(`${bytes.length}\n`).update(bytes);
    this.#timings.push({ ...decision.timing, sealMs });
    this.#agesMs.push(ageMs);
    for (const kind of missingKinds(tick)) count(this.#missing, kind);
    for (const { code } of decision.faults) count(this.#faults, code);
    count(this.#modes, decision.mode);
    count(this.#verdicts, decision.verdict);
    for (const rule of new Set(decision.hits.map((hit) => hit.rule))) {
      count(this.#rules, rule);
      this.#verdictsByRule[rule] ??= {};
      count(this.#verdictsByRule[rule], decision.verdict);
    }
    if (permitsMotion(decision)) this.#permits++;
  }

  finish(about: {
    readonly source: ReplaySummary["source"];
    readonly complete: boolean;
    readonly error?: ReplaySummary["error"];
    readonly wallMs: number;
    readonly cpuMs: number;
    readonly firstDecisionMs: number;
    readonly hashes: Omit<ReplaySummary["hashes"], "decisions">;
    readonly counts: LinkCounts;
  }): ReplaySummary {
    const stages = Object.keys(this.#timings[0] ?? {}) as (keyof StageTiming)[];
    const latency = stages.map(
      (stage) => [stage, spreadOf(this.#timings.map((timing) => timing[stage]))] as const,
    );
    const logS = (this.#lastUs - (this.#firstUs ?? this.#lastUs)) / 1e6;
    return {
      source: about.source,
      complete: about.complete,
      ...(about.error ? { error: about.error } : {}),
      observations: this.#observations,
      decisions: this.#timings.length,
      missing: this.#missing,
      faults: this.#faults,
      modes: this.#modes,
      verdicts: this.#verdicts,
      rules: this.#rules,
      verdictsByRule: this.#verdictsByRule,
      permitsMotion: this.#permits,
      latencyMs: Object.fromEntries(latency) as Record<keyof StageTiming, Spread>,
      decisionAgeMs: spreadOf(this.#agesMs),
      replaySpeed: about.wallMs > 0 ? round3((logS * 1000) / about.wallMs) : 0,
      wallS: round3(about.wallMs / 1000),
      cpuMsPerDecision: round3(about.cpuMs / Math.max(1, this.#timings.length)),
      firstDecisionS: round3(about.firstDecisionMs / 1000),
      peakRssMb: round3(process.resourceUsage().maxRSS / 1024),
      hashes: { ...about.hashes, decisions: this.#hash.digest("hex") },
      published: about.counts.published,
      dropped: about.counts.dropped,
      instructions: about.counts.instructions,
    };
  }
}

function missingKinds({ observation }: Tick): string[] {
  const { expectedLidars, expectedCameras, sweeps, images, ego } = observation;
  return [
    ...(sweeps.length < expectedLidars.length ? ["lidar"] : []),
    ...(images.length < expectedCameras.length ? ["camera"] : []),
    ...(ego ? [] : ["ego"]),
  ];
}

function count(counts: Counts, key: string): void {
  counts[key] = (counts[key] ?? 0) + 1;
}

const round3 = (value: number) => Math.round(value * 1000) / 1000;
