import type { Decision } from "../contract/decision.ts";
import { ABSENCE_COMFORT_US, WATCHDOG_US } from "../safety/limits.ts";
import { BlindStop } from "../safety/s23-blind-stop.ts";
import { encodeDecision } from "../wire/decision-codec.ts";
import type { Sealer } from "../wire/seal.ts";
import type { LiveClock } from "./clock.ts";
import { PERIOD_MS, PublishPace } from "./publish-pace.ts";
import { sentenceOf } from "./sentence.ts";

/** A decision on its way to the gate. */
export type GateDecision = {
  readonly decision: Decision;
  /** Encoded Decision. */
  readonly body: Uint8Array;
  /** Number of the last alarm that was known when this one was begun. */
  readonly alarmSeen: number;
};

/** What the main loop must know of the gate before it decides. */
export type Alarm = {
  readonly number: number;
  /** The last silence became a minimal-risk maneuver. */
  readonly mrm: boolean;
};

export type GateState = {
  /** Grows when a silence begins, and when it becomes a minimal-risk maneuver. */
  readonly alarm: number;
  /** Blind decisions so far. */
  readonly blindCount: number;
  /** Decisions refused because they were begun without knowing of the last alarm. */
  readonly staleCount: number;
  /** Decisions left out because they came faster than S16 permits. */
  readonly pacedCount: number;
  /** The silence that is going on, or the last one, has become a minimal-risk maneuver. */
  readonly mrm: boolean;
};

/**
 * The only place where live decisions are sealed, so that a consumer sees one counter of one epoch.
 * What the main loop decides goes out while it is fresh; when it falls silent the gate decides (S23),
 * and takes no decision again that was begun without knowing of that.
 */
export class DecisionGate {
  readonly #sealer: Sealer;
  readonly #send: (sealed: Uint8Array) => void;
  readonly #clock: LiveClock;
  #last: { readonly decision: Decision; readonly atMs: number } | undefined;
  #stop: BlindStop | undefined;
  #nextBlindMs = 0;
  readonly #pace = new PublishPace();
  #state = { alarm: 0, blindCount: 0, staleCount: 0, pacedCount: 0, mrm: false };

  constructor(sealer: Sealer, send: (sealed: Uint8Array) => void, clock: LiveClock) {
    this.#sealer = sealer;
    this.#send = send;
    this.#clock = clock;
  }

  get state(): GateState {
    return { ...this.#state };
  }

  /**
   * Seals and sends what the main loop decided, unless it was begun before the last alarm, or comes
   * too soon and asks for no less than what is in force (S16).
   */
  pass({ decision, body, alarmSeen }: GateDecision): void {
    if (alarmSeen !== this.#state.alarm) {
      this.#state.staleCount++;
      return;
    }
    const atMs = this.#clock.monoMs();
    if (!this.#pace.admits(decision, atMs)) {
      this.#state.pacedCount++;
      return;
    }
    this.#send(this.#sealer.seal(body, decision.decidedUs, decision.validMs));
    this.#last = { decision, atMs };
    this.#stop = undefined;
    this.#state.mrm = false;
  }

  /** Asked often; decides when the main loop has been silent for too long. */
  check(): void {
    const last = this.#last;
    if (!last) return;
    const nowMs = this.#clock.monoMs();
    const silentUs = Math.round((nowMs - last.atMs) * 1000);
    if (silentUs < WATCHDOG_US || (this.#stop && nowMs < this.#nextBlindMs)) return;
    this.#nextBlindMs = (this.#stop ? this.#nextBlindMs : nowMs) + PERIOD_MS;
    const mrm = silentUs > ABSENCE_COMFORT_US;
    // Before anything is sent: whatever the main loop began until now is refused.
    if (!this.#stop || mrm !== this.#state.mrm) this.#state.alarm++;
    this.#state.mrm = mrm;
    this.#state.blindCount++;
    this.#stop ??= new BlindStop(last.decision);
    const decision = this.#blindDecision(last.decision, this.#stop, silentUs);
    // Never refused, but counted: at the nominal rate it leaves the pace to what follows.
    this.#pace.admits(decision, nowMs);
    this.#send(this.#sealer.seal(encodeDecision(decision), decision.decidedUs, decision.validMs));
  }

  /** The last decision has been made: silence is meant from now on. */
  disarm(): void {
    this.#last = undefined;
  }

  /** Has the id of the decision that it stands on. */
  #blindDecision(last: Decision, stop: BlindStop, silentUs: number): Decision {
    const nowUs = this.#clock.wallUs();
    const safety = stop.at(silentUs);
    const { proposedManeuver: _proposed, egoSpeedMps: _speed, ...rest } = last;
    const parts = { ...safety, answer: "NONE", answerDetail: "the main loop is silent" } as const;
    return {
      ...rest,
      ...parts,
      decidedUs: nowUs,
      sentence: sentenceOf(parts),
      probabilities: [],
      ages: last.ages.map((age) => ({ ...age, ageUs: age.ageUs + silentUs })),
      faults: [
        {
          code: this.#state.mrm ? "WATCHDOG_MRM" : "WATCHDOG_STOP",
          detail: `a decision every ${PERIOD_MS} ms expected, found none for ${Math.round(silentUs / 1000)} ms`,
          stampUs: nowUs,
        },
      ],
    };
  }
}
