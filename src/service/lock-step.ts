import type { Decision } from "../contract/decision.ts";
import type { WireError } from "../contract/errors.ts";
import { bad, type Checked, ok } from "../contract/fault.ts";
import type { Observation, Route } from "../contract/observation.ts";
import type { OverrideInput } from "../safety/s01-override.ts";
import type { MarkedObservation, SourceMark } from "../wire/observation-codec.ts";
import { acceptObservation } from "./accept-observation.ts";
import { monotonicMs } from "./clock.ts";
import { Pipeline, type PipelineSettings, type Rooms, resetRooms, type Tick } from "./pipeline.ts";
import { sealOrStop } from "./seal-or-stop.ts";

/** A simulator may decide once a second; a vehicle may not. */
const PERIOD_MAX_US = 1_000_000;
/** A sender in lock-step has one observation on its way. */
const WAITING_MAX = 8;
const U32 = 2 ** 32;

export type LockStepOptions = {
  readonly rooms: Rooms;
  readonly settings: PipelineSettings;
  /** From the stamp of an observation to its decision, injected. */
  readonly delayUs: number;
  readonly readOverride?: () => OverrideInput | undefined;
  /** Newest instruction from its topic, if one came since the last decision. */
  readonly takeInstruction?: () => Route | undefined;
  readonly seal: (decision: Decision) => Uint8Array;
  readonly publish: (sealed: Uint8Array, decision: Decision, sinceMs: number) => Promise<unknown>;
  readonly onTick?: (tick: Tick, ageMs: number, sealed: Uint8Array) => void | Promise<void>;
  /** One line for a person: what was refused. */
  readonly say: (text: string) => void;
};

/**
 * Decides each observation exactly once, in the order of its sender, at its stamp + delay. No wall clock
 * has a part in it, so a simulator may take its time, and equal observations give equal decisions. A
 * new sender begins with counter 0, and everything that was remembered is forgotten.
 */
export class LockStep {
  readonly #options: LockStepOptions;
  readonly #waiting: (MarkedObservation | WireError)[] = [];
  #wake: (() => void) | undefined;
  #pipeline: Pipeline;
  #last: { readonly epochHex: string; readonly counter: number } | undefined;
  #lastStampUs = Number.NEGATIVE_INFINITY;
  #route: Route | undefined;

  constructor(options: LockStepOptions) {
    this.#options = options;
    this.#pipeline = this.#newPipeline();
  }

  /** Takes what came on the observation topic; it is decided when its turn comes. */
  put(received: MarkedObservation | WireError): void {
    if (this.#waiting.length >= WAITING_MAX) {
      const expected = "a sender that waits for each decision expected";
      this.#options.say(`observation refused: ${expected}, found ${WAITING_MAX} undecided`);
      return;
    }
    this.#waiting.push(received);
    this.#wake?.();
  }

  /** Decides until the signal is aborted; what is being decided is finished. */
  async run(signal: AbortSignal): Promise<void> {
    const wake = () => this.#wake?.();
    signal.addEventListener("abort", wake);
    while (!signal.aborted) {
      const next = this.#waiting.shift();
      if (next) await this.#take(next);
      else
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
    }
    signal.removeEventListener("abort", wake);
  }

  async #take(received: MarkedObservation | WireError): Promise<void> {
    const judged = this.#judge(received);
    if (judged.ok) return this.#decide(judged.value);
    const { code, detail } = judged.fault;
    this.#options.say(`observation refused: ${code}: ${detail}`);
  }

  #judge(received: MarkedObservation | WireError): Checked<Observation> {
    const stampUs = received instanceof Error ? 0 : received.observation.stampUs;
    if (received instanceof Error)
      return bad({ code: "MESSAGE_INVALID", detail: received.message, stampUs });
    const { observation, mark } = received;
    const wrong = this.#orderProblem(mark);
    if (wrong !== undefined) return bad({ ...wrong, stampUs });
    if (stampUs <= this.#lastStampUs) {
      const found = `found one ${(this.#lastStampUs - stampUs) / 1000} ms before`;
      const detail = `a stamp after the last one expected, ${found}`;
      return bad({ code: "OBSERVATION_LATE", detail, stampUs });
    }
    const accepted = acceptObservation(observation, stampUs, PERIOD_MAX_US);
    if (accepted.ok) this.#lastStampUs = stampUs;
    return accepted.ok ? ok(accepted.value) : accepted;
  }

  /** Why a message is not the next one of its sender; a new sender makes everything new. */
  #orderProblem({ epoch, counter }: SourceMark) {
    const epochHex = Buffer.from(epoch).toString("hex");
    const last = this.#last;
    if (last?.epochHex !== epochHex) {
      if (counter !== 0) {
        const detail = `a new sender that begins with counter 0 expected, found ${epochHex} with ${counter}`;
        return { code: "SOURCE_EPOCH", detail } as const;
      }
      this.#forget();
      this.#last = { epochHex, counter };
      return undefined;
    }
    const due = (last.counter + 1) % U32;
    const ahead = (counter - due + U32) % U32;
    const detail = `counter ${due} expected, found ${counter}`;
    if (ahead >= U32 / 2) return { code: "MESSAGE_REPEATED", detail } as const;
    this.#last = { epochHex, counter };
    return ahead === 0 ? undefined : ({ code: "MESSAGES_LOST", detail } as const);
  }

  #forget(): void {
    resetRooms(this.#options.rooms);
    this.#pipeline = this.#newPipeline();
    this.#lastStampUs = Number.NEGATIVE_INFINITY;
    this.#route = undefined;
  }

  #newPipeline(): Pipeline {
    const { rooms, settings, readOverride } = this.#options;
    return new Pipeline(rooms, settings, readOverride);
  }

  async #decide(observation: Observation): Promise<void> {
    const { seal, publish, onTick, takeInstruction, delayUs } = this.#options;
    const sinceMs = monotonicMs();
    const nowUs = observation.stampUs + delayUs;
    const told = takeInstruction?.();
    if (told) this.#route = { ...told, givenUs: observation.stampUs };
    const route = this.#route ?? observation.route;
    const decided = await this.#pipeline.decide({ ...observation, route }, nowUs);
    const { tick, bytes, sealMs } = sealOrStop(this.#pipeline, seal, decided, nowUs);
    this.#pipeline.noteSealMs(sealMs);
    await publish(bytes, tick.decision, sinceMs);
    await onTick?.(tick, monotonicMs() - sinceMs, bytes);
  }
}
