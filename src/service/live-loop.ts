import type { Fault, FaultCode } from "../contract/fault.ts";
import type { Observation, Route } from "../contract/observation.ts";
import { encodeDecision } from "../wire/decision-codec.ts";
import { absentObservation } from "./absent-observation.ts";
import type { LiveClock } from "./clock.ts";
import type { Alarm } from "./decision-gate.ts";
import { type Arrival, type ObservationInbox, wallOffsetOf } from "./observation-inbox.ts";
import type { Pipeline, Rooms, Tick } from "./pipeline.ts";
import { LEAST_PERIOD_MS, PERIOD_MS } from "./publish-pace.ts";
import { sealOrStop } from "./seal-or-stop.ts";

/** A tick may start this early when its observation is there (S16). */
const EARLY_MS = PERIOD_MS - LEAST_PERIOD_MS;
/** How long after its time a tick waits for its observation before it goes without. */
const PATIENCE_MS = 25;
/** S23: more lag of the event loop, and longer deciding, is CAUTION. */
const LAG_MAX_MS = 100;
const DECIDE_MAX_MS = 200;
/** The wall clock may be slewed; a step beyond this between two ticks is a jump. */
const CLOCK_STEP_US = 100_000;

/** A decision ready to go, with all that it was made from. */
export type LiveTick = Tick & {
  /** Encoded Decision. */
  readonly body: Uint8Array;
  /** Monotonic: when its observation came, or when the tick began without one. */
  readonly sinceMs: number;
  /** false until the first observation has come. */
  readonly begun: boolean;
  /** The last alarm of the gate that was known when the tick began. */
  readonly alarmSeen: number;
  /** Longest lag of the event loop before the tick. */
  readonly lagMs: number;
};

export type LiveLoopOptions = {
  readonly clock: LiveClock;
  readonly inbox: ObservationInbox;
  readonly pipeline: Pipeline;
  readonly rooms: Rooms;
  /** Newest instruction from its topic, if one came since the last tick. */
  readonly takeInstruction: () => Route | undefined;
  /** Whether the gate had to decide because nothing came from here. */
  readonly alarm: () => Alarm;
  /** Longest lag of the event loop since the last look, ms. */
  readonly takeLagMs: () => number;
  /** Takes the decision away; must not wait. */
  readonly publish: (tick: LiveTick) => void;
  readonly signal: AbortSignal;
};

/**
 * Decides at a steady rate, in step with the observations while they come and by itself where they
 * do not. Paced by monotonic time; only stamps are compared with the wall clock.
 */
export class LiveLoop {
  readonly #options: LiveLoopOptions;
  /** When the next tick is due, monotonic. */
  #dueMs: number;
  #route: Route | undefined;
  /** The last observation that was decided. */
  #last: Arrival | undefined;
  #lastStampUs = 0;
  #alarmSeen = 0;
  #lagMs = 0;
  #decideMs = 0;
  #wallOffsetUs: number | undefined;

  constructor(options: LiveLoopOptions) {
    this.#options = options;
    this.#dueMs = options.clock.monoMs();
  }

  /** Until the signal is aborted; then ends in a published minimal-risk decision. */
  async run(): Promise<void> {
    const { signal } = this.#options;
    while (!signal.aborted) {
      await this.#untilDue();
      if (!signal.aborted) await this.#tick();
    }
    this.#end();
  }

