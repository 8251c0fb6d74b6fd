import { setImmediate } from "node:timers/promises";
import { BevInputBuilder } from "../bev/bev-input.ts";
import { ObstacleDetector } from "../obstacles/detector.ts";
import { warmUpObservation } from "./warm-up-observation.ts";

const TICKS_MAX = 7;
const CAMERAS = 2;

/**
 * Senses a made drive and throws it away, so that the compiler has seen followed and moving things
 * before the first real tick. In rooms of its own, between which it looks whether somebody waits.
 * @param isWanted true as soon as there is real work. Returns how many ticks there was time for.
 */
export async function rehearse(isWanted: () => boolean): Promise<number> {
  const builder = new BevInputBuilder();
  const detector = new ObstacleDetector();
  for (let tick = 0; tick < TICKS_MAX; tick++) {
    // Messages of the thread come in between.
    await setImmediate();
    if (isWanted()) return tick;
    const observation = warmUpObservation(0, CAMERAS, tick);
    await builder.build(observation);
    detector.update(observation);
  }
  return TICKS_MAX;
}
