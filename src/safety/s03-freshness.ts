/** S03: how old each stream, the proposal and the clock itself may be. Event-driven, no timers. */
import type { SafetyStream } from "./input.ts";
import {
  AGE_PERIODS,
  CLOCK_JUMP_US,
  DECISION_BUDGET_US,
  DEFAULT_PERIOD_US,
  FUTURE_US,
  PLAN_AGE_US,
  TICK_GAP_US,
} from "./limits.ts";
import { type Demand, demand } from "./rule.ts";

const us = (value: number): string => `${(value / 1000).toFixed(1)} ms`;

/** Period that can be divided by. */
export const usablePeriodUs = (periodUs: number): number =>
  Number.isFinite(periodUs) && periodUs > 0 ? periodUs : DEFAULT_PERIOD_US;

/**
 * Why data stamped `dataUs` may not be used at an observation stamped `stampUs` and decided at
 * `nowUs`, or undefined. Age at the stamp ≤ 2.5 own periods; what deciding took comes on top.
 */
export function ageProblem(
  dataUs: number,
  stampUs: number,
  nowUs: number,
  periodUs: number,
): string | undefined {
  const limitUs = AGE_PERIODS * usablePeriodUs(periodUs);
  if (!Number.isFinite(dataUs)) return `finite stamp expected, found ${dataUs}`;
  if (dataUs - nowUs > FUTURE_US)
    return `stamp at most ${us(FUTURE_US)} ahead expected, found ${us(dataUs - nowUs)}`;
  if (stampUs - dataUs > limitUs)
    return `age of at most ${us(limitUs)} expected, found ${us(stampUs - dataUs)}`;
  if (nowUs - dataUs > limitUs + DECISION_BUDGET_US)
    return `age of at most ${us(limitUs + DECISION_BUDGET_US)} at decision expected, found ${us(nowUs - dataUs)}`;
  return undefined;
}

/** Why a proposal is too old or from the future, or undefined. */
export function planAgeProblem(proposalUs: number, nowUs: number): string | undefined {
  if (proposalUs - nowUs > FUTURE_US)
    return `stamp at most ${us(FUTURE_US)} ahead expected, found ${us(proposalUs - nowUs)}`;
  if (nowUs - proposalUs > PLAN_AGE_US)
    return `age of at most ${us(PLAN_AGE_US)} expected, found ${us(nowUs - proposalUs)}`;
  return undefined;
}

/** Share of its period after which the next data of a stream is due. */
const DUE_SHARE = 0.75;

/** Remembers the newest stamp of each stream, for those that are slower than the tick. */
export class StreamWatch {
  #lastUs = new Map<string, number>();

  /**
   * Names of the streams of one kind that are expected, and of those that are usable now. A
   * stream absent this tick counts as usable only while its next data is not yet due.
   */
  check(
    streams: readonly SafetyStream[],
    stampUs: number,
    nowUs: number,
  ): readonly { readonly stream: SafetyStream; readonly problem: string | undefined }[] {
    const lastUs = new Map<string, number>();
    const checked = streams.map((stream) => {
      const key = `${stream.kind}/${stream.name}`;
      const known = stream.stampUs ?? this.#lastUs.get(key);
      if (known === undefined) return { stream, problem: "no data yet" };
      lastUs.set(key, known);
      const dueUs = known + DUE_SHARE * usablePeriodUs(stream.periodUs);
      if (stream.stampUs === undefined && !(stampUs < dueUs))
        return { stream, problem: `newest data is ${us(stampUs - known)} old` };
      return { stream, problem: ageProblem(known, stampUs, nowUs, stream.periodUs) };
    });
    this.#lastUs = lastUs;
    return checked;
  }
}

function stepDemand(stepUs: number): Demand {
  const detail = `clock step of 0…${us(TICK_GAP_US)} expected between ticks, found ${us(stepUs)}`;
  return demand("S03", "CAUTION", stepUs / 1e6, TICK_GAP_US / 1e6, "s", detail);
}

/**
 * Steps of the injected clock turned into time that only goes forward: a clock that stands, runs
 * backwards, jumps or is no number costs one period and a demand, and a pause of the ticks too.
 */
export class TickClock {
  #lastUs: number | undefined;
  /** Time since the first tick, µs. */
  #elapsedUs = 0;

  step(
    nowUs: number,
    periodUs: number,
  ): { readonly tUs: number; readonly dtUs: number; readonly demand: Demand | undefined } {
    const last = this.#lastUs;
    const stepUs = last === undefined ? periodUs : nowUs - last;
    const usable = stepUs > 0 && stepUs <= CLOCK_JUMP_US;
    const dtUs = usable ? stepUs : periodUs;
    this.#lastUs = Number.isFinite(nowUs) ? nowUs : last;
    this.#elapsedUs += dtUs;
    const steady = usable && (last === undefined || stepUs <= TICK_GAP_US);
    return { tUs: this.#elapsedUs, dtUs, demand: steady ? undefined : stepDemand(stepUs) };
  }
}
