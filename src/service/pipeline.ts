import type { PerceptionResult } from "../bev/perception.ts";
import type { BevState } from "../contract/bev.ts";
import type { Decision, SafetyResult } from "../contract/decision.ts";
import type { Fault } from "../contract/fault.ts";
import type { Proposal } from "../contract/maneuver.ts";
import type { Observation } from "../contract/observation.ts";
import type { ObstacleField } from "../contract/obstacle.ts";
import type { PlanInput, PlanResult } from "../planner/planner.ts";
import type { SafetyInput } from "../safety/input.ts";
import type { OverrideInput } from "../safety/s01-override.ts";
import { monotonicMs } from "./clock.ts";
import { sentenceOf } from "./sentence.ts";
import { noTiming, type Timing, timed, timedAsync } from "./stage-timing.ts";
import { agesOf, streamsOf } from "./streams.ts";
import { absenceFaults, inOrder, internalFault } from "./tick-faults.ts";

/** The rooms that data walks through; tests put small fakes in their places. */
export type Rooms = {
  /** Begins ahead what perception and obstacles will be asked for; absent where nothing can. */
  readonly senses?: { prepare(observation: Observation): void; reset(): void };
  readonly perception: {
    perceive(observation: Observation): Promise<PerceptionResult>;
    reset(): void;
  };
  readonly planner: { plan(input: PlanInput): Promise<PlanResult>; reset(): void };
  readonly obstacles: {
    update(observation: Observation): ObstacleField | Promise<ObstacleField>;
    reset(): void;
  };
  readonly supervisor: { supervise(input: SafetyInput): SafetyResult; reset(): void };
};

/** Every room forgets what it remembers. */
export function resetRooms(rooms: Rooms): void {
  const { senses, perception, planner, obstacles, supervisor } = rooms;
  for (const room of [senses, perception, planner, obstacles, supervisor]) room?.reset();
}

export type PipelineSettings = {
  readonly cruiseSpeedMps: number;
  readonly validMs: number;
  readonly modelHash: string;
  readonly configHash: string;
};

/** One tick's outcome; what stands beside the decision is for pictures and records. */
export type Tick = {
  readonly observation: Observation;
  readonly decision: Decision;
  readonly bev?: BevState;
  readonly obstacles?: ObstacleField;
  readonly proposal?: Proposal;
};

type Sensed = Omit<Tick, "observation" | "decision"> & { readonly faults: readonly Fault[] };

/** No LiDAR and no camera for this long since the start: there is nothing to drive by. */
const SENSING_ABSENT_US = 1_000_000;

/** Observations in, decisions out, one after the other; nothing in a decision depends on wall time. */
export class Pipeline {
  readonly #rooms: Rooms;
  readonly #settings: PipelineSettings;
  readonly #readOverride: () => OverrideInput | undefined;
  #nextId = 0;
  #firstUs: number | undefined;
  #everSensed = false;
  #lastSealMs = 0;

  /** `readOverride` is asked right before each decision, so a STOP that comes meanwhile counts. */
  constructor(
    rooms: Rooms,
    settings: PipelineSettings,
    readOverride: () => OverrideInput | undefined = () => undefined,
  ) {
    this.#rooms = rooms;
    this.#settings = settings;
    this.#readOverride = readOverride;
  }

  /** Sealing comes after the body is made, so a body carries the sealing time of the one before. */
  noteSealMs(sealMs: number): void {
    this.#lastSealMs = sealMs;
  }

  /**
   * Optional: begins what depends on the observation alone. The one prepared must be the next one
   * to be decided.
   */
  prepare(observation: Observation): void {
    this.#rooms.senses?.prepare(observation);
  }

