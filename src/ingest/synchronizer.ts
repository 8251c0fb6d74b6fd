/** A forward jump of all stamps beyond this is a new clock, not a hole to fill with ticks. */
export const CLOCK_JUMP_US = 5_000_000;

export type StreamKind = "camera" | "lidar";
export type StreamSpec = {
  readonly name: string;
  readonly kind: StreamKind;
  /** Median period of the stream. */
  readonly periodUs: number;
};

export type Stamped<T> = { readonly name: string; readonly stampUs: number; readonly item: T };

/** One tick: for each stream the item to use, where it has one. */
export type Tick<T> = {
  readonly stampUs: number;
  readonly items: readonly Stamped<T>[];
  /** Streams without an item in this tick, with the stamp of its last item used. */
  readonly missing: readonly { readonly stream: StreamSpec; readonly newestUs?: number }[];
  /** Trouble with stamps since the last tick, as text. */
  readonly jumps: readonly string[];
};

type Queue<T> = {
  readonly stream: StreamSpec;
  readonly waiting: Stamped<T>[];
  last?: Stamped<T>;
};

/** Items that arrive at most this part of a period after the tick still belong to it. */
const LATE_RATIO = 0.25;
/** An item serves a tick while it is younger than this many periods. */
const FRESH_RATIO = 1.25;

/**
 * Turns streams of stamped items into ticks at the nominal rate. The first LiDAR (else the first
 * camera) leads: a tick takes its stamp where it comes within half a period of the expected time,
 * and the expected time where it does not. Ticks never have a gap.
 */
export class Synchronizer<T> {
  readonly periodUs: number;
  readonly toleranceUs: number;
  readonly #queues = new Map<string, Queue<T>>();
  readonly #lead: Queue<T>;
  #watermarkUs = Number.NEGATIVE_INFINITY;
  #lastTickUs: number | undefined;
  #firstStampUs: number | undefined;
  #suspect: Stamped<T> | undefined;
  #jumps: string[] = [];

  constructor(streams: readonly StreamSpec[], periodUs: number) {
    const lead = streams.find((s) => s.kind === "lidar") ?? streams[0];
    if (!lead) throw new RangeError("at least one stream expected, found none");
    this.periodUs = periodUs;
    this.toleranceUs = Math.round(periodUs * LATE_RATIO);
    for (const stream of streams) this.#queues.set(stream.name, { stream, waiting: [] });
    this.#lead = this.#queues.get(lead.name)!;
  }

