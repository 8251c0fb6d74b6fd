import { randomBytes } from "node:crypto";
import { EPOCH_BYTES } from "../wire/seal.ts";
import { type LiveClock, realClock } from "./clock.ts";
import type { EffectiveConfig } from "./config.ts";
import { InstructionInbox } from "./instruction-inbox.ts";
import { LiveLoop, type LiveTick } from "./live-loop.ts";
import { ObservationInbox } from "./observation-inbox.ts";
import { openOverride } from "./open-override.ts";
import { openRooms } from "./open-rooms.ts";
import type { OverrideKeyPaths } from "./override-keys.ts";
import { Pipeline } from "./pipeline.ts";
import { Publisher } from "./publisher.ts";
import { warmUp } from "./warm-up.ts";
import { warmUpObservation } from "./warm-up-observation.ts";

const WARM_UP_CAMERAS = 3;

export type DriveRun = {
  readonly modelDir: string;
  readonly effective: EffectiveConfig;
  readonly vehicle: string;
  /** Broker URL. */
  readonly broker: string;
  /** [32] bytes. */
  readonly key: Uint8Array;
  readonly overrideKeys: OverrideKeyPaths;
  readonly software: string;
  /** Aborted: a minimal-risk decision is published, then status OFFLINE. */
  readonly signal: AbortSignal;
  /** One line for a person. */
  readonly say: (text: string) => void;
  /** Called with each decision after it was handed to the broker. */
  readonly onTick?: (tick: LiveTick) => void;
  readonly clock?: LiveClock;
};

/** Drives live from MQTT until told to end; closes what it opened, also when something throws. */
export async function runDrive(run: DriveRun): Promise<void> {
  const clock = run.clock ?? realClock;
  const { config, configHash } = run.effective;
  const closers: (() => Promise<void>)[] = [];
  try {
    const { rooms, warmUpRooms, model, close } = await openRooms(run.modelDir, config);
    closers.push(close);
    const { modelHash } = model;
    const settings = { ...config, modelHash, configHash };
    const nowUs = clock.wallUs();
    await warmUp(warmUpRooms, settings, warmUpObservation(nowUs, WARM_UP_CAMERAS), nowUs);
    const inbox = new ObservationInbox(clock);
    const instructions = new InstructionInbox(run.say);
    const override = await openOverride(run.overrideKeys, run.vehicle, run.say);
    closers.push(() => override.close());
    const publisher = await Publisher.open({
      broker: run.broker,
      vehicle: run.vehicle,
      key: run.key,
      epoch: Uint8Array.from(randomBytes(EPOCH_BYTES)),
      about: { modelHash, configHash, software: run.software, sourceName: "live" },
      onInstruction: (route) => instructions.put(route),
      onObservation: (received) => inbox.put(received),
      override: override.desk,
      onEvent: run.say,
    });
    closers.push(() => publisher.close());
    run.say(`driving vehicle ${run.vehicle} on ${publisher.url}`);
    const loop = new LiveLoop({
      clock,
      inbox,
      pipeline: new Pipeline(rooms, settings, () => override.desk.input),
      rooms,
      takeInstruction: () => instructions.take(),
      publish: (tick) => {
        void publisher.publish(publisher.seal(tick.decision), tick.decision, tick.sinceMs);
        run.onTick?.(tick);
      },
      signal: run.signal,
    });
    await loop.run();
  } finally {
    for (const close of closers.reverse()) await close();
  }
}