  /** observe → fuse → tokenize → plan → find obstacles → supervise → decision. */
  async decide(observation: Observation, nowUs: number): Promise<Tick> {
    const startMs = monotonicMs();
    const timing = noTiming();
    let sensed: Sensed;
    let safety: SafetyResult;
    try {
      sensed = await this.#sense(observation, nowUs, timing);
      safety = timed(timing, "safetyMs", () => this.#supervise(observation, sensed, nowUs));
    } catch (error) {
      sensed = { faults: [internalFault(error, observation.stampUs)] };
      safety = this.#supervise(observation, sensed, nowUs);
    }
    return this.#finish(observation, sensed, safety, nowUs, startMs, timing);
  }

  /** The stop that is published instead of the decision just made, which could not be. */
  stopInstead(observation: Observation, nowUs: number, fault: Fault): Tick {
    this.#nextId--;
    return this.stop(observation, nowUs, fault);
  }

  /** A decision of the safety layer alone, for a reason from outside the rooms. */
  stop(observation: Observation, nowUs: number, fault: Fault): Tick {
    const sensed: Sensed = { faults: [fault] };
    const safety = this.#supervise(observation, sensed, nowUs);
    return this.#finish(observation, sensed, safety, nowUs, monotonicMs(), noTiming());
  }

  async #sense(observation: Observation, nowUs: number, timing: Timing): Promise<Sensed> {
    const { obstacles } = this.#rooms;
    // Both sides only read the observation, so their order cannot show in the outcome.
    const [[seen, plan], field] = await Promise.all([
      this.#propose(observation, nowUs, timing),
      timedAsync(timing, "obstaclesMs", async () => obstacles.update(observation)),
    ]);
    const { bev } = seen;
    const { proposal } = plan;
    return {
      ...(bev ? { bev } : {}),
      ...(proposal ? { proposal } : {}),
      obstacles: field,
      faults: [
        ...inOrder(seen.faults),
        ...plan.faults,
        ...absenceFaults(observation, bev, proposal),
      ],
    };
  }

  async #propose(
    observation: Observation,
    nowUs: number,
    timing: Timing,
  ): Promise<[PerceptionResult, PlanResult]> {
    const { perception, planner } = this.#rooms;
    const seen = await perception.perceive(observation);
    Object.assign(timing, seen.timing);
    const { bev } = seen;
    if (!bev) return [seen, { faults: [] }];
    const { cruiseSpeedMps } = this.#settings;
    const plan = await timedAsync(timing, "plannerMs", () =>
      planner.plan({ observation, bev, nowUs, cruiseSpeedMps }),
    );
    return [seen, plan];
  }

  #supervise(observation: Observation, sensed: Sensed, nowUs: number): SafetyResult {
    const { stampUs, periodUs, ego, route } = observation;
    const { obstacles, proposal } = sensed;
    const override = this.#readOverride();
    return this.#rooms.supervisor.supervise({
      nowUs,
      stampUs,
      observationId: observation.id,
      periodUs,
      streams: streamsOf(observation),
      ...(ego ? { ego } : {}),
      ...(obstacles ? { obstacles } : {}),
      ...(proposal ? { proposal } : {}),
      faults: [...observation.faults, ...sensed.faults, ...this.#sensingFaults(observation)],
      ...(route.speedLimitMps === undefined ? {} : { speedLimitMps: route.speedLimitMps }),
      ...(override ? { override } : {}),
    });
  }

  #sensingFaults(observation: Observation): Fault[] {
    const { stampUs, images, sweeps } = observation;
    this.#firstUs ??= stampUs;
    this.#everSensed ||= images.length > 0 || sweeps.length > 0;
    if (this.#everSensed || stampUs - this.#firstUs < SENSING_ABSENT_US) return [];
    const detail = "a LiDAR sweep or a camera image within the first second expected, found none";
    return [{ code: "SENSING_ABSENT", detail, stampUs }];
  }

  #finish(
    observation: Observation,
    sensed: Sensed,
    safety: SafetyResult,
    nowUs: number,
    startMs: number,
    timing: Timing,
  ): Tick {
    const { proposal, faults, ...beside } = sensed;
    const { ego } = observation;
    const body = {
      ...safety,
      answer: proposal?.answer ?? "NONE",
      answerDetail: proposal?.answerDetail ?? "no proposal",
      ...(ego ? { egoSpeedMps: ego.speedMps } : {}),
    } as const;
    const decision: Decision = {
      ...body,
      id: this.#nextId++,
      observationId: observation.id,
      observationStampUs: observation.stampUs,
      decidedUs: nowUs,
      validMs: this.#settings.validMs,
      ...(proposal ? { proposedManeuver: proposal.maneuver } : {}),
      sentence: sentenceOf(body),
      probabilities: proposal?.probabilities ?? [],
      ages: agesOf(observation, nowUs),
      faults: [...observation.faults, ...faults, ...this.#sensingFaults(observation)],
      modelHash: this.#settings.modelHash,
      configHash: this.#settings.configHash,
      timing: { ...timing, sealMs: this.#lastSealMs, totalMs: monotonicMs() - startMs },
    };
    return { observation, decision, ...beside, ...(proposal ? { proposal } : {}) };
  }
}
