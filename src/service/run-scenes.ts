import { randomBytes } from "node:crypto";
import { EPOCH_BYTES } from "../wire/seal.ts";
import { topicOf } from "../wire/topics.ts";
import { monotonicMs } from "./clock.ts";
import type { EffectiveConfig } from "./config.ts";
import { openOverride } from "./open-override.ts";
import { openRooms } from "./open-rooms.ts";
import type { OverrideKeyPaths } from "./override-keys.ts";
import type { Rooms, Tick } from "./pipeline.ts";
import { Publisher } from "./publisher.ts";
import { SceneDriver, type SceneEyes } from "./scene-driver.ts";
import { warmUp } from "./warm-up.ts";
import { warmUpObservation } from "./warm-up-observation.ts";

/** How often it is looked whether a simulator has fallen silent. */
const LOOK_MS = 200;

export type SceneRun = {
  readonly modelDir: string;
  readonly effective: EffectiveConfig;
  /** "embedded" or a broker URL. */
  readonly broker: string;
  readonly vehicle: string;
  /** [32] bytes. */
  readonly key: Uint8Array;
  /** Who may stop it, and where used counters are kept; without them the override topic is not heard. */
  readonly overrideKeys?: OverrideKeyPaths;
  /** Without a Scene for this long a simulator has fallen silent. */
  readonly silenceMs: number;
  readonly eyes: SceneEyes;
  /** Puts others in the place of some rooms. */
  readonly furnish?: (rooms: Rooms) => Rooms;
  /** How many cameras there will be, to warm up with. */
  readonly cameraCount: number;
  readonly software: string;
  /** Ends it. */
  readonly signal: AbortSignal;
  /** One line for a person. */
  readonly say: (text: string) => void;
  /** It hears Scenes from now on. */
  readonly onReady?: (url: string) => void;
  readonly onTick?: (tick: Tick) => void;
};

/**
 * Drives the Scenes of simulators, one after the other, until the signal.
 * @throws ModelError, WireError when it cannot start
 */
export async function runScenes(run: SceneRun): Promise<void> {
  const { config, configHash } = run.effective;
  const opened = await openRooms(run.modelDir, config);
  const closers: (() => Promise<void>)[] = [opened.close];
  try {
    const { modelHash } = opened.model;
    const settings = { ...config, modelHash, configHash };
    const first = warmUpObservation(0, run.cameraCount);
    await warmUp(opened.warmUpRooms, settings, first, config.decisionDelayMs * 1000);
    const override =
      run.overrideKeys && (await openOverride(run.overrideKeys, run.vehicle, run.say));
    if (override) closers.push(() => override.close());
    const driver = new SceneDriver({
      topic: topicOf(run.vehicle, "scene"),
      rooms: run.furnish?.(opened.rooms) ?? opened.rooms,
      settings,
      decisionDelayUs: config.decisionDelayMs * 1000,
      silenceMs: run.silenceMs,
      eyes: run.eyes,
      ...(override ? { readOverride: () => override.desk.input } : {}),
      nowMs: monotonicMs,
      say: run.say,
      ...(run.onTick ? { onTick: run.onTick } : {}),
    });
    const publisher = await Publisher.open({
      broker: run.broker,
      vehicle: run.vehicle,
      key: run.key,
      epoch: Uint8Array.from(randomBytes(EPOCH_BYTES)),
      about: { modelHash, configHash, software: run.software, sourceName: "scenes" },
      scene: driver,
      ...(override ? { override: override.desk } : {}),
      onInstruction: () =>
        run.say("instruction on its topic left out: with scenes, it is a field of the Scene"),
      onEvent: run.say,
    });
    closers.push(() => publisher.close());
    closers.push(() => driver.close());
    driver.open(publisher);
    run.onReady?.(publisher.url ?? run.broker);
    const timer = setInterval(() => driver.checkSilence(), LOOK_MS);
    await new Promise<void>((resolve) => {
      if (run.signal.aborted) resolve();
      else run.signal.addEventListener("abort", () => resolve(), { once: true });
    });
    clearInterval(timer);
  } finally {
    for (const close of closers.reverse()) await close();
  }
}
