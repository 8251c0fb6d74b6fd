import { randomBytes } from "node:crypto";
import type { WaywardenError } from "../contract/errors.ts";
import { accessFromEnv, type BrokerAccess } from "../wire/broker-access.ts";
import { EPOCH_BYTES } from "../wire/seal.ts";
import { type LiveClock, realClock } from "./clock.ts";
import type { EffectiveConfig } from "./config.ts";
import { DriveWatch } from "./drive-watch.ts";
import { GateThread } from "./gate-thread.ts";
import { InstructionInbox } from "./instruction-inbox.ts";
import { type InstrumentOptions, type InstrumentOutcome, Instruments } from "./instruments.ts";
import { LagMeter } from "./lag-meter.ts";
import { LiveLoop, type LiveTick } from "./live-loop.ts";
import { ObservationInbox } from "./observation-inbox.ts";
import { openOverride } from "./open-override.ts";
import { openRooms } from "./open-rooms.ts";
import type { OverrideKeyPaths } from "./override-keys.ts";
import { Pipeline } from "./pipeline.ts";
import { PERIOD_MS } from "./publish-pace.ts";
import { Publisher } from "./publisher.ts";
import type { SystemdEnv } from "./systemd.ts";
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
  readonly instruments?: Omit<InstrumentOptions, "say">;
  readonly software: string;
  /** Aborted: a minimal-risk decision is published, then status OFFLINE. */
  readonly signal: AbortSignal;
  /** One line for a person. */
  readonly say: (text: string) => void;
  /** Called with each decision after it was handed to the broker. */
  readonly onTick?: (tick: LiveTick) => void;
  readonly clock?: LiveClock;
  readonly env?: SystemdEnv;
};

/**
 * Drives live from MQTT until told to end; closes what it opened, also when something throws.
 * Answers what was recorded.
 */
export async function runDrive(run: DriveRun): Promise<InstrumentOutcome> {
  const clock = run.clock ?? realClock;
  const { config, configHash } = run.effective;
  const closers: (() => Promise<void>)[] = [];
  try {
    const { say } = run;
    const instruments = run.instruments && (await Instruments.open({ ...run.instruments, say }));
    if (instruments) closers.push(() => instruments.close());
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
    const failed = new AbortController();
    let failure: WaywardenError | undefined;
    const epoch = Uint8Array.from(randomBytes(EPOCH_BYTES));
    const { vehicle, key, broker } = run;
    const access = accessOf(run.effective);
    const gate = await GateThread.open({ url: broker, access, vehicle, key, epoch }, (error) => {
      failure = error;
      failed.abort();
    });
    closers.push(() => gate.close());
    const publisher = await Publisher.open({
      ...{ broker, access, vehicle, key, epoch },
      about: { modelHash, configHash, software: run.software, sourceName: "live" },
      onInstruction: (route) => instructions.put(route),
      onObservation: (received) => inbox.put(received),
      decisionCounts: () => ({ published: gate.counts.published, dropped: gate.counts.dropped }),
      override: override.desk,
      onEvent: run.say,
    });
    closers.push(() => publisher.close());
    const watch = await DriveWatch.open({
      ...{ clock, inbox, gate, publisher, say: run.say, env: run.env ?? process.env },
      http: run.effective.host.http,
    });
    closers.push(() => watch.close());
    const lag = new LagMeter();
    closers.push(async () => lag.close());
    run.say(`driving vehicle ${vehicle} on ${publisher.url}`);
    await instruments?.start(aboutOf(run, modelHash), "drop");
    const loop = new LiveLoop({
      clock,
      inbox,
      pipeline: new Pipeline(rooms, settings, () => override.desk.input),
      rooms,
      takeInstruction: () => instructions.take(),
      alarm: () => gate.alarm,
      takeLagMs: () => lag.take(),
      publish: (tick) => {
        gate.pass(tick);
        publisher.note(tick.decision, tick.sinceMs);
        watch.note(tick);
        run.onTick?.(tick);
        // Begins with the first observation, and never makes a tick wait.
        if (tick.begun) void instruments?.tick(tick, clock.monoMs() - tick.sinceMs);
      },
      signal: AbortSignal.any([run.signal, failed.signal]),
    });
    await loop.run();
    watch.stopping();
    // The last decision goes out before the status says OFFLINE.
    await gate.close();
    const outcome = await instruments?.end(failure?.message ?? "complete");
    if (failure) throw failure;
    return outcome ?? {};
  } finally {
    for (const close of closers.reverse()) await close();
  }
}

/** How the broker lets us in: the environment, then the configuration. */
export function accessOf({ host }: EffectiveConfig): BrokerAccess {
  const { url: _, ...given } = host.broker;
  return { ...accessFromEnv(), ...given };
}

/** What a recording says was run; a live drive has no log, so no hash of one. */
export const aboutOf = (
  { software, vehicle, effective }: DriveRun,
  modelHash: string,
  sourceName = "live",
) => ({
  command: "drive",
  software,
  vehicle,
  source: { name: sourceName, path: "MQTT" },
  hashes: { log: "", model: modelHash, config: effective.configHash },
  config: JSON.stringify(effective.config),
  periodUs: PERIOD_MS * 1000,
});
