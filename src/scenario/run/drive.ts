import type { Decision } from "../../contract/decision.ts";
import type { Answer } from "../../contract/maneuver.ts";
import type { Scene } from "../../contract/scene.ts";
import {
  type ActiveInstruction,
  advanceInstruction,
  giveInstruction,
} from "../../expert/meaning.ts";
import type { NavMeaning } from "../../expert/navigator/nav-meaning.ts";
import { RouteFollower } from "../../expert/route/follower.ts";
import type { Driver, SensorInput } from "../drivers/driver.ts";
import { Executor } from "../executor/executor.ts";
import type { ExecutorReads } from "../executor/pace.ts";
import { decisionOf } from "../label-decision.ts";
import type { DriveWorld } from "./drive-world.ts";
import { InstructionWatch } from "./instruction-watch.ts";
import { Monitor } from "./monitor.ts";
import type { RunEnd, RunResult } from "./result.ts";

/** The world moves, and the executor acts, this often. */
const STEP_US = 50_000;
/** The drive is watched, and a decision may be due, this often. */
const WATCH_US = 100_000;
/** A decision may be as old as this when the next one is due; with a reserve of two periods. */
const VALID_PERIODS = 3;

/** What the sensors of the vehicle say of a scene: bytes, noise and words. */
export type Sense = (
  scene: Scene,
  id: number,
  text: string,
  givenUs: number,
) => Promise<SensorInput>;

export type DriveOptions = {
  readonly key: string;
  readonly worldName: string;
  readonly seed: number;
  readonly driverName: string;
  /** Between two decisions: 100 000 or 1 000 000 µs. */
  readonly periodUs: number;
  /** From the scene to the moment at which its decision takes effect. */
  readonly delayUs: number;
  readonly timeoutS: number;
  readonly reads?: ExecutorReads;
  readonly text: string;
  /** What `text` means: the score then tells what became of it. No driver is shown it. */
  readonly meaning?: NavMeaning;
  readonly sense?: Sense;
  readonly signal?: AbortSignal;
  /** Sees each scene in which a decision is made, and the decision. */
  readonly onDecision?: (scene: Scene, decision: Decision) => void | Promise<void>;
};

/**
 * One drive in lock-step: the world waits for each decision, which takes effect `delayUs` of its time
 * later. The same world, driver and options give the same result to the bit.
 */
export async function runDrive(
  world: DriveWorld,
  driver: Driver,
  options: DriveOptions,
): Promise<RunResult> {
  const follower = new RouteFollower(world.net, world.route);
  const monitor = new Monitor(world, follower, WATCH_US / 1e6);
  const loop = new Loop(world, driver, follower, options);
  const { meaning } = options;
  const watch = meaning && new InstructionWatch(world, meaning, WATCH_US / 1e6);
  let end: RunEnd | undefined;
  let error: string | undefined;
  for (let atUs = 0; end === undefined; atUs += WATCH_US) {
    options.signal?.throwIfAborted();
    const scene = world.scene();
    end = monitor.observe(scene, atUs / 1e6, WATCH_US / 1e6);
    if (end === undefined && atUs / 1e6 > options.timeoutS) end = "TIMEOUT";
    if (end !== undefined) break;
    try {
      await loop.decide(scene, atUs);
      watch?.observe(scene, follower.guide(), loop.answer, monitor.bounds);
      for (let us = 0; us < WATCH_US; us += STEP_US) loop.step();
    } catch (thrown) {
      options.signal?.throwIfAborted();
      error = thrown instanceof Error ? thrown.message : String(thrown);
      end = "DRIVER_ERROR";
    }
  }
  const { key, worldName, seed, driverName } = options;
  const result = monitor.finish({ key, world: worldName, seed, driver: driverName }, end);
  return {
    ...result,
    ...(error === undefined ? {} : { error }),
    ...(options.text === "" && watch === undefined
      ? {}
      : {
          instruction: {
            text: options.text,
            answers: loop.answers,
            ...(watch === undefined ? {} : { verdict: watch.verdict() }),
          },
        }),
  };
}

type Due = { readonly decision: Decision; readonly dueUs: number };

/** Driver, executor and world, tick by tick. */
class Loop {
  readonly answers: Answer[] = [];
  readonly #world: DriveWorld;
  readonly #driver: Driver;
  readonly #follower: RouteFollower;
  readonly #options: DriveOptions;
  readonly #executor: Executor;
  #instruction: ActiveInstruction | undefined;
  #due: Due[] = [];
  #nextId = 0;

  constructor(world: DriveWorld, driver: Driver, follower: RouteFollower, options: DriveOptions) {
    this.#world = world;
    this.#driver = driver;
    this.#follower = follower;
    this.#options = options;
    this.#executor = new Executor(world.vehicle, options.reads ?? "FULL");
  }

  /** The newest answer. */
  get answer(): Answer {
    return this.answers.at(-1) ?? "NONE";
  }

  /** Makes a decision where one is due. */
  async decide(scene: Scene, atUs: number): Promise<void> {
    const { periodUs, delayUs } = this.#options;
    if (atUs % periodUs !== 0) return;
    this.#executor.observe(this.#world.ego());
    const id = this.#nextId++;
    const decision = await this.#decide(scene, id);
    // the drive begins with a decision in force
    this.#due.push({ decision, dueUs: id === 0 ? scene.stampUs : scene.stampUs + delayUs });
    if (this.answers.at(-1) !== decision.answer) this.answers.push(decision.answer);
    await this.#options.onDecision?.(scene, decision);
  }

  /** Delivers what is due, and moves the world by one command. */
  step(): void {
    const state = this.#world.ego();
    const nowUs = state.stampUs;
    this.#executor.observe(state);
    for (const { decision } of this.#due.filter(({ dueUs }) => dueUs <= nowUs))
      this.#executor.receive(decision, Math.max(nowUs, decision.decidedUs));
    this.#due = this.#due.filter(({ dueUs }) => dueUs > nowUs);
    this.#world.step(STEP_US / 1e6, this.#executor.control(state));
  }

  async #decide(scene: Scene, id: number): Promise<Decision> {
    const { text, sense, periodUs, delayUs } = this.#options;
    const { stampUs, ego } = scene;
    this.#instruction ??= giveInstruction(text, { kind: "FOLLOW_ROAD" }, stampUs, ego.speedMps);
    if (this.#driver.sees === "SENSORS") {
      if (sense === undefined) throw new RangeError("sense expected for a driver with sensors");
      const given = this.#instruction.givenUs;
      return this.#driver.decide(await sense(scene, id, text, given));
    }
    const guide = this.#follower.guide();
    const wish = this.#driver.decide({ scene, guide, instruction: this.#instruction });
    const { lateral } = wish.maneuver;
    this.#instruction = advanceInstruction(this.#instruction, wish.answer, lateral, stampUs);
    const validMs = (VALID_PERIODS * periodUs) / 1000;
    return decisionOf(wish, ego.speedMps, {
      id,
      stampUs,
      delayUs: id === 0 ? 0 : delayUs,
      validMs,
    });
  }
}