  async #untilDue(): Promise<void> {
    const { clock, inbox, signal } = this.#options;
    await clock.sleep(this.#dueMs - EARLY_MS - clock.monoMs(), signal);
    if (signal.aborted || inbox.waiting) return;
    const waking = new AbortController();
    const wake = () => waking.abort();
    inbox.onArrival = wake;
    signal.addEventListener("abort", wake);
    await clock.sleep(this.#dueMs + PATIENCE_MS - clock.monoMs(), waking.signal);
    signal.removeEventListener("abort", wake);
    inbox.onArrival = undefined;
  }

  async #tick(): Promise<void> {
    const { clock, inbox, pipeline, rooms } = this.#options;
    const nowMs = clock.monoMs();
    const nowUs = clock.wallUs();
    const { arrival, faults } = inbox.take();
    // With an observation the source sets the pace; without one it goes on as before.
    const anchorMs = arrival ? Math.max(nowMs, this.#dueMs - EARLY_MS) : this.#dueMs;
    this.#dueMs = Math.max(anchorMs + PERIOD_MS, nowMs);
    // The run cycle begins with the first observation: what was before it does not count.
    const seen = this.#watchFaults(nowUs);
    const watched = this.#last ? seen : [];
    const jump = this.#clockFault(nowUs, arrival);
    if (jump || arrival?.newSource) {
      // What these remember is stamped by another clock, or placed in another odometry.
      rooms.perception.reset();
      rooms.obstacles.reset();
    }
    const found = this.#observationAt(nowUs, nowMs, arrival);
    const observation = {
      ...found,
      route: this.#routeAt(found),
      faults: [...found.faults, ...faults, ...watched, ...(jump ? [jump] : [])],
    };
    if (arrival) this.#last = arrival;
    if (this.#last) {
      this.#lastStampUs = observation.stampUs;
      inbox.noteDecided(observation.stampUs);
    }
    const decided = await pipeline.decide(observation, nowUs);
    this.#decideMs = clock.monoMs() - nowMs;
    // The run cycle begins with the first observation: nothing latches before it.
    if (!this.#last) rooms.supervisor.reset();
    this.#publish(decided, nowUs, arrival?.receivedMs ?? nowMs);
  }

  #publish(decided: Tick, nowUs: number, sinceMs: number): void {
    const { pipeline, publish } = this.#options;
    const { tick, bytes, sealMs } = sealOrStop(pipeline, encodeDecision, decided, nowUs);
    pipeline.noteSealMs(sealMs);
    const begun = this.#last !== undefined;
    const watch = { alarmSeen: this.#alarmSeen, lagMs: this.#lagMs };
    publish({ ...tick, ...watch, body: bytes, sinceMs, begun });
  }

  #end(): void {
    const { clock, pipeline } = this.#options;
    const nowUs = clock.wallUs();
    const nowMs = clock.monoMs();
    const observation = this.#observationAt(nowUs, nowMs, undefined);
    const detail = "driving expected, found that the service was told to end";
    const fault: Fault = { code: "SHUTDOWN", detail, stampUs: nowUs };
    this.#watchFaults(nowUs);
    this.#publish(pipeline.stop(observation, nowUs, fault), nowUs, nowMs);
  }

  #observationAt(nowUs: number, nowMs: number, arrival: Arrival | undefined): Observation {
    if (arrival) return arrival.observation;
    const last = this.#last;
    if (!last) return absentObservation(nowUs, undefined);
    // On the grid of the stamps, so that the next observation comes after it.
    const ticks = Math.max(1, Math.round((nowMs - last.receivedMs) / PERIOD_MS));
    const stepUs = wallOffsetOf(this.#options.clock) - last.wallOffsetUs;
    const stampUs = last.observation.stampUs + ticks * PERIOD_MS * 1000 + stepUs;
    return absentObservation(stampUs, last.observation);
  }

  /** The instruction topic beats what observations carry; its time is when it was first heeded. */
  #routeAt(observation: Observation): Route {
    const told = this.#options.takeInstruction();
    if (told) this.#route = { ...told, givenUs: observation.stampUs };
    return this.#route ?? observation.route;
  }

  /** S23: what the watchdogs have seen since the last tick. */
  #watchFaults(nowUs: number): Fault[] {
    const { alarm, takeLagMs } = this.#options;
    const faults: Fault[] = [];
    const say = (code: FaultCode, detail: string) => faults.push({ code, detail, stampUs: nowUs });
    const { number, mrm } = alarm();
    if (number !== this.#alarmSeen)
      say(
        mrm ? "WATCHDOG_MRM" : "WATCHDOG_STOP",
        `a decision every ${PERIOD_MS} ms expected, found that the watchdog had to decide`,
      );
    this.#alarmSeen = number;
    this.#lagMs = takeLagMs();
    if (this.#lagMs > LAG_MAX_MS) {
      const found = `found ${Math.round(this.#lagMs)} ms`;
      say("LOOP_LAG", `an event loop that lags by at most ${LAG_MAX_MS} ms expected, ${found}`);
    }
    if (this.#decideMs > DECIDE_MAX_MS) {
      const found = `found ${Math.round(this.#decideMs)} ms`;
      say("INFERENCE_SLOW", `a decision within ${DECIDE_MAX_MS} ms expected, ${found}`);
    }
    this.#decideMs = 0;
    return faults;
  }

  #clockFault(nowUs: number, arrival: Arrival | undefined): Fault | undefined {
    const before = this.#wallOffsetUs;
    this.#wallOffsetUs = wallOffsetOf(this.#options.clock);
    const fault = (detail: string): Fault => ({ code: "CLOCK_JUMP", detail, stampUs: nowUs });
    const stepUs = this.#wallOffsetUs - (before ?? this.#wallOffsetUs);
    const stepMs = Math.round(stepUs / 1000);
    if (Math.abs(stepUs) > CLOCK_STEP_US)
      return fault(`a steady wall clock expected, found a step of ${stepMs} ms`);
    if (!arrival || !this.#last || arrival.newSource) return undefined;
    const aheadUs = arrival.observation.stampUs - this.#lastStampUs;
    if (aheadUs > 0) return undefined;
    return fault(
      `a stamp after the last one expected, found ${Math.round(-aheadUs / 1000)} ms before`,
    );
  }
}