  /** Takes one item; returns the ticks that became complete by it. */
  offer(name: string, stampUs: number, item: T): Tick<T>[] {
    const stamped = { name, stampUs, item };
    if (this.#watermarkUs === Number.NEGATIVE_INFINITY) return this.#accept(stamped);
    const aheadUs = stampUs - this.#watermarkUs;
    if (aheadUs < -CLOCK_JUMP_US) {
      this.#jumps.push(`${name}: stamp ${stampUs} is ${-aheadUs} µs behind; left out`);
      return [];
    }
    if (aheadUs <= CLOCK_JUMP_US) {
      if (this.#suspect) this.#dropSuspect();
      return this.#accept(stamped);
    }
    const suspect = this.#suspect;
    if (!suspect || Math.abs(stampUs - suspect.stampUs) > CLOCK_JUMP_US) {
      if (suspect) this.#dropSuspect();
      this.#suspect = stamped;
      return [];
    }
    // Two stamps agree: the clock did jump. Finish the old time, begin anew.
    this.#suspect = undefined;
    const ticks = this.flush();
    this.#jumps.push(`stamps jumped ahead by ${aheadUs} µs`);
    this.#lastTickUs = undefined;
    this.#firstStampUs = undefined;
    this.#watermarkUs = Number.NEGATIVE_INFINITY;
    return [...ticks, ...this.#accept(suspect), ...this.#accept(stamped)];
  }

  /** Emits the ticks of all that was offered. */
  flush(): Tick<T>[] {
    if (this.#suspect) this.#dropSuspect();
    const ticks: Tick<T>[] = [];
    if (this.#firstStampUs === undefined) return ticks;
    for (;;) {
      const expectedUs = this.#nextExpectedUs();
      // The tail: as long as the lead reaches a tick, or another sensor lies beyond its start.
      const reached = this.#watermarkUs > expectedUs - this.periodUs / 2;
      if (!reached && !this.#leadNear(expectedUs)) break;
      ticks.push(this.#tick());
    }
    return ticks;
  }

  #dropSuspect(): void {
    const { name, stampUs } = this.#suspect!;
    this.#jumps.push(`${name}: stamp ${stampUs} lies alone in the future; left out`);
    this.#suspect = undefined;
  }

  #accept(stamped: Stamped<T>): Tick<T>[] {
    const queue = this.#queues.get(stamped.name);
    if (!queue) throw new RangeError(`a known stream expected, found ${stamped.name}`);
    const { stampUs } = stamped;
    let at = queue.waiting.length;
    while (at > 0 && queue.waiting[at - 1]!.stampUs > stampUs) at--;
    queue.waiting.splice(at, 0, stamped);
    this.#firstStampUs = Math.min(this.#firstStampUs ?? stampUs, stampUs);
    this.#watermarkUs = Math.max(this.#watermarkUs, stampUs);
    const ticks: Tick<T>[] = [];
    // One period of patience: what belongs to a tick may be recorded after what does not.
    while (this.#nextExpectedUs() + this.periodUs <= this.#watermarkUs) ticks.push(this.#tick());
    return ticks;
  }

  #nextExpectedUs(): number {
    if (this.#lastTickUs !== undefined) return this.#lastTickUs + this.periodUs;
    const leadUs = this.#lead.waiting[0]?.stampUs;
    if (leadUs === undefined) return this.#firstStampUs! + this.periodUs;
    // Other sensors may have begun whole periods before the lead: tick for them too.
    const before = Math.floor((leadUs - this.#firstStampUs!) / this.periodUs - 0.5);
    return leadUs - Math.max(0, before) * this.periodUs;
  }

  #leadNear(expectedUs: number): Stamped<T> | undefined {
    const half = this.periodUs / 2;
    return this.#lead.waiting.find(
      (s) => s.stampUs > expectedUs - half && s.stampUs <= expectedUs + half,
    );
  }

  #tick(): Tick<T> {
    const expectedUs = this.#nextExpectedUs();
    const stampUs = this.#leadNear(expectedUs)?.stampUs ?? Math.round(expectedUs);
    this.#lastTickUs = stampUs;
    const items: Stamped<T>[] = [];
    const missing: { stream: StreamSpec; newestUs?: number }[] = [];
    for (const queue of this.#queues.values()) {
      const item = this.#take(queue, stampUs);
      if (item) items.push(item);
      else {
        const newestUs = queue.last?.stampUs;
        missing.push({ stream: queue.stream, ...(newestUs === undefined ? {} : { newestUs }) });
      }
    }
    const jumps = this.#jumps;
    this.#jumps = [];
    return { stampUs, items, missing, jumps };
  }

  /**
   * The newest unused item up to the tick, else one just after it; a stream slower than the tick
   * gives its last item again while that is fresh.
   */
  #take(queue: Queue<T>, tickUs: number): Stamped<T> | undefined {
    const { waiting, stream } = queue;
    const slow = stream.periodUs > 1.5 * this.periodUs;
    const oldestUs = tickUs - FRESH_RATIO * Math.max(this.periodUs, slow ? stream.periodUs : 0);
    let chosen: Stamped<T> | undefined;
    while (waiting.length > 0 && waiting[0]!.stampUs <= tickUs) chosen = waiting.shift();
    if (chosen && chosen.stampUs < oldestUs) chosen = undefined;
    if (!chosen && waiting.length > 0 && waiting[0]!.stampUs <= tickUs + this.toleranceUs)
      if (!slow || !queue.last) chosen = waiting.shift();
    if (chosen) queue.last = chosen;
    else if (slow && queue.last && queue.last.stampUs >= oldestUs) chosen = queue.last;
    return chosen;
  }
}
