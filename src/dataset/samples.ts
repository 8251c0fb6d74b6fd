import type { Rig, Scene } from "../contract/scene.ts";
import { expertDecide } from "../expert/decide.ts";
import { type ActiveInstruction, advanceInstruction, giveInstruction } from "../expert/meaning.ts";
import type { Sentence } from "../expert/sentences.ts";
import { rasterizeBev } from "../render/bev-truth.ts";
import type { Random } from "../world/random.ts";
import { createWorld, type World } from "../world/world.ts";
import { gauss } from "./observe.ts";
import { encodeVariants, type Labelled, type Sample, TICK_S, VARIANTS } from "./sample.ts";
import { SceneHistory, sense } from "./sense.ts";
import { SlippingHand } from "./slipping-hand.ts";

export type SampleOptions = {
  readonly durationS: number;
  /** Ticks at which samples are taken. */
  readonly ticks: ReadonlySet<number>;
  readonly pool: readonly Sentence[];
  /** Rig to render; without it only truth is sampled. */
  readonly rig?: Rig;
};

/**
 * Drives one world of the first generator with the expert (and slips of its hand, so that recoveries
 * are seen) and yields labelled samples at the wanted ticks. Ends early at a collision.
 */
export async function* sampleWorld(
  seed: number,
  rng: Random,
  options: SampleOptions,
): AsyncGenerator<Sample> {
  const world = createWorld(seed);
  const cruiseMps = cruiseOf(world, rng);
  const hand = new SlippingHand(rng);
  const history = new SceneHistory();
  let instruction: Spoken | undefined;
  let nextWordsTick = 0;
  const ticks = Math.round(options.durationS / TICK_S);
  for (let tick = 0; tick <= ticks && !world.collision(); tick++) {
    const scene = world.scene();
    if (options.rig) history.add(scene);
    if (!instruction || tick >= nextWordsTick) {
      instruction = speak(options.pool, rng, scene.stampUs, scene.ego.speedMps);
      nextWordsTick = tick + rng.int(40, 130);
    }
    const label = expertDecide(scene, instruction.active, cruiseMps);
    if (options.ticks.has(tick)) {
      const driven = { ...instruction, label };
      const variants = variantsOf(scene, cruiseMps, driven, options.pool, rng);
      const columns = encodeVariants(scene, cruiseMps, variants, rng);
      const sample = { bev: rasterizeBev(scene), ...columns, sky: "OLD" };
      if (options.rig) yield { ...sample, sensors: await sense(history.scenes, options.rig, rng) };
      else yield sample;
    }
    const { answer, maneuver } = label;
    const active = advanceInstruction(instruction.active, answer, maneuver.lateral, scene.stampUs);
    instruction = { ...instruction, active };
    world.step(TICK_S, hand.control(label, scene.ego.speedMps));
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

function* variantsOf(
  scene: Scene,
  cruiseMps: number,
  driven: Labelled,
  pool: readonly Sentence[],
  rng: Random,
): Generator<Labelled> {
  yield driven;
  for (let k = 1; k < VARIANTS; k++) {
    const spoken = imagine(pool, rng, scene);
    yield { ...spoken, label: expertDecide(scene, spoken.active, cruiseMps) };
  }
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
