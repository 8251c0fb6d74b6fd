import { monotonicMs } from "./clock.ts";

const BEAT_MS = 20;

/** Longest time by which the event loop came late, between two looks at it. */
export class LagMeter {
  readonly #timer: NodeJS.Timeout;
  #dueMs = monotonicMs() + BEAT_MS;
  #mostMs = 0;

  constructor() {
    this.#timer = setInterval(() => this.#beat(), BEAT_MS);
    this.#timer.unref();
  }

  /** ms; a block that is still going on counts as soon as the next beat is due. */
  take(): number {
    const mostMs = Math.max(this.#mostMs, monotonicMs() - this.#dueMs);
    this.#mostMs = 0;
    this.#dueMs = Math.max(this.#dueMs, monotonicMs());
    return Math.max(0, mostMs);
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #beat(): void {
    const nowMs = monotonicMs();
    this.#mostMs = Math.max(this.#mostMs, nowMs - this.#dueMs);
    this.#dueMs = nowMs + BEAT_MS;
  }
}
