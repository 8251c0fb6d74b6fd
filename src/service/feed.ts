import { randomBytes } from "node:crypto";
import { SourceError } from "../contract/errors.ts";
import type { EgoState, Observation, Route } from "../contract/observation.ts";
import type { Se3 } from "../contract/se3.ts";
import { compose, IDENTITY, invert } from "../geometry/se3.ts";
import { openSource } from "../ingest/source.ts";
import { ObservationSender } from "../wire/observation-sender.ts";
import { ObservationTemplate } from "../wire/observation-template.ts";
import { EPOCH_BYTES } from "../wire/seal.ts";
import { type LiveClock, realClock } from "./clock.ts";
import { seededRandom } from "./seeded-random.ts";

/** Sensors of one tick are stamped up to a quarter of a period after it. */
const LATENCY_US = 25_000;
const DELAY_MIN_MS = 50;
const DELAY_MAX_MS = 400;
/** A drive that is fed in a loop is held in memory. */
const LOOP_BYTES_MAX = 2 * 2 ** 30;

export type FeedRun = {
  readonly logPath: string;
  readonly broker: string;
  readonly vehicle: string;
  readonly rate: number;
  readonly loop: boolean;
  readonly durationS?: number;
  readonly cameras?: number;
  readonly text: string;
  /** Chances from 0 to 1 for each message. */
  readonly drop: number;
  readonly duplicate: number;
  readonly delay: number;
  readonly seed: number;
  readonly signal: AbortSignal;
  readonly clock?: LiveClock;
};

export type FeedCounts = {
  readonly observations: number;
  readonly sent: number;
  readonly dropped: number;
  readonly duplicated: number;
  readonly delayed: number;
  /** Not sent because the broker was away or slow. */
  readonly leftOut: number;
};

/** Publishes a recorded drive as if it happened now; ends with the log, the duration or the signal. */
export async function runFeed(run: FeedRun): Promise<FeedCounts> {
  const sender = await ObservationSender.connect(run.broker, run.vehicle);
  try {
    const feeder = new Feeder(run, sender);
    await feeder.run();
    return { ...feeder.counts, ...sender.counts };
  } finally {
    await sender.close();
  }
}

class Feeder {
  readonly counts = { observations: 0, dropped: 0, duplicated: 0, delayed: 0 };
  readonly #run: FeedRun;
  readonly #sender: ObservationSender;
  readonly #clock: LiveClock;
  readonly #random: () => number;
  readonly #epoch = Uint8Array.from(randomBytes(EPOCH_BYTES));
  readonly #route: Route;
  #endMs = Number.POSITIVE_INFINITY;
  #late = new Set<Promise<void>>();
  #nextMs: number;
  #odomFromLap: Se3 = IDENTITY;

  constructor(run: FeedRun, sender: ObservationSender) {
    this.#run = run;
    this.#sender = sender;
    this.#clock = run.clock ?? realClock;
    this.#random = seededRandom(run.seed);
    this.#route = { text: run.text, givenUs: this.#clock.wallUs() };
    this.#nextMs = this.#clock.monoMs();
  }

