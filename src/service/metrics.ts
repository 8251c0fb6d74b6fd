import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { LiveTick } from "./live-loop.ts";
import type { InboxCounts } from "./observation-inbox.ts";

const AGE_BUCKETS_S = [0.02, 0.04, 0.06, 0.08, 0.1, 0.15, 0.2, 0.3, 0.5, 1];

/** What is read when somebody asks. */
export type MetricSources = {
  readonly inbox: () => InboxCounts;
  readonly gate: () => {
    readonly published: number;
    readonly dropped: number;
    readonly blindCount: number;
    readonly staleCount: number;
    readonly pacedCount: number;
  };
  readonly reconnects: () => number;
  readonly lastDecisionAgeMs: () => number | undefined;
};

/** Prometheus metrics of a live drive; docs/live.md lists them. */
export class DriveMetrics {
  readonly #registry = new Registry();
  readonly #decisions = this.#counter("decisions_total", "Decisions by mode", ["mode"]);
  readonly #faults = this.#counter("faults_total", "Faults in decisions by code", ["code"]);
  readonly #age = new Histogram({
    name: "waywarden_decision_age_seconds",
    help: "From the arrival of the observation to the decision",
    buckets: AGE_BUCKETS_S,
    registers: [this.#registry],
  });
  readonly #lag = new Gauge({
    name: "waywarden_event_loop_lag_seconds",
    help: "Longest lag of the event loop before the last decision",
    registers: [this.#registry],
  });

  constructor(sources: MetricSources) {
    collectDefaultMetrics({ register: this.#registry });
    const { inbox, gate } = sources;
    this.#read(
      "observations_received_total",
      "Messages on the observation topic",
      () => inbox().received,
    );
    this.#read("observations_superseded_total", "Newer ones came first", () => inbox().superseded);
    this.#read("observations_lost_total", "Missing by their counters", () => inbox().lost);
    this.#read("decisions_published_total", "Acknowledged by the broker", () => gate().published);
    this.#read("decisions_dropped_total", "Broker away or slow", () => gate().dropped);
    this.#read("decisions_blind_total", "Made by the watchdog", () => gate().blindCount);
    this.#read("decisions_stale_total", "Refused after the watchdog", () => gate().staleCount);
    this.#read("decisions_paced_total", "Came too soon", () => gate().pacedCount);
    this.#read("broker_reconnects_total", "Times the broker came back", sources.reconnects);
    const age = () => (sources.lastDecisionAgeMs() ?? Number.NaN) / 1000;
    this.#read("last_decision_age_seconds", "Since the last decision; NaN before it", age);
    this.#refusals(inbox);
  }

  /** @param ageMs from the arrival of the observation to the decision. */
  note({ decision }: LiveTick, ageMs: number, lagMs: number): void {
    this.#decisions.inc({ mode: decision.mode });
    for (const { code } of decision.faults) this.#faults.inc({ code });
    this.#age.observe(ageMs / 1000);
    this.#lag.set(lagMs / 1000);
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  text(): Promise<string> {
    return this.#registry.metrics();
  }

  #counter<L extends string>(name: string, help: string, labelNames: L[]): Counter<L> {
    return new Counter({
      name: `waywarden_${name}`,
      help,
      labelNames,
      registers: [this.#registry],
    });
  }

  #read(name: string, help: string, read: () => number): void {
    new Gauge({
      name: `waywarden_${name}`,
      help,
      registers: [this.#registry],
      collect() {
        this.set(read());
      },
    });
  }

  #refusals(inbox: () => InboxCounts): void {
    new Gauge({
      name: "waywarden_observations_refused_total",
      help: "Messages left out, by fault",
      labelNames: ["code"],
      registers: [this.#registry],
      collect() {
        for (const [code, count] of Object.entries(inbox().refused)) this.set({ code }, count);
      },
    });
  }
}
