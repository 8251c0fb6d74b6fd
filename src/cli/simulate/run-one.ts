import type { Driver } from "../../scenario/drivers/driver.ts";
import { expertDriver } from "../../scenario/drivers/expert-driver.ts";
import { ruleDriver, slowDriver } from "../../scenario/drivers/rule-driver.ts";
import { runDrive, type Sense } from "../../scenario/run/drive.ts";
import { nameOf, openWorld } from "../../scenario/run/open-world.ts";
import type { RunResult } from "../../scenario/run/result.ts";
import { defaultModelDir } from "../package-root.ts";
import { driverLabel, type RunPlan, type SimulateFlags } from "./plan.ts";

/** Scene to decision in force, µs: what the service takes. */
const DELAY_US = 50_000;
/** A route may take this long: the leaderboard's 0.8 s per metre, and a light's cycle or two more. */
const TIMEOUT_BASE_S = 120;
const TIMEOUT_SPM = 0.8;

/** Drives one run of a plan from start to end; pure but for the processor it uses. */
export async function runOne(
  plan: RunPlan,
  flags: SimulateFlags,
  signal?: AbortSignal,
): Promise<RunResult> {
  const world = openWorld(plan.world);
  const { driver, sense, close } = await openDriver(plan, flags);
  try {
    return await runDrive(world, driver, {
      key: plan.key,
      worldName: nameOf(plan.world),
      seed: plan.world.seed,
      driverName: driverLabel(flags),
      periodUs: flags.period * 1000,
      delayUs: DELAY_US,
      timeoutS: TIMEOUT_BASE_S + TIMEOUT_SPM * world.route.lengthM,
      ...(flags.seconds === undefined ? {} : { lastsS: flags.seconds }),
      text: flags.instruction ?? "",
      ...(flags.instructions === undefined
        ? {}
        : {
            instruct: {
              mode: flags.instructions,
              split: flags.words,
              seed: plan.world.seed,
            },
          }),
      reads: flags.trajectoryOnly ? "TRAJECTORY" : "FULL",
      ...(sense === undefined ? {} : { sense }),
      ...(signal === undefined ? {} : { signal }),
    });
  } finally {
    await close?.();
  }
}

type Opened = {
  readonly driver: Driver;
  readonly sense?: Sense;
  readonly close?: () => Promise<void>;
};

async function openDriver(plan: RunPlan, flags: SimulateFlags): Promise<Opened> {
  switch (flags.driver) {
    case "expert":
      return { driver: expertDriver() };
    case "rule":
      return { driver: ruleDriver() };
    case "slow":
      return { driver: slowDriver() };
    case "model":
      return openModel(plan, flags);
  }
}

/** Networks and rendering are loaded only where they are needed. */
async function openModel(plan: RunPlan, flags: SimulateFlags): Promise<Opened> {
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
