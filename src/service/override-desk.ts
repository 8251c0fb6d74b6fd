import type { KeyObject } from "node:crypto";
import type { Decision } from "../contract/decision.ts";
import { WireError } from "../contract/errors.ts";
import type { OverrideRefusal, OverrideStatus } from "../contract/override.ts";
import type { OverrideInput } from "../safety/s01-override.ts";
import { decodeOverride, NONCE_BYTES, type Override } from "../wire/override-codec.ts";

/** How long a RELEASE may answer one nonce; then there is another. */
export const NONCE_VALID_MS = 10_000;
const NO_NONCE = new Uint8Array(0);

/** Where the counters of all runs are kept. */
export type CounterLedger = {
  has(counter: number): boolean;
  add(counter: number): void;
};

export type OverrideDeskOptions = {
  readonly topic: string;
  readonly publicKey: KeyObject;
  readonly ledger: CounterLedger;
  /** Monotonic. */
  readonly nowMs: () => number;
  readonly randomBytes: (count: number) => Uint8Array;
  /** One line for a person. */
  readonly say?: (text: string) => void;
};

/**
 * Receives what humans ask for over the wire: checks who it is from and that it is new, remembers a
 * STOP until it is released, and hands out the nonces that a RELEASE has to answer. It decides
 * nothing: rule S01 does, from `input`.
 */
export class OverrideDesk {
  /** Called when something in `status` has changed that a sender waits for. */
  onChange: (() => void) | undefined;
  readonly #options: OverrideDeskOptions;
  readonly #refusals = new Map<OverrideRefusal, number>();
  #stop = false;
  #releaseCount = 0;
  #acceptedCount = 0;
  #lastCounter: number | undefined;
  #nonce = NO_NONCE;
  #nonceMs = 0;
  /** The newest decision was made under an override, by wire or at the wheel. */
  #latched = false;
  /** When the last STOP came that no decision has obeyed yet. */
  #stopMs: number | undefined;
  #reactionMs: number | undefined;

  constructor(options: OverrideDeskOptions) {
    this.#options = options;
  }

  /** For the supervisor, at every tick. */
  get input(): OverrideInput {
    return { stop: this.#stop, releaseCount: this.#releaseCount };
  }

  get status(): OverrideStatus {
    return {
      stopped: this.#stop || this.#latched,
      nonce: this.#nonce,
      ...(this.#lastCounter === undefined ? {} : { lastCounter: this.#lastCounter }),
      ...(this.#reactionMs === undefined ? {} : { reactionMs: this.#reactionMs }),
      acceptedCount: this.#acceptedCount,
      refusals: [...this.#refusals].map(([reason, count]) => ({ reason, count })),
    };
  }

  /** One message of the override topic; answers why it was refused, if it was. */
  receive(payload: Uint8Array, retained: boolean): OverrideRefusal | undefined {
    const { topic, publicKey, ledger } = this.#options;
    if (retained) return this.#refuse("RETAINED", `${topic}: a live message expected`);
    let message: ReturnType<typeof decodeOverride>;
    try {
      message = decodeOverride(payload, topic);
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
      return this.#refuse("MALFORMED", error.message);
    }
    const { override } = message;
    if (!message.isSignedBy(publicKey))
      return this.#refuse("FORGED", "the signature does not fit the override key of this vehicle");
    if (ledger.has(override.counter))
      return this.#refuse("REPLAYED", `counter ${override.counter} was used before`);
    if (override.kind === "RELEASE" && !this.#answersNonce(override))
      return this.#refuse("STALE_NONCE", "the nonce of the newest status expected");
    ledger.add(override.counter);
    this.#accept(override);
    return undefined;
  }

  /** Learns what was decided, so that a stop at the wheel can be released too. */
  noteDecision({ hits }: Pick<Decision, "hits">): void {
    const latched = hits.some(({ rule, mode }) => rule === "S01" && mode !== "CAUTION");
    const obeyed = latched && this.#stopMs !== undefined;
    if (obeyed) {
      this.#reactionMs = this.#options.nowMs() - this.#stopMs!;
      this.#stopMs = undefined;
      this.#say(`override: decided ${this.#reactionMs.toFixed(0)} ms after the STOP came`);
    }
    const changed = latched !== this.#latched;
    this.#latched = latched;
    if (changed) this.#renewNonce();
    if (changed || obeyed) this.onChange?.();
  }

  /** Call about once a second: hands out a new nonce when the last one has expired. */
  refresh(): void {
    if (this.#nonce === NO_NONCE || !this.#isNonceExpired()) return;
    this.#renewNonce();
    this.onChange?.();
  }

  #accept({ kind, counter }: Override): void {
    this.#acceptedCount++;
    this.#lastCounter = counter;
    if (kind === "STOP") {
      this.#stop = true;
      this.#stopMs = this.#options.nowMs();
      this.#reactionMs = undefined;
    } else {
      this.#stop = false;
      this.#stopMs = undefined;
      this.#releaseCount++;
    }
    // A STOP voids a nonce that was given before it: a release on its way must not undo it.
    this.#renewNonce();
    this.#say(`override: ${kind} accepted`);
    this.onChange?.();
  }

  #answersNonce({ nonce }: Override): boolean {
    return (
      this.#nonce !== NO_NONCE &&
      !this.#isNonceExpired() &&
      Buffer.compare(nonce, this.#nonce) === 0
    );
  }

  #isNonceExpired(): boolean {
    return this.#options.nowMs() - this.#nonceMs >= NONCE_VALID_MS;
  }

  #renewNonce(): void {
    const needed = this.#stop || this.#latched;
    this.#nonce = needed ? Uint8Array.from(this.#options.randomBytes(NONCE_BYTES)) : NO_NONCE;
    this.#nonceMs = this.#options.nowMs();
  }

  #refuse(reason: OverrideRefusal, detail: string): OverrideRefusal {
    this.#refusals.set(reason, (this.#refusals.get(reason) ?? 0) + 1);
    this.#say(`override refused: ${reason}: ${detail}`);
    return reason;
  }

  #say(text: string): void {
    this.#options.say?.(text);
  }
}
