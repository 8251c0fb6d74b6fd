import { BevInputBuilder } from "../bev/bev-input.ts";
import { FEATURES_PER_VIEW } from "../bev/lift-table.ts";
import { planViews, type View } from "../bev/views.ts";
import type { Rig, Scene } from "../contract/scene.ts";
import { expertDecide } from "../expert/decide.ts";
import { controlOf } from "../expert/drive.ts";
import {
  type ActiveInstruction,
  advanceInstruction,
  type ExpertLabel,
  giveInstruction,
} from "../expert/meaning.ts";
import type { Sentence } from "../expert/sentences.ts";
import { rasterizeBev } from "../render/bev-truth.ts";
import { encodeSlots } from "../tokens/slots.ts";
import { encodeState, STATE_VARIABLES } from "../tokens/state.ts";
import { SLOTS } from "../tokens/vocabulary.ts";
import type { Random } from "../world/random.ts";
import { createWorld, type World } from "../world/world.ts";
import { lampLabels } from "./lamp-labels.ts";
import { gauss, observeScene } from "./observe.ts";

/** Instruction variants that are labelled on each scene; the first is the one driven by. */
export const VARIANTS = 4;
/** Pictures per sample; a missing one is black and no cell points to it. */
export const VIEW_SLOTS = 3;

const TICK_S = 0.1;
const TICK_US = 100_000;
/** LiDAR history that the pillars hold, ticks ago. */
const PAST_TICKS = [10, 5, 0] as const;

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
};

export type SampleOptions = {
  readonly durationS: number;
  /** Ticks at which samples are taken. */
  readonly ticks: ReadonlySet<number>;
  readonly pool: readonly Sentence[];
  /** Rig to render; without it only truth is sampled. */
  readonly rig?: Rig;
};

/**
 * Drives one world with the expert (and slips of its hand, so that recoveries are seen) and yields
 * labelled samples at the wanted ticks. Ends early at a collision.
 */
export async function* sampleWorld(
  seed: number,
  rng: Random,
  options: SampleOptions,
): AsyncGenerator<Sample> {
  const world = createWorld(seed);
  const cruiseMps = cruiseOf(world, rng);
  const hand = new SlippingHand(rng);
  const scenes: Scene[] = [];
  let instruction: Spoken | undefined;
  let nextWordsTick = 0;
  const ticks = Math.round(options.durationS / TICK_S);
  for (let tick = 0; tick <= ticks && !world.collision(); tick++) {
    const scene = world.scene();
    if (options.rig) {
      scenes.push(scene);
      if (scenes.length > PAST_TICKS[0] + 1) scenes.shift();
    }
    if (!instruction || tick >= nextWordsTick) {
      instruction = speak(options.pool, rng, scene.stampUs, scene.ego.speedMps);
      nextWordsTick = tick + rng.int(40, 130);
    }
    const label = expertDecide(scene, instruction.active, cruiseMps);
    if (options.ticks.has(tick)) {
      const labels = labelVariants(scene, cruiseMps, instruction, label, options.pool, rng);
      const bev = rasterizeBev(scene);
      if (options.rig) yield { bev, ...labels, sensors: await sense(scenes, options.rig, rng) };
      else yield { bev, ...labels };
    }
    const { answer, maneuver } = label;
    const active = advanceInstruction(instruction.active, answer, maneuver.lateral, scene.stampUs);
    instruction = { ...instruction, active };
    world.step(TICK_S, hand.control(label, scene));
  }
}

type Spoken = { readonly index: number; readonly active: ActiveInstruction };

function speak(pool: readonly Sentence[], rng: Random, givenUs: number, speedMps: number): Spoken {
  const index = rng.chance(0.15) ? 0 : rng.int(0, pool.length - 1);
  const { text, meaning } = pool[index]!;
  return { index, active: giveInstruction(text, meaning, givenUs, speedMps) };
}

/** The speed that the driver would like: the limit where it is known, about the usual elsewhere. */
function cruiseOf(world: World, rng: Random): number {
  return world.scene().speedLimitMps ?? world.layout.limitMps * rng.range(0.7, 1.1);
}

