import { BEV_SPEC, type BevState } from "../contract/bev.ts";
import type { Fault } from "../contract/fault.ts";
import { type Answer, CAR, type Proposal, type VehicleProfile } from "../contract/maneuver.ts";
import type { Observation } from "../contract/observation.ts";
import { decodeTrajectory } from "../geometry/bicycle.ts";
import type { LoadedModel } from "../inference/model.ts";
import { buildMask } from "../tokens/mask.ts";
import { decodeSlots, type SlotValues } from "../tokens/slots.ts";
import { encodeState } from "../tokens/state.ts";
import { TextEncoder32, type TextStates } from "../tokens/text.ts";
import { SEQUENTIAL_SLOTS, SLOTS, TOKEN_RANGES, VOCABULARY_SIZE } from "../tokens/vocabulary.ts";
import { checkVocabulary } from "./check-vocabulary.ts";
import { coherentTarget } from "./coherent-target.ts";
import { afterOutput, type InstructionLife, withRoute } from "./instruction-life.ts";
import { slotDistribution, slotProbability } from "./slot-probability.ts";
import { SteadyDone } from "./steady-done.ts";

/** Below this gap between best and second word of LATERAL or LONGITUDINAL: told as a fault. */
const MARGIN_MIN = 0.05;
/** A last known speed this old may start a trajectory; the state token still says "not known". */
const SPEED_CARRY_US = 300_000;
const LATERAL_SLOT = SLOTS.indexOf("LATERAL");
const LONGITUDINAL_SLOT = SLOTS.indexOf("LONGITUDINAL");

export type PlanInput = {
  readonly observation: Observation;
  readonly bev: BevState;
  readonly nowUs: number;
  /** Speed limit of the route or configured desired speed. */
  readonly cruiseSpeedMps: number;
};
export type PlanResult = { readonly proposal?: Proposal; readonly faults: readonly Fault[] };
export type PlannerOptions = { readonly vehicle?: VehicleProfile };

/** Runs the one transformer and turns its tokens into a Proposal. */
export class OnnxPlanner {
  readonly #model: LoadedModel;
  readonly #text: TextEncoder32;
  readonly #vehicle: VehicleProfile;
  #life: InstructionLife | undefined;
  #lastSpeed: { readonly speedMps: number; readonly stampUs: number } | undefined;
  readonly #done = new SteadyDone();
  /** Tokens of the tick before: where the graph begins to look. They change its time, not its result. */
  #guess: BigInt64Array = new BigInt64Array(SLOTS.length);

  private constructor(model: LoadedModel, options: PlannerOptions) {
    this.#model = model;
    this.#text = new TextEncoder32(model.tokenizerJson, model.text);
    this.#vehicle = options.vehicle ?? CAR;
  }

  /** @throws ModelError MODEL_VOCABULARY when the card's vocabulary differs from the code's. */
  static async open(model: LoadedModel, options: PlannerOptions = {}): Promise<OnnxPlanner> {
    checkVocabulary(model);
    return new OnnxPlanner(model, options);
  }

  reset(): void {
    this.#life = undefined;
    this.#done.reset();
    this.#lastSpeed = undefined;
    this.#guess = new BigInt64Array(SLOTS.length);
  }

