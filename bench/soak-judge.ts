import type { Decision } from "../src/contract/decision.ts";
import { permitsMotion } from "../src/service/summary.ts";
import { decodeDecision } from "../src/wire/decision-codec.ts";
import { openSeal, type SealState } from "../src/wire/seal.ts";
import { decodeHealth, decodeStatus, type Health } from "../src/wire/status-codec.ts";
import { topicOf } from "../src/wire/topics.ts";

const TOPIC = topicOf("car", "decision");
/** Longest age of an input by which motion may be permitted: 2.5 periods and what deciding takes. */
const AGE_MAX_US = 350_000;
/** Absence up to this is CAUTION, in which motion without acceleration is permitted (S03). */
const ABSENCE_CAUTION_US = 300_000;
const BLIND = ["WATCHDOG_STOP", "WATCHDOG_MRM"];

type Counts = Record<string, number>;
const count = (counts: Counts, key: string) => {
  counts[key] = (counts[key] ?? 0) + 1;
};

function spread(values: readonly number[]) {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (ratio: number) => sorted[Math.max(0, Math.ceil(ratio * sorted.length) - 1)] ?? 0;
  const rounded = (value: number) => Math.round(value * 10) / 10;
  return { p50: rounded(at(0.5)), p99: rounded(at(0.99)), max: rounded(at(1)) };
}

/** An independent consumer: opens every seal, and says what should never have been published. */
export class SoakJudge {
  /** A decision from an observation has come. */
  begun = false;
  lastWords: { state?: string; mode?: string; faults?: string[] } = {};
  readonly #key: Uint8Array;
  #seal: SealState | undefined;
  #run = new Run();
  #lastObservedUs = 0;

  constructor(key: Uint8Array) {
    this.#key = key;
  }

  /** Counts anew; what is remembered of seals stays. */
  restart(): void {
    this.#run = new Run();
  }

  take(topic: string, payload: Uint8Array): void {
    if (topic === TOPIC) this.#takeDecision(payload);
    else if (topic.endsWith("/status")) this.lastWords.state = decodeStatus(payload).state;
    else if (topic.endsWith("/health")) this.#run.health(decodeHealth(payload));
  }

  finish(): ReturnType<Run["finish"]> {
    return structuredClone(this.#run.finish());
  }

  #takeDecision(payload: Uint8Array): void {
    const run = this.#run;
    const nowUs = Date.now() * 1000;
    const opened = openSeal(payload, { topic: TOPIC, key: this.#key, state: this.#seal, nowUs });
    this.#seal = opened.state;
    count(run.seals, opened.status);
    run.lost += opened.lostCount;
    if (!opened.body) {
      // Old on arrival: refused by any consumer, so late and not unsafe.
      if (opened.reason === "EXPIRED") count(run.seals, "EXPIRED");
      else if (opened.status === "ERROR") run.unsafe.brokenSeals++;
      // A step ahead is loss on the way; a step back would be two senders, or a replay.
      else if (opened.lostCount === 0) run.unsafe.counterFaults++;
      return;
    }
    const decision = decodeDecision(opened.body);
    const codes = decision.faults.map(({ code }) => code);
    if (decision.ages.length > 0) this.begun = true;
    this.lastWords = { ...this.lastWords, mode: decision.mode, faults: [...codes] };
    run.decision(decision, performance.now(), nowUs);
    if (decision.ages.length > 0) this.#lastObservedUs = decision.observationStampUs;
    this.#judge(decision);
  }

  /** Motion permitted although what it stands on is absent or stale beyond the ladder. */
  #judge(decision: Decision): void {
    const { unsafe } = this.#run;
    const codes = decision.faults.map(({ code }) => code);
    const missing = codes.includes("OBSERVATION_MISSING") || codes.includes("SENSING_ABSENT");
    if (missing && decision.mode === "NORMAL") unsafe.normalWithoutInput++;
    if (!permitsMotion(decision)) return;
    if (codes.some((code) => BLIND.includes(code))) unsafe.motionUnderWatchdog++;
    const absentUs = decision.observationStampUs - this.#lastObservedUs;
    if (missing && absentUs > ABSENCE_CAUTION_US + 100_000) unsafe.motionBeyondLadder++;
    if (missing && decision.accelLimitMps2 > 0) unsafe.accelerationWithoutInput++;
    if (decision.ages.some(({ ageUs }) => ageUs > AGE_MAX_US)) unsafe.motionOnStaleInput++;
  }
}

/** Counts of one measured stretch. */
class Run {
  readonly seals: Counts = {};
  readonly unsafe = {
    brokenSeals: 0,
    counterFaults: 0,
    normalWithoutInput: 0,
    motionUnderWatchdog: 0,
    motionBeyondLadder: 0,
    accelerationWithoutInput: 0,
    motionOnStaleInput: 0,
  };
  lost = 0;
  readonly #modes: Counts = {};
  readonly #faults: Counts = {};
  readonly #gapsMs: number[] = [];
  readonly #totalMs: number[] = [];
  readonly #ageMs: number[] = [];
  #latches = 0;
  #latched = false;
  #firstMs: number | undefined;
  #lastMs = 0;
  #count = 0;
  #health: { first?: Health; last?: Health } = {};

  health(health: Health): void {
    this.#health.first ??= health;
    this.#health.last = health;
  }

  decision(decision: Decision, nowMs: number, nowUs: number): void {
    const { mode, faults, timing, ages, observationStampUs } = decision;
    if (this.#firstMs !== undefined) this.#gapsMs.push(nowMs - this.#lastMs);
    this.#firstMs ??= nowMs;
    this.#lastMs = nowMs;
    this.#count++;
    count(this.#modes, mode);
    for (const { code } of faults) count(this.#faults, code);
    // Hazard lights are on while a minimal-risk maneuver is latched, not for a threat that passes.
    if (decision.hazardLights && !this.#latched) this.#latches++;
    this.#latched = decision.hazardLights;
    this.#totalMs.push(timing.totalMs);
    if (ages.length > 0) this.#ageMs.push((nowUs - observationStampUs) / 1000);
  }

  finish() {
    const spanS = (this.#lastMs - (this.#firstMs ?? this.#lastMs)) / 1000;
    const { first, last } = this.#health;
    return {
      decisions: this.#count,
      rateHz: spanS > 0 ? Math.round(((this.#count - 1) / spanS) * 1000) / 1000 : 0,
      gapMs: spread(this.#gapsMs),
      /** Stamp of the observation to the decision in the hands of the consumer. */
      ageMs: spread(this.#ageMs),
      /** Begin of the tick to the decision ready to publish. */
      decideMs: spread(this.#totalMs),
      modes: this.#modes,
      faults: this.#faults,
      latches: this.#latches,
      seals: { ...this.seals, lost: this.lost },
      unsafe: this.unsafe,
      dropped: (last?.droppedCount ?? 0) - (first?.droppedCount ?? 0),
    };
  }
}