  async run(): Promise<void> {
    const lap: ObservationTemplate[] = [];
    const source = await openSource(this.#run.logPath, {
      ...(this.#run.cameras === undefined ? {} : { cameras: this.#run.cameras }),
    });
    try {
      let bytes = 0;
      let last: Observation | undefined;
      for await (const observation of source.observations()) {
        const template = new ObservationTemplate(observation);
        if (this.#run.loop) lap.push(template);
        bytes += this.#run.loop ? template.byteLength : 0;
        if (bytes > LOOP_BYTES_MAX)
          throw new SourceError(
            "FEED_TOO_LARGE",
            `${this.#run.logPath}: at most ${LOOP_BYTES_MAX} bytes for --loop expected; feed it without, or a shorter one`,
          );
        if (this.#run.loop) continue;
        if (!(await this.#next(template, last))) break;
        last = observation;
      }
    } finally {
      await source.close();
    }
    if (lap.length > 0) await this.#laps(lap);
    await Promise.all(this.#late);
  }

  async #laps(lap: readonly ObservationTemplate[]): Promise<void> {
    for (;;) {
      let last: Observation | undefined;
      for (const template of lap) {
        if (!(await this.#next(template, last))) return;
        last = template.observation;
      }
      // The vehicle goes on where the lap has ended; only the surroundings jump.
      const from = lap[0]?.observation.ego?.odomFromEgo;
      const { ego, periodUs } = lap.at(-1)!.observation;
      if (!from || !ego?.odomFromEgo) continue;
      const onwards: Se3 = { r: IDENTITY.r, t: [(ego.speedMps * periodUs) / 1e6, 0, 0] };
      const to = compose(ego.odomFromEgo, onwards);
      this.#odomFromLap = compose(this.#odomFromLap, compose(to, invert(from)));
    }
  }

  /** Sends one observation at its time; false when the feed has come to its end. */
  async #next(template: ObservationTemplate, last: Observation | undefined): Promise<boolean> {
    const { stampUs, periodUs } = template.observation;
    const { durationS, rate } = this.#run;
    const stepUs = last ? stampUs - last.stampUs : periodUs;
    if (this.counts.observations > 0) this.#nextMs += stepUs / 1000 / rate;
    else {
      // Opening and reading the log is no part of the drive.
      this.#nextMs = this.#clock.monoMs();
      if (durationS !== undefined) this.#endMs = this.#nextMs + durationS * 1000;
    }
    if (this.#nextMs >= this.#endMs) return false;
    await this.#clock.sleep(this.#nextMs - this.#clock.monoMs(), this.#run.signal);
    if (this.#run.signal.aborted) return false;
    this.#send(template);
    return true;
  }

  #send(template: ObservationTemplate): void {
    const { drop, duplicate, delay } = this.#run;
    // Always three numbers for a message, so that one chance does not shift the others.
    const [dropAt, duplicateAt, delayAt] = [this.#random(), this.#random(), this.#random()];
    const bytes = this.#encode(template);
    this.counts.observations++;
    if (dropAt < drop) {
      this.counts.dropped++;
      return;
    }
    if (delayAt < delay) {
      this.counts.delayed++;
      const ms = DELAY_MIN_MS + (DELAY_MAX_MS - DELAY_MIN_MS) * this.#random();
      const late = this.#clock.sleep(ms, this.#run.signal).then(() => {
        this.#sender.send(bytes);
        this.#late.delete(late);
      });
      this.#late.add(late);
      return;
    }
    this.#sender.send(bytes);
    if (duplicateAt >= duplicate) return;
    this.counts.duplicated++;
    this.#sender.send(bytes);
  }

  #encode(template: ObservationTemplate): Uint8Array {
    const { stampUs, ego } = template.observation;
    const plannedUs = this.#clock.wallUs() - (this.#clock.monoMs() - this.#nextMs) * 1000;
    const shiftUs = Math.round(plannedUs) - LATENCY_US - stampUs;
    const { observations: count } = this.counts;
    const small = {
      id: count,
      stampUs: stampUs + shiftUs,
      arrivalUs: stampUs + shiftUs + LATENCY_US,
      route: this.#route,
      faults: template.observation.faults.map((f) => ({ ...f, stampUs: f.stampUs + shiftUs })),
      ...(ego ? { ego: this.#egoAt(ego, shiftUs) } : {}),
    };
    return template.encode(small, shiftUs, { epoch: this.#epoch, counter: count % 2 ** 32 });
  }

  #egoAt(ego: EgoState, shiftUs: number): EgoState {
    const { odomFromEgo } = ego;
    return {
      ...ego,
      stampUs: ego.stampUs + shiftUs,
      ...(odomFromEgo ? { odomFromEgo: compose(this.#odomFromLap, odomFromEgo) } : {}),
    };
  }
}