  async plan(input: PlanInput): Promise<PlanResult> {
    const { observation, nowUs } = input;
    const { stampUs, ego, route } = observation;
    const life = withRoute(this.#life, route.text, route.givenUs, ego?.speedMps);
    if (life !== this.#life) this.#done.reset();
    this.#life = life;
    if (ego) this.#lastSpeed = { speedMps: ego.speedMps, stampUs };
    // A trajectory needs a speed to start from; ingest has already reported EGO_MISSING.
    const start = this.#lastSpeed;
    if (!start || stampUs - start.stampUs > SPEED_CARRY_US) return { faults: [] };
    const text = await this.#text.encode(route.text, stampUs);
    if (!text.ok) return { faults: [text.fault] };
    const run = await this.#model.planner.run(this.#tensors(input, life, text.value), stampUs);
    if (!run.ok) return { faults: [run.fault] };

    const logits = run.value.logits as Float32Array;
    this.#guess = run.value.tokens as BigInt64Array;
    const tokens = Array.from(this.#guess, Number);
    let values: SlotValues;
    try {
      values = decodeSlots(tokens);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      return { faults: [{ code: "PROPOSAL_INVALID", detail: error.message, stampUs }] };
    }
    const answer = this.#done.hear(values.answer, nowUs);
    this.#life = afterOutput(life, answer, values.maneuver.lateral, nowUs);
    const chances = tokens.map((token, slot) => {
      const row = logits.subarray(slot * VOCABULARY_SIZE, (slot + 1) * VOCABULARY_SIZE);
      return slotProbability(row, TOKEN_RANGES[SLOTS[slot]!], token);
    });
    const margins = chances.map((c) => c.margin);
    const wordProbs = (slot: number) =>
      slotDistribution(logits.subarray(slot * VOCABULARY_SIZE), TOKEN_RANGES[SLOTS[slot]!]);
    const trajectory = decodeTrajectory(
      start.speedMps,
      values.accelCodes,
      values.curvatureCodes,
      this.#vehicle,
    );
    const proposal: Proposal = {
      observationId: observation.id,
      stampUs,
      maneuver: coherentTarget(values.maneuver, trajectory),
      trajectory,
      answer: values.answer,
      answerDetail: answerDetail(values.answer, route.text, text.value.truncated),
      probabilities: chances.map((c) => c.prob),
      margins,
      lateralProbs: wordProbs(LATERAL_SLOT),
      longitudinalProbs: wordProbs(LONGITUDINAL_SLOT),
      tokens,
    };
    return { proposal, faults: lowMargins(margins, stampUs) };
  }

  #tensors(input: PlanInput, life: InstructionLife, text: TextStates) {
    const { observation, bev, nowUs } = input;
    const { ego, route } = observation;
    const state = encodeState({
      speedMps: ego?.speedMps,
      accelMps2: ego?.accelMps2,
      yawRateRadps: ego?.yawRateRadps,
      cruiseSpeedMps: route.speedLimitMps ?? input.cruiseSpeedMps,
      sinceInstructionS: Math.max(0, nowUs - life.givenUs) / 1e6,
      speedWhenGivenMps: life.speedWhenGivenMps,
      phase: life.phase,
      sincePhaseS: Math.max(0, nowUs - life.phaseSinceUs) / 1e6,
    });
    const mask = buildMask({ speedLimitMps: route.speedLimitMps });
    const { nx, ny } = BEV_SPEC;
    return {
      bev: { type: "uint8", data: bev.data, dims: [1, bev.data.length / (nx * ny), nx, ny] },
      text: { type: "float32", data: text.states, dims: [1, text.tokenCount, 384] },
      state: {
        type: "int64",
        data: BigInt64Array.from(state, BigInt),
        dims: [1, state.length],
      },
      mask: { type: "float32", data: mask, dims: [SLOTS.length, VOCABULARY_SIZE] },
      guess: { type: "int64", data: this.#guess, dims: [1, SLOTS.length] },
    } as const;
  }
}

function lowMargins(margins: readonly number[], stampUs: number): Fault[] {
  return [LATERAL_SLOT, LONGITUDINAL_SLOT]
    .filter((slot) => margins[slot]! < MARGIN_MIN)
    .map((slot) => ({
      code: "PROPOSAL_LOW_MARGIN",
      detail: `slot ${SEQUENTIAL_SLOTS[slot]}: best choice leads by at least ${MARGIN_MIN} expected, found ${margins[slot]!.toFixed(3)}`,
      stampUs,
    }));
}

const ANSWER_TEXTS: Record<Answer, string> = {
  NONE: "no instruction to answer",
  ACCEPTED: "accepted",
  DONE: "done",
  REFUSED_NO_LANE: "refused: there is no such lane",
  REFUSED_UNSAFE: "refused: not safe now",
  REFUSED_ILLEGAL: "refused: not allowed",
  REFUSED_NOT_UNDERSTOOD: "refused: not understood as a driving instruction",
};

function answerDetail(answer: Answer, text: string, truncated: boolean): string {
  const cut = truncated ? " (only its first 32 word pieces were read)" : "";
  return text === "" ? ANSWER_TEXTS[answer] : `"${text}"${cut}: ${ANSWER_TEXTS[answer]}`;
}
