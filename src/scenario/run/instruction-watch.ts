import type { Answer } from "../../contract/maneuver.ts";
import type { Scene } from "../../contract/scene.ts";
import { judgeInstruction, type Verdict } from "../../expert/navigator/judge.ts";
import type { NavMeaning } from "../../expert/navigator/nav-meaning.ts";
import { TraceRecorder } from "../../expert/navigator/record-trace.ts";
import type { RouteGuide } from "../../expert/route/guide.ts";
import type { PaceBounds } from "../score/allowed-pace.ts";
import type { DriveWorld } from "./drive-world.ts";

/** Follows one instruction, given at the start of a drive, and judges it at the end. */
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
}

/** Something closed nearer than this lets nobody go on, m. */
const CLOSED_M = 4;

const measured = (bounds: PaceBounds | undefined) => {
  if (bounds === undefined) return {};
  const { freeMps, lead, closedM } = bounds;
  const held = closedM !== undefined && closedM < CLOSED_M;
  return { freeMps: held ? 0 : freeMps, ...(lead === undefined ? {} : { lead }) };
};
