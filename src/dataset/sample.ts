import type { Scene } from "../contract/scene.ts";
import type { ActiveInstruction, ExpertLabel } from "../expert/meaning.ts";
import { encodeSlots } from "../tokens/slots.ts";
import { encodeState, STATE_VARIABLES } from "../tokens/state.ts";
import { SLOTS } from "../tokens/vocabulary.ts";
import type { Random } from "../world/random.ts";
import { gauss } from "./observe.ts";

/** Instruction variants that are labelled on each scene; the first is the one driven by. */
export const VARIANTS = 4;
/** Pictures per sample; a missing one is black and no cell points to it. */
export const VIEW_SLOTS = 3;

export const TICK_S = 0.1;
const TICK_US = 100_000;

export type SampleSensors = {
  readonly pillars: Uint8Array;
  readonly images: Uint8Array;
  /** [4, 8192] int32 for the VIEW_SLOTS pictures. */
  readonly lift: Int32Array;
  /** [16, 2], see lampLabels. */
  readonly lamps: Int16Array;
};

export type Sample = {
  readonly bev: Uint8Array;
  /** [K] index into the pool. */
  readonly text: Int32Array;
  /** [K, 8]. */
  readonly state: Int32Array;
  /** [K, 19]. */
  readonly target: Int16Array;
  readonly sensors?: SampleSensors;
  /** For counting: the sky of the world, and the variants. */
  readonly sky: string;
  readonly labelled: readonly Labelled[];
};

/** One instruction on a scene with what the expert says to it. */
export type Labelled = {
  /** Index into the pool. */
  readonly index: number;
  readonly active: ActiveInstruction;
  readonly label: ExpertLabel;
};

/** Text, state and target columns of the variants of one scene. */
export function encodeVariants(
  scene: Scene,
  cruiseMps: number,
  variants: Iterable<Labelled>,
  rng: Random,
): Pick<Sample, "text" | "state" | "target" | "labelled"> {
  const labelled: Labelled[] = [];
  const text = new Int32Array(VARIANTS);
  const state = new Int32Array(VARIANTS * STATE_VARIABLES.length);
  const target = new Int16Array(VARIANTS * SLOTS.length);
  for (const variant of variants) {
    const { index, active, label } = variant;
    const k = labelled.length;
    text[k] = index;
    state.set(stateTokens(scene, active, cruiseMps, rng), k * STATE_VARIABLES.length);
    target.set(encodeSlots(label), k * SLOTS.length);
    labelled.push(variant);
  }
  return { text, state, target, labelled };
}

function stateTokens(
  scene: Scene,
  active: ActiveInstruction,
  cruiseMps: number,
  rng: Random,
): number[] {
  const { ego, stampUs } = scene;
  // The decision falls about 50 ms behind the observation.
  const nowUs = stampUs + TICK_US / 2;
  return encodeState({
    speedMps: Math.max(0, ego.speedMps + 0.1 * gauss(rng)),
    accelMps2: ego.accelMps2 + 0.4 * gauss(rng),
    yawRateRadps: ego.yawRateRadps + 0.01 * gauss(rng),
    cruiseSpeedMps: cruiseMps,
    sinceInstructionS: (nowUs - active.givenUs) / 1e6,
    speedWhenGivenMps: active.speedWhenGivenMps,
    phase: active.phase,
    sincePhaseS: (nowUs - active.phaseSinceUs) / 1e6,
  });
}
