import type { Observation } from "../contract/observation.ts";
import { Supervisor } from "../safety/supervisor.ts";
import type { MarkedObservation } from "../wire/observation-codec.ts";
import type { LiveClock } from "./clock.ts";
import { aTickObservation, fakeRooms, SETTINGS, START_US } from "./fakes.cases.ts";
import { LiveLoop, type LiveTick } from "./live-loop.ts";
import { ObservationInbox } from "./observation-inbox.ts";
import { Pipeline, type Rooms } from "./pipeline.ts";

/** Everything that waits for promises alone has gone on when this resolves. */
const settled = async () => {
  for (let i = 0; i < 3; i++) await new Promise((resolve) => setImmediate(resolve));
};

/** Time that passes only when told; its wall clock can be set like any. */
export class FakeClock implements LiveClock {
  #nowMs = 0;
  #wallShiftUs = 0;
  #timers: { atMs: number; wake: () => void }[] = [];

  readonly monoMs = () => this.#nowMs;
  readonly wallUs = () => START_US + Math.round(this.#nowMs * 1000) + this.#wallShiftUs;
  readonly sleep = (ms: number, signal?: AbortSignal): Promise<void> => {
    if (ms <= 0 || signal?.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const done = () => {
        this.#timers = this.#timers.filter((other) => other !== timer);
        signal?.removeEventListener("abort", done);
        resolve();
      };
      const timer = { atMs: this.#nowMs + ms, wake: done };
      this.#timers.push(timer);
      signal?.addEventListener("abort", done);
    });
  };

  setWall(shiftUs: number): void {
    this.#wallShiftUs = shiftUs;
  }

  /** Runs `act` at a time of its own, such as a message that comes. */
  at(ms: number, act: () => void): void {
    this.#timers.push({ atMs: ms, wake: act });
  }

  /** Lets time pass without anybody noticing: the event loop is blocked. */
  block(ms: number): void {
    this.#nowMs += ms;
  }

  async runTo(ms: number): Promise<void> {
    await settled();
    for (;;) {
      this.#timers.sort((a, b) => a.atMs - b.atMs);
      const next = this.#timers[0];
      if (!next || next.atMs > ms) break;
      this.#timers.shift();
      this.#nowMs = Math.max(this.#nowMs, next.atMs);
      next.wake();
      await settled();
    }
    this.#nowMs = Math.max(this.#nowMs, ms);
  }
}

export const EPOCH = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);
/** From stamp to arrival. */
export const LATENCY_MS = 30;

export const marked = (
  observation: Observation,
  counter: number,
  epoch = EPOCH,
): MarkedObservation => ({ observation, mark: { epoch, counter } });

/** A live loop over fake rooms and the real supervisor, with a sender that can misbehave. */
export class LiveBench {
  readonly clock = new FakeClock();
  readonly inbox = new ObservationInbox(this.clock);
  readonly ticks: (LiveTick & { readonly atMs: number })[] = [];
  alarm = { number: 0, mrm: false };
  lagMs = 0;
  readonly #stop = new AbortController();
  readonly #done: Promise<void>;

  constructor(changes: Partial<Rooms> = {}) {
    const rooms = fakeRooms({ supervisor: new Supervisor(), ...changes });
    const loop = new LiveLoop({
      clock: this.clock,
      inbox: this.inbox,
      pipeline: new Pipeline(rooms, SETTINGS),
      rooms,
      takeInstruction: () => undefined,
      alarm: () => this.alarm,
      takeLagMs: () => {
        const lagMs = this.lagMs;
        this.lagMs = 0;
        return lagMs;
      },
      publish: (tick) => this.ticks.push({ ...tick, atMs: this.clock.monoMs() }),
      signal: this.#stop.signal,
    });
    this.#done = loop.run();
  }

  /** Observation `i` was taken at i · 100 ms and comes 30 ms later, or later still. */
  send(i: number, how: { counter?: number; lateMs?: number; change?: Partial<Observation> } = {}) {
    const stampMs = i * 100;
    this.clock.at(stampMs + LATENCY_MS + (how.lateMs ?? 0), () => {
      // Stamped by the sender's clock, which is the wall clock of its moment.
      const observation = { ...aTickObservation(i), ...how.change };
      this.inbox.put(marked(observation, how.counter ?? i));
    });
  }

  sendAll(from: number, to: number, skip: readonly number[] = []): void {
    for (let i = from; i < to; i++) if (!skip.includes(i)) this.send(i);
  }

  /** Ticks from the first observation on. */
  get begun() {
    return this.ticks.filter((tick) => tick.begun);
  }

  get modes(): string[] {
    return this.begun.map((tick) => tick.decision.mode);
  }

  /** Codes of all faults in decisions of [fromMs, toMs). */
  faults(fromMs = 0, toMs = Number.POSITIVE_INFINITY): Set<string> {
    const some = this.ticks.filter(({ atMs }) => atMs >= fromMs && atMs < toMs);
    return new Set(some.flatMap((tick) => tick.decision.faults.map(({ code }) => code)));
  }

  async end(): Promise<void> {
    this.#stop.abort();
    await this.clock.runTo(this.clock.monoMs());
    await this.#done;
  }
}

/** All stamps of an observation moved, as another clock would have given them. */
export function shifted(observation: Observation, byUs: number): Observation {
  const { stampUs, arrivalUs, images, sweeps, ego } = observation;
  return {
    ...observation,
    stampUs: stampUs + byUs,
    arrivalUs: arrivalUs + byUs,
    images: images.map((image) => ({ ...image, stampUs: image.stampUs + byUs })),
    sweeps: sweeps.map((sweep) => ({ ...sweep, stampUs: sweep.stampUs + byUs })),
    ...(ego ? { ego: { ...ego, stampUs: ego.stampUs + byUs } } : {}),
  };
}
