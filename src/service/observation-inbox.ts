import type { WireError } from "../contract/errors.ts";
import { bad, type Checked, type Fault, type FaultCode, ok } from "../contract/fault.ts";
import type { Observation } from "../contract/observation.ts";
import type { MarkedObservation } from "../wire/observation-codec.ts";
import { SourceOrder } from "../wire/source-order.ts";
import { acceptObservation } from "./accept-observation.ts";
import type { LiveClock } from "./clock.ts";

/** So many late ones in a row are no late messages but a sender whose clock was set back. */
const LATE_IN_ROW = 3;

/** The newest observation that may be decided. */
export type Arrival = {
  readonly observation: Observation;
  /** Monotonic. */
  readonly receivedMs: number;
  /** Wall time less monotonic time on arrival: a later difference is a step of our clock. */
  readonly wallOffsetUs: number;
  /** The sender is another one than that of the observation before. */
  readonly newSource: boolean;
};

export type InboxCounts = {
  /** Messages on the topic. */
  readonly received: number;
  /** Taken, but a newer one came before the tick. */
  readonly superseded: number;
  /** Known by their counters to have been lost on the way. */
  readonly lost: number;
  /** Refused, by fault. */
  readonly refused: Readonly<Partial<Record<FaultCode, number>>>;
};

/** Holds the newest usable observation until a tick takes it; everything else is counted. */
export class ObservationInbox {
  /** Called when an observation has come that a tick may take. */
  onArrival: (() => void) | undefined;
  readonly #clock: LiveClock;
  readonly #order = new SourceOrder();
  readonly #refused = new Map<FaultCode, number>();
  readonly #faults = new Map<FaultCode, { fault: Fault; count: number }>();
  #expected = { cameras: [] as readonly string[], lidars: [] as readonly string[] };
  #newest: Arrival | undefined;
  /** Stamp that is decided, less the wall offset of then: our own clock may be set meanwhile. */
  #decidedUs = Number.NEGATIVE_INFINITY;
  #lateInRow = 0;
  #counts = { received: 0, superseded: 0, lost: 0 };

  constructor(clock: LiveClock) {
    this.#clock = clock;
  }

  get counts(): InboxCounts {
    return { ...this.#counts, refused: Object.fromEntries(this.#refused) };
  }

  get waiting(): boolean {
    return this.#newest !== undefined;
  }

  put(received: MarkedObservation | WireError): void {
    this.#counts.received++;
    const judged = this.#judge(received, this.#clock.wallUs());
    if (!judged.ok) {
      this.#refuse(judged.fault);
      return;
    }
    if (this.#newest) this.#counts.superseded++;
    const newSource = judged.value.newSource || (this.#newest?.newSource ?? false);
    this.#newest = { ...judged.value, newSource };
    this.onArrival?.();
  }

  /** The newest observation, if one has come since the last tick, and the faults since then. */
  take(): { readonly arrival: Arrival | undefined; readonly faults: readonly Fault[] } {
    const arrival = this.#newest;
    this.#newest = undefined;
    const faults = [...this.#faults.values()].map(({ fault, count }) =>
      count === 1 ? fault : { ...fault, detail: `${fault.detail} (the last of ${count})` },
    );
    this.#faults.clear();
    return { arrival, faults };
  }

  /** What is stamped up to here comes too late from now on. */
  noteDecided(stampUs: number): void {
    this.#decidedUs = stampUs - wallOffsetOf(this.#clock);
  }

  #judge(received: MarkedObservation | WireError, nowUs: number): Checked<Arrival> {
    const refused = (code: FaultCode, detail: string) => bad({ code, detail, stampUs: nowUs });
    if (received instanceof Error) return refused("MESSAGE_INVALID", received.message);
    const order = this.#order.judge(received.mark);
    if (!order.take) return refused(order.code, order.detail);
    this.#counts.lost += order.lostCount;
    const checked = acceptObservation(received.observation, nowUs);
    if (!checked.ok) return checked;
    const observation = this.#withExpected(checked.value, order.newEpoch);
    const wallOffsetUs = wallOffsetOf(this.#clock);
    const behindUs = this.#decidedUs - (observation.stampUs - wallOffsetUs);
    this.#lateInRow = behindUs >= 0 ? this.#lateInRow + 1 : 0;
    if (this.#lateInRow > 0 && this.#lateInRow < LATE_IN_ROW) {
      const found = `found one ${Math.round(behindUs / 1000)} ms before`;
      return refused("OBSERVATION_LATE", `a stamp after what is decided expected, ${found}`);
    }
    this.#lateInRow = 0;
    const receivedMs = this.#clock.monoMs();
    return ok({ observation, receivedMs, wallOffsetUs, newSource: order.newEpoch });
  }

  #refuse(fault: Fault): void {
    this.#refused.set(fault.code, (this.#refused.get(fault.code) ?? 0) + 1);
    const count = (this.#faults.get(fault.code)?.count ?? 0) + 1;
    this.#faults.set(fault.code, { fault, count });
  }

  /** A sensor that a sender once had stays expected, so that it cannot vanish unnoticed. */
  #withExpected(observation: Observation, newEpoch: boolean): Observation {
    const before = newEpoch ? { cameras: [], lidars: [] } : this.#expected;
    const namesOf = (items: readonly { readonly name: string }[]) => items.map(({ name }) => name);
    const { expectedCameras, expectedLidars, images, sweeps } = observation;
    const cameras = [...new Set([...before.cameras, ...expectedCameras, ...namesOf(images)])];
    const lidars = [...new Set([...before.lidars, ...expectedLidars, ...namesOf(sweeps)])];
    this.#expected = { cameras, lidars };
    return { ...observation, expectedCameras: cameras, expectedLidars: lidars };
  }
}

/** Constant but for steps and slews of the wall clock. */
export const wallOffsetOf = (clock: LiveClock): number =>
  Math.round(clock.wallUs() - clock.monoMs() * 1000);
