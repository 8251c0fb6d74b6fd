import type { Decision } from "../contract/decision.ts";
import { WireError } from "../contract/errors.ts";
import { decodeDecision } from "./decision-codec.ts";
import { type Opened, openSeal, type SealReason, type SealState } from "./seal.ts";

export type DecisionEvent =
  /** The seal holds and the body is a Decision; with `lostCount` messages missing before it. */
  | { readonly kind: "decision"; readonly decision: Decision; readonly lostCount: number }
  /** Nothing in this message may be acted on. */
  | {
      readonly kind: "refused";
      readonly status: Opened["status"];
      readonly reason?: SealReason | "RETAINED" | "BODY";
      readonly detail: string;
      readonly lostCount: number;
    };

/** Opens one sealed message of a topic after the other. */
export class DecisionReader {
  readonly #topic: string;
  readonly #key: Uint8Array;
  readonly #nowUs: (() => number) | undefined;
  #state: SealState | undefined;

  /** Without `nowUs` ages are not checked. */
  constructor(topic: string, key: Uint8Array, nowUs?: () => number) {
    this.#topic = topic;
    this.#key = key;
    this.#nowUs = nowUs;
  }

  /** Accepts any epoch and counter next. */
  restart(): void {
    this.#state = undefined;
  }

  read(sealed: Uint8Array, retained = false): DecisionEvent {
    if (retained)
      return this.#refused("RETAINED", `${this.#topic}: a live message expected, found a kept one`);
    const nowUs = this.#nowUs?.();
    const opened = openSeal(sealed, {
      ...{ topic: this.#topic, key: this.#key, state: this.#state },
      ...(nowUs === undefined ? {} : { nowUs }),
    });
    this.#state = opened.state;
    const { status, reason, detail, lostCount, body } = opened;
    if (!body) return { kind: "refused", status, ...(reason ? { reason } : {}), detail, lostCount };
    try {
      return { kind: "decision", decision: decodeDecision(body, this.#topic), lostCount };
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
      return this.#refused("BODY", error.message);
    }
  }

  #refused(reason: "RETAINED" | "BODY", detail: string): DecisionEvent {
    return { kind: "refused", status: "ERROR", reason, detail, lostCount: 0 };
  }
}
