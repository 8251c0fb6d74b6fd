import { randomBytes } from "node:crypto";
import type { Decision } from "../../contract/decision.ts";
import { WireError } from "../../contract/errors.ts";
import type { Observation } from "../../contract/observation.ts";
import type { ConsumerEvent } from "../../wire/decision-consumer.ts";
import { encodeObservation } from "../../wire/observation-codec.ts";
import type { ObservationSender } from "../../wire/observation-sender.ts";
import { EPOCH_BYTES } from "../../wire/seal.ts";

/** A decision, or the start of a service, may take this long on a busy machine. */
const ANSWER_MS = 60_000;

type Waiting<T> = { resolve: (value: T) => void; reject: (error: Error) => void };

/** One observation out, one decision in; what breaks meanwhile ends the waiting with its reason. */
export class Exchange {
  readonly #broker: string;
  readonly #delayUs: number;
  readonly #epoch = Uint8Array.from(randomBytes(EPOCH_BYTES));
  readonly #answerMs: number;
  #nowUs = 0;
  #counter = 0;
  #failure: WireError | undefined;
  #closed = false;
  #refused = "";
  #awaited: (Waiting<Decision> & { readonly id: number }) | undefined;
  #start: Waiting<void> | undefined;
  #online = false;

  /** `broker` as it may be printed; `delayUs` from an observation to its decision. */
  constructor(broker: string, delayUs: number, answerMs = ANSWER_MS) {
    this.#broker = broker;
    this.#delayUs = delayUs;
    this.#answerMs = answerMs;
  }

  /** Injected time, by which seals are judged: that of the decision awaited. */
  get nowUs(): number {
    return this.#nowUs;
  }

  /** What the consumer tells. */
  hear(event: ConsumerEvent): void {
    if (event.kind === "status" && event.status.state === "ONLINE") {
      this.#online = true;
      this.#start?.resolve();
    }
    if (event.kind === "refused") this.#refused = `; the last one refused: ${event.detail}`;
    if (event.kind === "trouble") this.fail("WIRE_BROKER_LOST", event.detail);
    if (event.kind === "decision" && event.decision.observationId === this.#awaited?.id)
      this.#awaited.resolve(event.decision);
  }

  /** Ends what is awaited, and whatever is asked for later. */
  fail(code: string, detail: string): void {
    if (this.#closed) return;
    this.#failure ??= new WireError(code, detail);
    this.#awaited?.reject(this.#failure);
    this.#start?.reject(this.#failure);
  }

  /** From here on nothing is a failure: both sides are ended. */
  close(): void {
    this.#closed = true;
  }

  /** Waits until the service listens. @throws WireError */
  online(): Promise<void> {
    const what = `status ONLINE of the service on ${this.#broker}`;
    return this.#within<void>(what, (waiting) => {
      this.#start = waiting;
      if (this.#online) waiting.resolve();
    });
  }

  /** Sends the next observation; answers the decision that is made of it. @throws WireError */
  ask(observation: Observation, sender: Pick<ObservationSender, "send" | "counts">) {
    const { id, stampUs } = observation;
    const what = `a decision for observation ${id} on ${this.#broker}`;
    return this.#within<Decision>(what, (waiting) => {
      this.#nowUs = stampUs + this.#delayUs;
      this.#awaited = { ...waiting, id };
      const { leftOut } = sender.counts;
      const mark = { epoch: this.#epoch, counter: this.#counter++ };
      sender.send(encodeObservation(observation, mark));
      if (sender.counts.leftOut > leftOut)
        this.fail("WIRE_BROKER_LOST", `${this.#broker}: a broker that takes observations expected`);
    });
  }

  /** @throws WireError of what broke, or WIRE_NO_ANSWER when the time is over. */
  async #within<T>(what: string, begin: (waiting: Waiting<T>) => void): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    try {
      return await new Promise<T>((resolve, reject) => {
        if (this.#failure) return reject(this.#failure);
        timer = setTimeout(() => {
          const late = `${what} within ${this.#answerMs / 1000} s expected, found none${this.#refused}`;
          reject(new WireError("WIRE_NO_ANSWER", late));
        }, this.#answerMs);
        begin({ resolve, reject });
      });
    } finally {
      clearTimeout(timer);
      this.#awaited = undefined;
    }
  }
}
