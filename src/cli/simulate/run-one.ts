import { createHash } from "node:crypto";
import { WireError } from "../../contract/errors.ts";
import type { Driver } from "../../scenario/drivers/driver.ts";
import { expertDriver } from "../../scenario/drivers/expert-driver.ts";
import { ruleDriver, slowDriver } from "../../scenario/drivers/rule-driver.ts";
import { type DriveOptions, runDrive, type Sense } from "../../scenario/run/drive.ts";
import { nameOf, openWorld } from "../../scenario/run/open-world.ts";
import type { Tick } from "../../service/pipeline.ts";
import { defaultModelDir, findPackage } from "../package-root.ts";
import { driverLabel, headOf, type RunPlan, roadsText, type SimulateFlags } from "./plan.ts";
import type { RecordingNote, RunOutcome } from "./run-outcome.ts";
import { partOf, RunRecording, recordingPath } from "./run-recording.ts";
import { wordsOfRun } from "./told.ts";

/** Scene to decision in force, µs: what the service takes. */
const DELAY_US = 50_000;
/** A route may take this long: the leaderboard's 0.8 s per metre, and a light's cycle or two more. */
const TIMEOUT_BASE_S = 120;
const TIMEOUT_SPM = 0.8;

/** What a run needs of the process it runs in. */
export type RunContext = {
  readonly signal?: AbortSignal;
  /** One line for a person. */
  readonly say: (text: string) => void;
};

/** Drives one run of a plan from start to end; its result is pure but for the processor it uses. */
export async function runOne(
  plan: RunPlan,
  flags: SimulateFlags,
  { signal, say }: RunContext,
): Promise<RunOutcome> {
  const { key } = plan;
  const world = openWorld(plan.world);
  const path = flags.record && recordingPath(flags.record, key, flags.count);
  // the service records by itself
  const recording =
    path === undefined || flags.via === "mqtt"
      ? undefined
      : await RunRecording.open(path, aboutOf(plan, flags), say);
  let opened: Opened | undefined;
  const close = async () => {
    await opened?.close?.();
    opened = undefined;
  };
  try {
    opened = await openDriver(plan, flags, path, (tick) => recording?.tick(tick));
    const { driver, sense, trouble, onDecision } = opened;
    const result = await runDrive(world, driver, {
      key,
      worldName: nameOf(plan.world),
      seed: plan.world.seed,
      driverName: driverLabel(flags),
      periodUs: flags.period * 1000,
      delayUs: DELAY_US,
      timeoutS: TIMEOUT_BASE_S + TIMEOUT_SPM * world.route.lengthM,
      ...(flags.seconds === undefined ? {} : { lastsS: flags.seconds }),
      ...wordsOfRun(flags, plan.world.seed),
      reads: flags.trajectoryOnly ? "TRAJECTORY" : "FULL",
      ...(sense === undefined ? {} : { sense }),
      ...(signal === undefined ? {} : { signal }),
      ...(onDecision === undefined ? {} : { onDecision }),
    });
    await close();
    const note = (await recording?.end()) ?? noteOf(path, trouble?.());
    return { key, result, ...(note === undefined ? {} : { recording: note }) };
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    return { key, lost: `${error.code}: ${error.message}` };
  } finally {
    await close();
    await recording?.close();
  }
}

/** What the service says of the recording that it made. */
const noteOf = (path: string | undefined, trouble: string | undefined) =>
  path === undefined
    ? undefined
    : ({ path, ...(trouble === undefined ? {} : { trouble }) } satisfies RecordingNote);

function aboutOf(plan: RunPlan, flags: SimulateFlags) {
  const software = `waywarden ${findPackage().version}`;
  return {
    command: "simulate",
    software,
    vehicle: "car",
    source: { name: plan.key, path: roadsText(flags) },
    // of what stands in the place of a log: the same world, the same hash
    logHash: createHash("sha256").update(JSON.stringify(plan.world)).digest("hex"),
    config: JSON.stringify(headOf(flags, software)),
    periodUs: flags.period * 1000,
  };
}

type Opened = {
  readonly driver: Driver;
  readonly sense?: Sense;
  readonly onDecision?: NonNullable<DriveOptions["onDecision"]>;
  readonly close?: () => Promise<void>;
  /** After closing: what the service could not do. */
  readonly trouble?: () => string | undefined;
};

type OnTick = (tick: Tick) => void | Promise<void>;

async function openDriver(
  plan: RunPlan,
  flags: SimulateFlags,
  path: string | undefined,
  onTick: OnTick,
): Promise<Opened> {
  if (flags.driver === "model")
    return flags.via === "mqtt" ? openMqtt(plan, flags, path) : openModel(plan, flags, onTick);
  const driver = { expert: expertDriver, rule: ruleDriver, slow: slowDriver }[flags.driver]();
  if (path === undefined) return { driver };
  const { truthTick } = await import("./truth-tick.ts");
  const periodUs = flags.period * 1000;
  return { driver, onDecision: (scene, decision) => onTick(truthTick(scene, decision, periodUs)) };
}

/** The model in the service's own process. */
async function openMqtt(
  plan: RunPlan,
  flags: SimulateFlags,
  path: string | undefined,
): Promise<Opened> {
  const { openMqttDriver } = await import("./mqtt-driver.ts");
  const { observationOf } = await import("./model-driver.ts");
  const { makeSense, sensorsNeeded } = await import("./sense.ts");
  const { openRenderer } = await import("../../dataset/render-thread.ts");
  const rig = sensorsNeeded(flags);
  const opened = await openMqttDriver({
    broker: flags.broker,
    modelDir: flags.model ?? defaultModelDir(),
    delayUs: DELAY_US,
    observe: (input) => observationOf(input, rig, flags.period * 1000),
    ...(path === undefined ? {} : { record: partOf(path) }),
  });
  const renderer = openRenderer();
  const close = async () => {
    await renderer.close();
    await opened.driver.close?.();
  };
  return { ...opened, sense: makeSense(rig, plan.world.seed, renderer), close };
}

/** Networks and rendering are loaded only where they are needed. */
async function openModel(plan: RunPlan, flags: SimulateFlags, onTick: OnTick): Promise<Opened> {
  const { TruthPerception } = await import("../truth-perception.ts");
  const { openModelDriver } = await import("./model-driver.ts");
  const { makeSense, sensorsNeeded } = await import("./sense.ts");
  const { openRenderer } = await import("../../dataset/render-thread.ts");
  const rig = sensorsNeeded(flags);
  const truth = flags.bev === "truth" ? new TruthPerception() : undefined;
  const driver = await openModelDriver({
    modelDir: flags.model ?? defaultModelDir(),
    safety: flags.safety,
    rig,
    periodUs: flags.period * 1000,
    delayUs: DELAY_US,
    onTick,
    ...(truth === undefined ? {} : { truth }),
  });
  const renderer = openRenderer();
  const seen = makeSense(rig, plan.world.seed, renderer);
  const sense: Sense = (scene, ...rest) => {
    truth?.show(scene);
    return seen(scene, ...rest);
  };
  const close = async () => {
    await renderer.close();
    await driver.close?.();
  };
  return { driver, sense, close };
}
