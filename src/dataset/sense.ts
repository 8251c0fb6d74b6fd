import { BevInputBuilder } from "../bev/bev-input.ts";
import { FEATURES_PER_VIEW } from "../bev/lift-table.ts";
import { planViews, type View } from "../bev/views.ts";
import type { Rig, Scene } from "../contract/scene.ts";
import type { Random } from "../world/random.ts";
import { lampLabels } from "./lamp-labels.ts";
import { observeScene } from "./observe.ts";
import { type SampleSensors, VIEW_SLOTS } from "./sample.ts";

/** LiDAR history that the pillars hold, ticks of 0.1 s ago. */
const PAST_TICKS = [10, 5, 0] as const;
/** Lift index of "no view sees it" in shards: VIEW_SLOTS · 480. */
const LIFT_NONE = VIEW_SLOTS * FEATURES_PER_VIEW;

/** The scenes of the last second, newest last: what a rendered sample looks back on. */
export class SceneHistory {
  readonly scenes: Scene[] = [];

  add(scene: Scene): void {
    this.scenes.push(scene);
    if (this.scenes.length > PAST_TICKS[0] + 1) this.scenes.shift();
  }
}

/** Sensors of the newest scene with their history, as the service would prepare them. */
export async function sense(
  scenes: readonly Scene[],
  rig: Rig,
  rng: Random,
): Promise<SampleSensors> {
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
