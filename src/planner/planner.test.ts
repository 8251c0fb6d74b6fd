import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { BEV_CHANNELS, BEV_SPEC, type BevState } from "../contract/bev.ts";
import { ACCEL_CODES_MPS2, CAR, LATERALS } from "../contract/maneuver.ts";
import type { Observation, Route } from "../contract/observation.ts";
import { curvatureMaxInvm } from "../geometry/bicycle.ts";
import { type LoadedModel, loadModel } from "../inference/model.ts";
import { MODEL_DIR } from "../inference/model-folder.fixture.ts";
import { buildMask, MASKED } from "../tokens/mask.ts";
import { decodeSlots } from "../tokens/slots.ts";
import { encodeState } from "../tokens/state.ts";
import { TextEncoder32 } from "../tokens/text.ts";
import { SLOTS, TOKEN_RANGES, VOCABULARY_SIZE } from "../tokens/vocabulary.ts";
import { coherentTarget } from "./coherent-target.ts";
import { OnnxPlanner, type PlanInput } from "./planner.ts";

const START_US = 1_700_000_000_000_000;
const TICK_US = 100_000;

let model: LoadedModel;
beforeAll(async () => {
  model = await loadModel(MODEL_DIR, { threads: 1 });
}, 120_000);
afterAll(() => model.close());

/** A BevState with something in it: a road of 8 m and a vehicle 20 m ahead. */
function aBevState(stampUs: number): BevState {
  const { nx, ny } = BEV_SPEC;
  const data = new Uint8Array(BEV_CHANNELS.length * nx * ny);
  const fill = (
    channel: (typeof BEV_CHANNELS)[number],
    value: number,
    x: number[],
    y: number[],
  ) => {
    const c = BEV_CHANNELS.indexOf(channel);
    for (let ix = x[0]!; ix < x[1]!; ix++)
      data.fill(value, (c * nx + ix) * ny + y[0]!, (c * nx + ix) * ny + y[1]!);
  };
  for (const channel of ["vx", "vy", "lane_direction"] as const)
    fill(channel, 128, [0, nx], [0, ny]);
  fill("drivable", 255, [0, nx], [28, 36]);
  fill("visible", 255, [0, nx], [0, ny]);
  fill("vehicle", 255, [50, 55], [31, 33]);
  return { spec: BEV_SPEC, data, stampUs, cameras: ["front"], lidars: ["top"] };
}

type Changes = {
  readonly speedMps?: number;
  readonly route?: Partial<Route>;
  readonly ego?: false;
};

function anInput(tick: number, { speedMps = 8, route, ego }: Changes = {}): PlanInput {
  const stampUs = START_US + tick * TICK_US;
  const observation: Observation = {
    id: tick,
    stampUs,
    arrivalUs: stampUs,
    images: [],
    sweeps: [],
    ...(ego === false
      ? {}
      : { ego: { stampUs, speedMps, accelMps2: 0, yawRateRadps: 0, derived: false } }),
    route: { text: "follow the road", givenUs: START_US, ...route },
    expectedCameras: [],
    expectedLidars: [],
    periodUs: TICK_US,
    faults: [],
  };
  return { observation, bev: aBevState(stampUs), nowUs: stampUs + 50_000, cruiseSpeedMps: 13.5 };
}

async function proposalOf(input: PlanInput) {
  const planner = await OnnxPlanner.open(model);
  const { proposal } = await planner.plan(input);
  if (!proposal) throw new Error("a proposal expected, found none");
  return proposal;
}

