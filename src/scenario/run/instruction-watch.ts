import type { Answer } from "../../contract/maneuver.ts";
import type { Scene } from "../../contract/scene.ts";
import { judgeInstruction, type Verdict } from "../../expert/navigator/judge.ts";
import type { NavMeaning } from "../../expert/navigator/nav-meaning.ts";
import { type Measured, TraceRecorder } from "../../expert/navigator/record-trace.ts";
import type { RouteGuide } from "../../expert/route/guide.ts";
import type { PaceBounds } from "../score/allowed-pace.ts";
import type { DriveWorld } from "./drive-world.ts";

/** Follows one instruction from its words on, and judges it. */
export class InstructionWatch {
  readonly #world: DriveWorld;
  readonly #meaning: NavMeaning;
  readonly #recorder: TraceRecorder;

  /** `stepS`: time between two scenes. */
  constructor(world: DriveWorld, meaning: NavMeaning, stepS: number) {
    this.#world = world;
    this.#meaning = meaning;
    this.#recorder = new TraceRecorder(world.graph, world.vehicle, stepS);
  }

  observe(scene: Scene, guide: RouteGuide, answer: Answer, bounds: PaceBounds | undefined): void {
    this.#recorder.add(scene, answer, measured(bounds), guide);
  }

  verdict(): Verdict {
    return judgeInstruction(this.#meaning, this.#recorder.trace, this.#world.graph);
  }

  /** Time since the words, s. */
  get elapsedS(): number {
    const { samples, stepS } = this.#recorder.trace;
    return Math.max(0, samples.length - 1) * stepS;
  }
}

/** Something closed nearer than this lets nobody go on, nor one who stands farther before it and waits, m. */
const CLOSED_M = 4;
const WAITS_M = 8;
const STANDS_MPS = 0.3;
/** What is closed farther off is approached with this braking, m/s². */
const APPROACH_MPS2 = 1.2;

/** What a trace knows of the way ahead: limits, bends and closed lines together are what is free. */
export const measured = (bounds: PaceBounds | undefined): Measured => {
  if (bounds === undefined) return {};
  const { freeMps, lead, closedM, speedMps } = bounds;
  const nearM = speedMps < STANDS_MPS ? WAITS_M : CLOSED_M;
  const toClosedM = closedM === undefined || closedM >= nearM ? closedM : 0;
  const untilMps =
    toClosedM === undefined
      ? Number.POSITIVE_INFINITY
      : Math.sqrt(2 * APPROACH_MPS2 * Math.max(0, toClosedM));
  return { freeMps: Math.min(freeMps, untilMps), ...(lead === undefined ? {} : { lead }) };
};