function labelVariants(
  scene: Scene,
  cruiseMps: number,
  driven: Spoken,
  drivenLabel: ExpertLabel,
  pool: readonly Sentence[],
  rng: Random,
) {
  const text = new Int32Array(VARIANTS);
  const state = new Int32Array(VARIANTS * STATE_VARIABLES.length);
  const target = new Int16Array(VARIANTS * SLOTS.length);
  for (let k = 0; k < VARIANTS; k++) {
    const spoken = k === 0 ? driven : imagine(pool, rng, scene);
    const label = k === 0 ? drivenLabel : expertDecide(scene, spoken.active, cruiseMps);
    text[k] = spoken.index;
    state.set(stateTokens(scene, spoken.active, cruiseMps, rng), k * STATE_VARIABLES.length);
    target.set(encodeSlots(label), k * SLOTS.length);
  }
  return { text, state, target };
}

/** Other words that could have been said a moment ago on the same scene. */
function imagine(pool: readonly Sentence[], rng: Random, scene: Scene): Spoken {
  const sinceUs = Math.round(rng.range(0, 1) ** 2 * 10e6);
  const speedMps = Math.max(0, scene.ego.speedMps + (sinceUs / 1e6) * 0.3 * gauss(rng));
  const spoken = speak(pool, rng, scene.stampUs - sinceUs, speedMps);
  if (!rng.chance(0.15)) return spoken;
  const phaseSinceUs = scene.stampUs - Math.round(rng.next() * sinceUs);
  return { ...spoken, active: { ...spoken.active, phase: "DONE", phaseSinceUs } };
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

async function sense(scenes: readonly Scene[], rig: Rig, rng: Random): Promise<SampleSensors> {
  const builder = new BevInputBuilder();
  const past = PAST_TICKS.filter((ago) => ago < scenes.length);
  const quality = rng.int(60, 92);
  let input: Awaited<ReturnType<BevInputBuilder["build"]>> | undefined;
  let views: View[] = [];
  for (const ago of past) {
    const scene = scenes[scenes.length - 1 - ago]!;
    const observation = await observeScene(scene, rig, {
      id: 0,
      text: "",
      givenUs: scene.stampUs,
      rng,
      withImages: ago === 0,
      jpegQuality: quality,
    });
    input = await builder.build(observation);
    views = planViews(observation.images);
  }
  const viewBytes = input!.images.length / Math.max(1, input!.viewCount);
  const images = new Uint8Array(VIEW_SLOTS * viewBytes);
  images.set(input!.images.subarray(0, input!.viewCount * viewBytes));
  const none = Math.max(1, input!.viewCount) * FEATURES_PER_VIEW;
  const lift = input!.lift.map((index) => (index === none ? LIFT_NONE : index));
  const lamps = lampLabels(scenes[scenes.length - 1]!, views);
  return { pillars: input!.pillars, images, lift, lamps };
}

/** Lift index of "no view sees it" in shards: VIEW_SLOTS · 480. */
const LIFT_NONE = VIEW_SLOTS * FEATURES_PER_VIEW;

/** Control from the label, with slow errors of hand and foot in some stretches. */
class SlippingHand {
  readonly #rng: Random;
  #accel = 0;
  #curvature = 0;
  #left = 0;

  constructor(rng: Random) {
    this.#rng = rng;
  }

  control(label: ExpertLabel, scene: Scene) {
    const rng = this.#rng;
    if (this.#left <= 0 && rng.chance(0.02)) {
      this.#left = rng.int(5, 20);
      this.#accel = 0.7 * gauss(rng);
      this.#curvature = (0.5 * gauss(rng)) / Math.max(25, scene.ego.speedMps ** 2);
    }
    this.#left--;
    const slip = this.#left > 0 ? 1 : 0;
    const wanted = controlOf(label, scene.ego.speedMps);
    return {
      accelMps2: wanted.accelMps2 + slip * this.#accel,
      curvatureInvm: wanted.curvatureInvm + slip * this.#curvature,
    };
  }
}