describe("a proposal of the real graph", { timeout: 120_000 }, () => {
  test("has a token, a probability and a margin for each slot, and its tokens say what it says", async () => {
    const proposal = await proposalOf(anInput(3));
    expect(proposal).toMatchObject({ observationId: 3, stampUs: START_US + 3 * TICK_US });
    expect(proposal.tokens).toHaveLength(SLOTS.length);
    const said = decodeSlots(proposal.tokens);
    expect(proposal.maneuver).toEqual(coherentTarget(said.maneuver, proposal.trajectory));
    expect(proposal.answer).toBe(said.answer);
    expect(proposal.answerDetail).toContain('"follow the road"');
    for (const p of proposal.probabilities) {
      expect(p).toBeGreaterThan(0);
      expect(p).toBeLessThanOrEqual(1);
    }
    expect(proposal.probabilities).toHaveLength(SLOTS.length);
    expect(proposal.margins).toHaveLength(SLOTS.length);
    const chosen = LATERALS.indexOf(proposal.maneuver.lateral);
    expect(proposal.lateralProbs).toHaveLength(LATERALS.length);
    expect(proposal.lateralProbs![chosen]).toBeCloseTo(proposal.probabilities[3]!, 6);
    expect(proposal.longitudinalProbs!.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 6);
  });

  test("has a trajectory that starts at the measured speed and stays within the car's physics", async () => {
    const { trajectory, tokens } = await proposalOf(anInput(0, { speedMps: 12 }));
    const { accelCodes } = decodeSlots(tokens);
    expect(trajectory.accelMps2).toEqual(accelCodes.map((code) => ACCEL_CODES_MPS2[code]));
    expect(trajectory.speedMps[0]).toBeCloseTo(12 + 0.5 * trajectory.accelMps2[0]!, 6);
    for (const [i, curvature] of trajectory.curvatureInvm.entries()) {
      const before = i === 0 ? 12 : trajectory.speedMps[i - 1]!;
      expect(Math.abs(curvature)).toBeLessThanOrEqual(curvatureMaxInvm(before, CAR) + 1e-9);
    }
  });

  test("is the same for the same input, to the last bit", async () => {
    expect(await proposalOf(anInput(5))).toEqual(await proposalOf(anInput(5)));
  });

  test("never asks for more than the speed limit of the route", async () => {
    for (const speedLimitMps of [0, 3, 8.4]) {
      const { maneuver, tokens } = await proposalOf(anInput(0, { route: { speedLimitMps } }));
      expect(maneuver.targetSpeedMps).toBeLessThanOrEqual(speedLimitMps);
      const mask = buildMask({ speedLimitMps });
      for (const [slot, token] of tokens.entries())
        expect(mask[slot * VOCABULARY_SIZE + token]).toBe(0);
    }
  });

  test("is offered every lateral word, turns among them: no map says that no junction is ahead", async () => {
    const run = vi.spyOn(model.planner, "run");
    await proposalOf(anInput(0, { route: { text: "turn left" } }));
    const mask = run.mock.calls[0]![0].mask!.data;
    run.mockRestore();
    const row = SLOTS.indexOf("LATERAL") * VOCABULARY_SIZE + TOKEN_RANGES.LATERAL.first;
    expect(LATERALS.filter((_, i) => mask[row + i] === 0)).toEqual(LATERALS);
  });

  test("follows what the mask leaves: with one legal token a slot can say nothing else", async () => {
    const input = await graphInput("follow the road");
    const mask = Float32Array.from(input.mask.data);
    const { first, count } = TOKEN_RANGES.TARGET_SPEED;
    const row = SLOTS.indexOf("TARGET_SPEED") * VOCABULARY_SIZE;
    mask.fill(MASKED, row + first, row + first + count);
    mask[row + first + 17] = 0;
    const run = await model.planner.run({ ...input, mask: { ...input.mask, data: mask } }, 0);
    if (!run.ok) throw new Error(run.fault.detail);
    const tokens = Array.from(run.value.tokens as BigInt64Array, Number);
    expect(decodeSlots(tokens).maneuver.targetSpeedMps).toBe(8.5);
  });

  test("the guess changes the time only: tokens and logits are the same to the bit", async () => {
    const input = await graphInput("change to the left lane");
    const from = async (guess: BigInt64Array) => {
      const run = await model.planner.run({ ...input, guess: { ...input.guess, data: guess } }, 0);
      if (!run.ok) throw new Error(run.fault.detail);
      return run.value as { tokens: BigInt64Array; logits: Float32Array };
    };
    const { tokens, logits } = await from(new BigInt64Array(SLOTS.length));
    const last = BigInt(VOCABULARY_SIZE - 1);
    for (const right of [0, 1, 3, 6, SLOTS.length]) {
      const guess = tokens.map((token, slot) => (slot < right ? token : last));
      expect(await from(guess), `${right} slots guessed right`).toEqual({ tokens, logits });
    }
  });

  test("can be made of an empty BevState, an empty instruction and a very long one", async () => {
    const input = anInput(0);
    const empty = { ...input.bev, data: new Uint8Array(input.bev.data.length) };
    expect((await proposalOf({ ...input, bev: empty })).tokens).toHaveLength(SLOTS.length);
    const none = await proposalOf(anInput(0, { route: { text: "" } }));
    expect(none.answerDetail).not.toContain('"');
    const long = await proposalOf(anInput(0, { route: { text: "keep left and ".repeat(40) } }));
    expect(long.answerDetail).toContain("only its first 32 word pieces were read");
  });
});

