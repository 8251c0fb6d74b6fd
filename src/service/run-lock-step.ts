import { randomBytes } from "node:crypto";
import { LOCK_STEP_KEEPALIVE_S } from "../wire/broker-connection.ts";
import { EPOCH_BYTES } from "../wire/seal.ts";
import { InstructionInbox } from "./instruction-inbox.ts";
import { type InstrumentOutcome, Instruments } from "./instruments.ts";
import { LockStep } from "./lock-step.ts";
import { openOverride } from "./open-override.ts";
import { openRooms } from "./open-rooms.ts";
import { Publisher } from "./publisher.ts";
import { aboutOf, accessOf, type DriveRun } from "./run-drive.ts";

const SOURCE_NAME = "lock-step";

export type LockStepRun = Omit<DriveRun, "clock" | "env" | "onTick">;

/**
 * Serves a simulator over MQTT until told to end: one sealed decision for each observation, at injected
 * time. Has no watchdogs and no pace, so it is not for a vehicle. Status ONLINE says that it listens.
 */
export async function runLockStep(run: LockStepRun): Promise<InstrumentOutcome> {
  const { say, vehicle, key, broker, signal } = run;
  const { config, configHash } = run.effective;
  const closers: (() => Promise<void>)[] = [];
  try {
    const instruments = run.instruments && (await Instruments.open({ ...run.instruments, say }));
    if (instruments) closers.push(() => instruments.close());
    const { rooms, model, close } = await openRooms(run.modelDir, config);
    closers.push(close);
    const { modelHash } = model;
    const instructions = new InstructionInbox(say);
    const override = await openOverride(run.overrideKeys, vehicle, say);
    closers.push(() => override.close());
    await instruments?.start(aboutOf(run, modelHash, SOURCE_NAME), "wait");
    const steps = new LockStep({
      rooms,
      settings: { ...config, modelHash, configHash },
      delayUs: config.decisionDelayMs * 1000,
      readOverride: () => override.desk.input,
      takeInstruction: () => instructions.take(),
      seal: (decision) => publisher.seal(decision),
      publish: (sealed, decision, sinceMs) => publisher.publish(sealed, decision, sinceMs),
      onTick: (tick, ageMs, sealed) => instruments?.tick(tick, ageMs, sealed),
      say,
    });
    const publisher = await Publisher.open({
      ...{ broker, access: accessOf(run.effective), vehicle, key },
      epoch: Uint8Array.from(randomBytes(EPOCH_BYTES)),
      about: { modelHash, configHash, software: run.software, sourceName: SOURCE_NAME },
      onInstruction: (route) => instructions.put(route),
      onObservation: (received) => steps.put(received),
      override: override.desk,
      keepaliveS: LOCK_STEP_KEEPALIVE_S,
      onEvent: say,
    });
    closers.push(() => publisher.close());
    say(`in lock-step as vehicle ${vehicle} on ${publisher.url}; not for driving`);
    await steps.run(signal);
    await publisher.flush();
    return (await instruments?.end("complete")) ?? {};
  } finally {
    for (const close of closers.reverse()) await close();
  }
}
