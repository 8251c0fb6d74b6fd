import type { Decision } from "../../contract/decision.ts";
import { WireError } from "../../contract/errors.ts";
import type { Answer } from "../../contract/maneuver.ts";
import type { Scene } from "../../contract/scene.ts";
import { hearInstruction, lateChangesM } from "../../expert/instruct/hear.ts";
import {
  type ActiveInstruction,
  advanceInstruction,
  giveInstruction,
} from "../../expert/meaning.ts";
import type { NavMeaning } from "../../expert/navigator/nav-meaning.ts";
import { RouteKeeper } from "../../expert/route/keeper.ts";
import type { Driver, SensorInput } from "../drivers/driver.ts";
import { Executor } from "../executor/executor.ts";
import type { ExecutorReads } from "../executor/pace.ts";
import { decisionOf } from "../label-decision.ts";
import type { DriveWorld } from "./drive-world.ts";
import { InstructionWatch } from "./instruction-watch.ts";
import { type InstructOptions, Instructor } from "./instructor.ts";
import { Monitor } from "./monitor.ts";
import type { RunEnd, RunResult } from "./result.ts";

/** The world moves, and the executor acts, this often. */
const STEP_US = 50_000;
/** The drive is watched, and a decision may be due, this often. */
const WATCH_US = 100_000;
const WATCH_S = WATCH_US / 1e6;
/** Stops and detours that are asked for take their time, s each. */
const PER_INSTRUCTION_S = 30;
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
  /** The run ends well after this time; until its goal where it is not given. */
  readonly lastsS?: number;
  readonly reads?: ExecutorReads;
  readonly text: string;
  /** What `text` means: the score then tells what became of it. Only who sees the truth is told. */
  readonly meaning?: NavMeaning;
  /** One instruction after the other, or one that is read from words, each judged, instead of `text`. */
  readonly instruct?: InstructOptions;
  readonly sense?: Sense;
  readonly signal?: AbortSignal;
  /** Sees each scene in which a decision is made, and the decision. */
  readonly onDecision?: (scene: Scene, decision: Decision) => void | Promise<void>;
};

/**
 * One drive in lock-step: the world waits for each decision, which takes effect `delayUs` of its time
 * later. The same world, driver and options give the same result to the bit.
 * @throws WireError where the way between world and driver breaks
 */
export async function runDrive(
  world: DriveWorld,
  driver: Driver,
  options: DriveOptions,
): Promise<RunResult> {
  const keeper = new RouteKeeper(world.net, world.route);
  const monitor = new Monitor(world, keeper, WATCH_S);
  const loop = new Loop(world, driver, keeper, options);
  const { meaning, instruct } = options;
  const watch = meaning && new InstructionWatch(world, meaning, WATCH_S);
  const instructor = instruct && new Instructor(world, keeper, instruct, WATCH_S);
  const mayLeave = instruct !== undefined && instruct.mode !== "guided";
  let end: RunEnd | undefined;
  let error: string | undefined;
  let timeoutS = options.timeoutS;
  for (let atUs = 0; end === undefined; atUs += WATCH_US) {
    options.signal?.throwIfAborted();
    const tS = atUs / 1e6;
    const scene = world.scene();
    end = monitor.observe(scene, tS, WATCH_S);
    if (end === "OFF_ROUTE" && mayLeave && keeper.recover(scene.ego)) end = undefined;
    if (monitor.hasCollided) instructor?.stop(tS);
    // whoever has driven the whole way and is to arrive may leave the road for it
    if (end === "OFF_ROUTE" && instructor?.isArriving) end = "COMPLETED";
    else if (end === "COMPLETED" && instructor?.awaitsArrival(tS)) end = undefined;
    if (end === undefined && instructor?.hasArrived) end = "COMPLETED";
    if (end === undefined && instructor?.standsAsTold) end = "TIME";
    if (end === undefined && tS >= (options.lastsS ?? Number.POSITIVE_INFINITY)) end = "TIME";
    if (end === undefined && tS > timeoutS) end = "TIMEOUT";
    if (end !== undefined) break;
    if (mayLeave && keeper.recover(scene.ego)) world.reroute?.(keeper.route.lanes);
    try {
      const said = instructor?.speak(scene, tS, monitor.bounds);
      if (said !== undefined) {
        loop.tell(said.text, said.meaning, scene);
        timeoutS += PER_INSTRUCTION_S;
      }
      await loop.decide(scene, atUs);
      watch?.observe(scene, keeper.guide(), loop.answer, monitor.bounds);
      instructor?.observe(scene, tS, loop.answer, monitor.bounds);
      for (let us = 0; us < WATCH_US; us += STEP_US) loop.step();
    } catch (thrown) {
      options.signal?.throwIfAborted();
      // what is between driver and world has failed, and not the driver: such a run has no score
      if (thrown instanceof WireError) throw thrown;
      error = thrown instanceof Error ? thrown.message : String(thrown);
      end = "DRIVER_ERROR";
    }
  }
  const { key, worldName, seed, driverName } = options;
  const result = monitor.finish({ key, world: worldName, seed, driver: driverName }, end);
  const { text } = options;
  const verdict = watch?.verdict();
  return {
    ...result,
    ...(error === undefined ? {} : { error }),
    ...(text === "" && verdict === undefined
      ? {}
      : {
          instruction: {
            text,
            answers: loop.answers,
            ...(verdict === undefined ? {} : { verdict }),
          },
        }),
    ...(instructor === undefined ? {} : { instructions: instructor.finish(world.timeS()) }),
  };
}

