import type { Command } from "commander";
import { loadConfig } from "../../service/config.ts";
import type { LiveTick } from "../../service/live-loop.ts";
import { overrideKeyPaths } from "../../service/override-keys.ts";
import { runDrive } from "../../service/run-drive.ts";
import { runLockStep } from "../../service/run-lock-step.ts";
import { defaultKeyPath, loadVehicleKey } from "../../service/vehicle-key.ts";
import { shownUrl } from "../../wire/broker-connection.ts";
import { formatDecision } from "../format.ts";
import { type Io, UnusableInputError } from "../io.ts";
import * as parse from "../options.ts";
import { defaultModelDir, findPackage } from "../package-root.ts";
import { addInstrumentOptions, type InstrumentFlags, instrumentsOf } from "../replay-options.ts";
import { checkWritten } from "../written.ts";

type DriveFlags = {
  readonly config?: string;
  readonly broker?: string;
  readonly vehicle?: string;
  readonly key?: string;
  readonly model?: string;
  readonly quiet?: true;
  readonly lockStep?: true;
} & InstrumentFlags;

/** `waywarden drive`: live observations from MQTT become sealed decisions, ten a second. */
export function registerDrive(program: Command, io: Io): void {
  const command = program
    .command("drive")
    .description("decide live, ten times a second, from observations that come over MQTT")
    .option("--config <file>", "JSON configuration")
    .option("--broker <url>", "broker URL (default: that of the configuration)")
    .option("--vehicle <name>", "name in the topics", parse.vehicleName)
    .option("--key <file>", "sealing key, 64 hex digits (default: made at first start)")
    .option("--model <dir>", "model folder (default: the one that ships)")
    .option("--quiet", "print no line per decision")
    .option("--lock-step", "for simulators: each observation once, at the time of its stamp");
  addInstrumentOptions(command).action(async (flags: DriveFlags) => drive(flags, io));
}

async function drive(flags: DriveFlags, io: Io): Promise<void> {
  const effective = await loadConfig(flags.config);
  const { config, configHash, host } = effective;
  const vehicle = flags.vehicle ?? host.vehicle;
  const broker = flags.broker ?? host.broker.url;
  if (flags.lockStep && broker === "none")
    throw new UnusableInputError(
      "DRIVE_BROKER",
      '--lock-step: a broker URL or "embedded" expected, found none (observations come through a broker)',
    );
  io.say(`config ${configHash.slice(0, 16)} ${JSON.stringify(config)}`);
  io.say(
    `host ${JSON.stringify({ ...host, vehicle, broker: { ...host.broker, url: shownUrl(broker) } })}`,
  );
  const keyPath = flags.key ?? host.keyFile ?? defaultKeyPath(vehicle);
  const { key, path, created } = await loadVehicleKey(keyPath, true);
  io.say(`key ${path}${created ? " (made now)" : ""}`);
  const run = {
    ...instrumentsOf(flags),
    effective,
    vehicle,
    broker,
    key,
    overrideKeys: overrideKeyPaths(path),
    modelDir: flags.model ?? host.modelDir ?? defaultModelDir(),
    software: `waywarden ${findPackage().version}`,
    signal: io.signal,
    say: io.say,
  };
  const printer = new DrivePrinter(io, flags.quiet === true);
  const written = flags.lockStep
    ? await untilParentGone(io.signal, (signal) => runLockStep({ ...run, signal }))
    : await runDrive({ ...run, onTick: (tick) => printer.print(tick) });
  checkWritten(flags, written, io);
}

/** Ends with a simulator that started this process, however that ends. */
async function untilParentGone<T>(
  signal: AbortSignal,
  act: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const gone = new AbortController();
  const onGone = () => gone.abort();
  process.once("disconnect", onGone);
  try {
    return await act(AbortSignal.any([signal, gone.signal]));
  } finally {
    process.off("disconnect", onGone);
  }
}

/** One line per decision, and one line instead while the first observation is awaited. */
class DrivePrinter {
  readonly #io: Io;
  readonly #quiet: boolean;
  #waiting = false;
  #firstUs: number | undefined;

  constructor(io: Io, quiet: boolean) {
    this.#io = io;
    this.#quiet = quiet;
  }

  print({ decision, begun }: LiveTick): void {
    if (!begun) {
      if (!this.#waiting)
        this.#io.say("waiting for the first observation; the decision is to stop");
      this.#waiting = true;
      return;
    }
    this.#firstUs ??= decision.observationStampUs;
    if (!this.#quiet) this.#io.out(formatDecision(decision, this.#firstUs));
  }
}
