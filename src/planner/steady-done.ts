import type { Answer } from "../contract/maneuver.ts";

/** DONE ends an instruction for good, so it counts once it was said for so long without a break. */
const STEADY_US = 400_000;

/** What the life of an instruction goes on with: one DONE amid other answers is a slip, and told as ACCEPTED. */
export class SteadyDone {
  #sinceUs: number | undefined;

  /** New words, or a new drive: what was said before does not count. */
  reset(): void {
    this.#sinceUs = undefined;
  }

  hear(answer: Answer, nowUs: number): Answer {
    if (answer !== "DONE") {
      this.#sinceUs = undefined;
      return answer;
    }
    this.#sinceUs ??= nowUs;
    return nowUs - this.#sinceUs < STEADY_US ? "ACCEPTED" : "DONE";
  }
}
