import type { Decision } from "../contract/decision.ts";
import { SourceError } from "../contract/errors.ts";
import type { Observation, Route } from "../contract/observation.ts";
import type { ObservationSource } from "../ingest/source.ts";
import { cpuMs, monotonicMs, sleepMs } from "./clock.ts";
import type { Pipeline, Tick } from "./pipeline.ts";
import type { Publisher } from "./publisher.ts";
import { oneByOne, readAhead } from "./read-ahead.ts";
import { sealOrStop } from "./seal-or-stop.ts";
import { type ReplaySummary, SummaryCollector } from "./summary.ts";

export type ReplayOptions = {
  readonly source: ObservationSource;
  readonly pipeline: Pipeline;
  readonly publisher: Publisher;
  readonly hashes: { readonly model: string; readonly config: string };
  /** Multiple of real time, or as fast as it goes. */
  readonly rate: number | "max";
  readonly decisionDelayUs: number;
  /** Called with the first observation before it counts; must leave no trace in the pipeline. */
  readonly warmUp?: (first: Observation, nowUs: number) => Promise<void>;
  /** Newest instruction from outside, if any came; asked once before each decision. */
  readonly takeInstruction?: () => Route | undefined;
  /** Called after the decision is published; what it does delays the next tick, never changes it. */
  readonly onTick?: (tick: Tick, ageMs: number, sealed: Uint8Array) => void | Promise<void>;
  /** Aborted: no further observation is read, the summary is of what was decided. */
  readonly signal?: AbortSignal;
};

/**
 * Decides every observation exactly once, in order, at an injected time (stamp + delay). The rate
 * moves only the wall time at which a tick starts, so decisions are bit-equal at any rate.
 */
export async function replay(options: ReplayOptions): Promise<ReplaySummary> {
  const { source, publisher, signal } = options;
  const summary = new SummaryCollector();
  const run = new Stopwatch();
  const error = await decideAll(options, summary, run);
  const spent = run.spent();
  await publisher.flush();
  const { name, path, damage, logHash } = source.info;
  return summary.finish({
    source: { name, path, ...(damage === undefined ? {} : { damage }) },
    complete: !signal?.aborted && !error,
    ...(error ? { error: { code: error.code, message: error.message } } : {}),
    ...spent,
    hashes: { log: logHash, ...options.hashes },
    counts: publisher.counts,
  });
}

/** Answers why the source could not be read to its end, if so; what was read is decided. */
async function decideAll(
  options: ReplayOptions,
  summary: SummaryCollector,
  run: Stopwatch,
): Promise<SourceError | undefined> {
  const { source, signal, rate } = options;
  let { warmUp } = options;
  const pace = new Pace(rate);
  let route: Route | undefined;
  const observations = source.observations();
  try {
    const items = rate === "max" ? readAhead(observations) : oneByOne(observations);
    for await (const { item: read, next } of items) {
      if (warmUp) {
        await warmUp(read, read.stampUs + options.decisionDelayUs);
        warmUp = undefined;
        run.restart();
      }
      if (!signal?.aborted) await pace.until(read.stampUs, signal);
      if (signal?.aborted) break;
      const readMs = monotonicMs();
      const told = options.takeInstruction?.();
      if (told) route = { ...told, givenUs: read.stampUs };
      await decideOne(options, summary, route ? { ...read, route } : read, readMs, next);
      run.noteDecision();
    }
  } catch (error) {
    if (error instanceof SourceError) return error;
    throw error;
  }
  return undefined;
}

async function decideOne(
  options: ReplayOptions,
  summary: SummaryCollector,
  observation: Observation,
  readMs: number,
  next?: Promise<Observation | undefined>,
): Promise<void> {
  const { pipeline, publisher } = options;
  const nowUs = observation.stampUs + options.decisionDelayUs;
  const deciding = pipeline.decide(observation, nowUs);
  void next?.then((following) => following && pipeline.prepare(following));
  const seal = (decision: Decision) => publisher.seal(decision);
  const { tick, bytes, sealMs } = sealOrStop(pipeline, seal, await deciding, nowUs);
  await publisher.publish(bytes, tick.decision, readMs);
  const ageMs = monotonicMs() - readMs;
  pipeline.noteSealMs(sealMs);
  summary.add(tick, ageMs, sealMs);
  await options.onTick?.(tick, ageMs, bytes);
}

/** Time of the run; what comes before the first decision is start-up, not replay. */
class Stopwatch {
  #startMs = monotonicMs();
  #startCpuMs = cpuMs();
  #firstDecisionMs: number | undefined;

  restart(): void {
    this.#startMs = monotonicMs();
    this.#startCpuMs = cpuMs();
  }

  noteDecision(): void {
    this.#firstDecisionMs ??= monotonicMs();
  }

  spent(): { readonly wallMs: number; readonly cpuMs: number; readonly firstDecisionMs: number } {
    return {
      wallMs: monotonicMs() - this.#startMs,
      cpuMs: cpuMs() - this.#startCpuMs,
      firstDecisionMs: this.#firstDecisionMs ?? 0,
    };
  }
}

/** Starts ticks in step with their stamps; one that is late is started at once, none is left out. */
class Pace {
  readonly #rate: number | "max";
  #origin: { readonly wallMs: number; readonly stampUs: number } | undefined;

  constructor(rate: number | "max") {
    this.#rate = rate;
  }

  async until(stampUs: number, signal?: AbortSignal): Promise<void> {
    if (this.#rate === "max") return;
    this.#origin ??= { wallMs: monotonicMs(), stampUs };
    const dueMs = this.#origin.wallMs + (stampUs - this.#origin.stampUs) / 1000 / this.#rate;
    await sleepMs(dueMs - monotonicMs(), signal);
  }
}
