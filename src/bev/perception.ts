import { BEV_SPEC, type BevState } from "../contract/bev.ts";
import type { Fault } from "../contract/fault.ts";
import type { Observation } from "../contract/observation.ts";
import type { LoadedModel } from "../inference/model.ts";
import { type BevInput, BevInputBuilder } from "./bev-input.ts";
import { LIFT_CELLS, LIFT_HEIGHTS_M } from "./lift-table.ts";
import { PILLAR_CHANNELS, PILLAR_SPEC } from "./pillar-spec.ts";
import { VIEW_HEIGHT_PX, VIEW_WIDTH_PX } from "./views.ts";

export type PerceptionResult = {
  /** Absent when there was nothing to see with, or the network failed; `faults` says why. */
  readonly bev?: BevState;
  readonly faults: readonly Fault[];
  readonly timing: {
    readonly decodeMs: number;
    readonly pillarsMs: number;
    readonly bevMs: number;
  };
};

/** Makes network input, one Observation after the other. */
export type BevInputs = {
  build(observation: Observation): Promise<BevInput>;
  reset(): void;
};

/** Sensors → BevState, one Observation after the other. */
export class Perception {
  readonly #model: LoadedModel;
  readonly #inputs: BevInputs;

  private constructor(model: LoadedModel, inputs: BevInputs) {
    this.#model = model;
    this.#inputs = inputs;
  }

  /** @param inputs where the input is made; in this thread unless said otherwise. */
  static async open(
    model: LoadedModel,
    inputs: BevInputs = new BevInputBuilder(),
  ): Promise<Perception> {
    return new Perception(model, inputs);
  }

  reset(): void {
    this.#inputs.reset();
  }

  async perceive(observation: Observation): Promise<PerceptionResult> {
    const input = await this.#inputs.build(observation);
    const startMs = performance.now();
    const timing = { decodeMs: input.decodeMs, pillarsMs: input.pillarsMs };
    if (input.viewCount === 0 && input.lidars.length === 0)
      return { faults: input.faults, timing: { ...timing, bevMs: 0 } };
    const run = await this.#model.bev.run(bevTensors(input), observation.stampUs);
    const bevMs = performance.now() - startMs;
    if (!run.ok) return { faults: [...input.faults, run.fault], timing: { ...timing, bevMs } };
    const bev: BevState = {
      spec: BEV_SPEC,
      data: run.value.bev as Uint8Array,
      stampUs: observation.stampUs,
      cameras: input.cameras,
      lidars: input.lidars,
    };
    return { bev, faults: input.faults, timing: { ...timing, bevMs } };
  }
}

/** Named inputs of the bev graph. */
export function bevTensors(input: Pick<BevInput, "pillars" | "images" | "lift">) {
  const views = input.images.length / (VIEW_HEIGHT_PX * VIEW_WIDTH_PX * 3);
  return {
    pillars: {
      type: "uint8",
      data: input.pillars,
      dims: [1, PILLAR_CHANNELS.length, PILLAR_SPEC.nx, PILLAR_SPEC.ny],
    },
    images: {
      type: "uint8",
      data: input.images,
      dims: [views, VIEW_HEIGHT_PX, VIEW_WIDTH_PX, 3],
    },
    lift: { type: "int32", data: input.lift, dims: [LIFT_HEIGHTS_M.length, LIFT_CELLS] },
  } as const;
}