type Due = { readonly decision: Decision; readonly dueUs: number };

/** Driver, executor and world, tick by tick. */
class Loop {
  readonly answers: Answer[] = [];
  readonly #world: DriveWorld;
  readonly #driver: Driver;
  readonly #keeper: RouteKeeper;
  readonly #options: DriveOptions;
  readonly #executor: Executor;
  #instruction: ActiveInstruction | undefined;
  /** What the instruction means is known: the route follows it. */
  #isHeard = false;
  #due: Due[] = [];
  #nextId = 0;

  constructor(world: DriveWorld, driver: Driver, keeper: RouteKeeper, options: DriveOptions) {
    this.#world = world;
    this.#driver = driver;
    this.#keeper = keeper;
    this.#options = options;
    this.#executor = new Executor(world.vehicle, options.reads ?? "FULL");
  }

  /** The newest answer. */
  get answer(): Answer {
    return this.answers.at(-1) ?? "NONE";
  }

  /** New words, from this scene on. */
  tell(text: string, meaning: NavMeaning, scene: Scene): void {
    this.#instruction = giveInstruction(text, meaning, scene.stampUs, scene.ego.speedMps);
    this.#isHeard = true;
    this.answers.push("NONE");
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
    const { sense, periodUs, delayUs } = this.#options;
    const { stampUs, ego } = scene;
    const instruction = this.#hear(scene);
    if (this.#driver.sees === "SENSORS") {
      if (sense === undefined) throw new RangeError("sense expected for a driver with sensors");
      const { text, givenUs } = instruction;
      const decision = await this.#driver.decide(await sense(scene, id, text, givenUs));
      const lateral = decision.maneuver.lateral;
      this.#instruction = advanceInstruction(instruction, decision.answer, lateral, stampUs);
      return decision;
    }
    const late = this.#isHeard ? lateChangesM(instruction.meaning, ego.speedMps) : undefined;
    const guide = this.#keeper.guide(late);
    const wish = this.#driver.decide({ scene, guide, instruction });
    const { lateral } = wish.maneuver;
    this.#instruction = advanceInstruction(instruction, wish.answer, lateral, stampUs);
    const validMs = (VALID_PERIODS * periodUs) / 1000;
    return decisionOf(wish, ego.speedMps, {
      id,
      stampUs,
      delayUs: id === 0 ? 0 : delayUs,
      validMs,
    });
  }

  /** The instruction in force; where its meaning is known, the route goes where it says. */
  #hear(scene: Scene): ActiveInstruction {
    const { text, meaning } = this.#options;
    const { stampUs, ego } = scene;
    if (this.#instruction === undefined) {
      this.#isHeard = meaning !== undefined;
      const means = meaning ?? { kind: "FOLLOW_ROAD" as const };
      this.#instruction = giveInstruction(text, means, stampUs, ego.speedMps);
    }
    if (!this.#isHeard) return this.#instruction;
    const heard = hearInstruction(this.#keeper, scene, this.#instruction);
    if (heard.route !== undefined) {
      this.#keeper.replace(heard.route, ego);
      this.#world.reroute?.(heard.route.lanes);
    }
    return heard.instruction;
  }
}
