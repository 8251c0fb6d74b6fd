import { controlOf } from "../expert/drive.ts";
import type { ExpertLabel } from "../expert/meaning.ts";
import type { Random } from "../world/random.ts";
import { gauss } from "./observe.ts";

/** Control from the label, with slow errors of hand and foot in some stretches. */
export class SlippingHand {
  readonly #rng: Random;
  #accel = 0;
  #curvature = 0;
  #left = 0;

  constructor(rng: Random) {
    this.#rng = rng;
  }

  control(label: ExpertLabel, speedMps: number) {
    const rng = this.#rng;
    if (this.#left <= 0 && rng.chance(0.02)) {
      this.#left = rng.int(5, 20);
      this.#accel = 0.7 * gauss(rng);
      this.#curvature = (0.5 * gauss(rng)) / Math.max(25, speedMps ** 2);
    }
    this.#left--;
    const slip = this.#left > 0 ? 1 : 0;
    const wanted = controlOf(label, speedMps);
    return {
      accelMps2: wanted.accelMps2 + slip * this.#accel,
      curvatureInvm: wanted.curvatureInvm + slip * this.#curvature,
    };
  }
}
