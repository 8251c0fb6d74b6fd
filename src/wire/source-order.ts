import type { FaultCode } from "../contract/fault.ts";
import type { SourceMark } from "./observation-codec.ts";

const U32 = 2 ** 32;
/** Counter steps up to this are taken, with losses counted (S05). */
const STEP_MAX = 3;
/** A new epoch is taken at its third message in a row, with none of the old epoch between. */
const NEW_EPOCH_MESSAGES = 3;
/** Epochs that were left are never taken again. */
const RETIRED_MAX = 64;

/** What the order of the messages says about one of them. */
export type OrderVerdict =
  | { readonly take: true; readonly lostCount: number; readonly newEpoch: boolean }
  | { readonly take: false; readonly code: FaultCode; readonly detail: string };

type Place = { readonly epochHex: string; readonly counter: number };

/**
 * S05 for what comes in: each message once, in the sender's order, from one sender. The first
 * message sets the epoch; a sender that restarts has another one and is taken after three messages
 * in a row.
 */
export class SourceOrder {
  #last: Place | undefined;
  #candidate: { readonly place: Place; readonly count: number } | undefined;
  readonly #retired = new Set<string>();

  judge(mark: SourceMark): OrderVerdict {
    const place = { epochHex: Buffer.from(mark.epoch).toString("hex"), counter: mark.counter };
    const last = this.#last;
    if (last === undefined) return this.#begin(place);
    if (place.epochHex !== last.epochHex) return this.#judgeOther(place, last);
    this.#candidate = undefined;
    const step = (place.counter - last.counter + U32) % U32;
    if (step >= 1 && step <= STEP_MAX) {
      this.#last = place;
      return { take: true, lostCount: step - 1, newEpoch: false };
    }
    const expected = `counter ${(last.counter + 1) % U32} expected, found ${place.counter}`;
    if (step === 0 || step > U32 / 2)
      return { take: false, code: "MESSAGE_REPEATED", detail: `${expected}: repeated or late` };
    // The window moves on, so that the next message can be taken.
    this.#last = place;
    const lost = `${expected}: ${step - 1} lost`;
    return { take: false, code: "MESSAGES_LOST", detail: lost };
  }

  #begin(place: Place): OrderVerdict {
    this.#last = place;
    this.#candidate = undefined;
    return { take: true, lostCount: 0, newEpoch: true };
  }

  #judgeOther(place: Place, last: Place): OrderVerdict {
    const before = this.#candidate;
    const inRow =
      before?.place.epochHex === place.epochHex &&
      place.counter === (before.place.counter + 1) % U32;
    const count = inRow ? before.count + 1 : 1;
    const retired = this.#retired.has(place.epochHex);
    this.#candidate = retired ? undefined : { place, count };
    if (!retired && count >= NEW_EPOCH_MESSAGES) {
      this.#retire(last.epochHex);
      return this.#begin(place);
    }
    const what = retired ? "one that was left" : `message ${count} of ${NEW_EPOCH_MESSAGES}`;
    const detail = `source epoch ${last.epochHex} expected, found ${place.epochHex} (${what})`;
    return { take: false, code: "SOURCE_EPOCH", detail };
  }

  #retire(epochHex: string): void {
    this.#retired.add(epochHex);
    const [oldest] = this.#retired;
    if (this.#retired.size > RETIRED_MAX && oldest !== undefined) this.#retired.delete(oldest);
  }
}