/** Inputs of the planner graph for a sentence, as the planner makes them. */
async function graphInput(text: string) {
  const encoded = await new TextEncoder32(model.tokenizerJson, model.text).encode(text, 0);
  if (!encoded.ok) throw new Error(encoded.fault.detail);
  const { states, tokenCount } = encoded.value;
  const state = encodeState({
    ...{ speedMps: 8, accelMps2: 0, yawRateRadps: 0, cruiseSpeedMps: 13.5 },
    ...{ sinceInstructionS: 0.1, speedWhenGivenMps: 8, phase: "NONE", sincePhaseS: 0.1 },
  });
  const mask = buildMask({ speedLimitMps: undefined });
  return {
    bev: { type: "uint8", data: aBevState(0).data, dims: [1, 12, 128, 64] },
    text: { type: "float32", data: states, dims: [1, tokenCount, 384] },
    state: { type: "int64", data: BigInt64Array.from(state, BigInt), dims: [1, 8] },
    mask: { type: "float32", data: mask, dims: [SLOTS.length, VOCABULARY_SIZE] },
    guess: { type: "int64", data: new BigInt64Array(SLOTS.length), dims: [1, SLOTS.length] },
  } as const;
}

describe("words", { timeout: 120_000 }, () => {
  test('"left, then right" is another input than "right, then left", and another output', async () => {
    const logitsOf = async (text: string) => {
      const input = await graphInput(text);
      const run = await model.planner.run(input, 0);
      if (!run.ok) throw new Error(run.fault.detail);
      return { text: input.text.data, logits: run.value.logits as Float32Array };
    };
    const one = await logitsOf("change lane left, then right");
    const other = await logitsOf("change lane right, then left");
    const apart = (a: Float32Array, b: Float32Array) =>
      a.reduce((worst, v, i) => Math.max(worst, Math.abs(v - b[i]!)), 0);
    expect(apart(one.text, other.text)).toBeGreaterThan(0.1);
    expect(apart(one.logits, other.logits)).toBeGreaterThan(1e-3);
    expect((await logitsOf("change lane left, then right")).logits).toEqual(one.logits);
  });

  test("NaN in the text states is MODEL_OUTPUT_NON_FINITE, not a proposal", async () => {
    const input = await graphInput("stop");
    const states = Float32Array.from(input.text.data).fill(Number.NaN);
    const run = await model.planner.run({ ...input, text: { ...input.text, data: states } }, 9);
    expect(run).toMatchObject({
      ok: false,
      fault: { code: "MODEL_OUTPUT_NON_FINITE", stampUs: 9 },
    });
  });
});

describe("a missing ego state", { timeout: 120_000 }, () => {
  test("is bridged for 300 ms from the last known speed, then there is no proposal", async () => {
    const planner = await OnnxPlanner.open(model);
    const seen: boolean[] = [];
    for (let tick = 0; tick < 6; tick++) {
      const input = anInput(tick, tick === 0 ? {} : { ego: false });
      seen.push((await planner.plan(input)).proposal !== undefined);
    }
    expect(seen).toEqual([true, true, true, true, false, false]);
    const again = await planner.plan(anInput(6));
    expect(again.proposal).toBeDefined();
  });

  test("from the first tick on gives no proposal; a reset forgets the speed", async () => {
    const planner = await OnnxPlanner.open(model);
    expect(await planner.plan(anInput(0, { ego: false }))).toEqual({ faults: [] });
    await planner.plan(anInput(1));
    planner.reset();
    expect(await planner.plan(anInput(2, { ego: false }))).toEqual({ faults: [] });
  });
});
