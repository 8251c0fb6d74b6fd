import type { Observation } from "../contract/observation.ts";
import type { Rig } from "../contract/scene.ts";
import { expertDecide } from "../expert/decide.ts";
import { controlOf } from "../expert/drive.ts";
import { advanceInstruction, giveInstruction, type Meaning } from "../expert/meaning.ts";
import { Random } from "../world/random.ts";
import { createWorld, type WorldOptions } from "../world/world.ts";
import { observeScene } from "./observe.ts";

const TICK_S = 0.1;

export type DriveOptions = {
  readonly seed: number;
  readonly durationS: number;
  readonly rig: Rig;
  readonly text: string;
  /** What the text means; the expert that drives is told, the planner is not. */
  readonly meaning: Meaning;
  readonly world?: WorldOptions;
};

/** A generated drive: the expert drives, the rig's sensors watch. Same options, same bytes. */
export async function* observeDrive(options: DriveOptions): AsyncGenerator<Observation> {
  const rng = new Random(options.seed * 31 + 7);
  const world = createWorld(options.seed, options.world);
  const first = world.scene();
  const cruiseMps = first.speedLimitMps ?? world.layout.limitMps;
  let active = giveInstruction(options.text, options.meaning, first.stampUs, first.ego.speedMps);
  const ticks = Math.round(options.durationS / TICK_S);
  for (let id = 0; id < ticks; id++) {
    const scene = world.scene();
    yield await observeScene(scene, options.rig, {
      id,
      text: options.text,
      givenUs: first.stampUs,
      rng,
      withImages: true,
      jpegQuality: 85,
      ...(scene.speedLimitMps === undefined ? {} : { speedLimitMps: scene.speedLimitMps }),
    });
    const label = expertDecide(scene, active, cruiseMps);
    active = advanceInstruction(active, label.answer, label.maneuver.lateral, scene.stampUs);
    world.step(TICK_S, controlOf(label, scene.ego.speedMps));
  }
}
