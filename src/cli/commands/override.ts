import type { Command } from "commander";
import type { OverrideKind } from "../../contract/override.ts";
import { loadOverridePrivateKey, overrideKeyPaths } from "../../service/override-keys.ts";
import { defaultKeyPath } from "../../service/vehicle-key.ts";
import { type OverrideConfirmation, sendOverride } from "../../wire/override-client.ts";
import type { Io } from "../io.ts";
import * as parse from "../options.ts";

type OverrideFlags = {
  readonly broker: string;
  readonly vehicle: string;
  readonly key?: string;
  readonly timeout: number;
};

const SUMMARY = {
  STOP: "stop the vehicle now; in force until released",
  RELEASE: "give the vehicle back after a stop",
} as const;

/** `waywarden override stop|release`: the human's hand over the wire. */
export function registerOverride(program: Command, io: Io): void {
  const override = program.command("override").description("stop a vehicle, or release it again");
  for (const kind of ["STOP", "RELEASE"] as const)
    override
      .command(kind.toLowerCase())
      .description(SUMMARY[kind])
      .option("--broker <url>", "broker URL", parse.DEFAULT_BROKER_URL)
      .option("--vehicle <name>", "name in the topics", parse.vehicleName, parse.DEFAULT_VEHICLE)
      .option("--key <file>", "private override key (default: made at the service's first start)")
      .option("--timeout <s>", "how long to wait for the confirmation", parse.durationS, 10)
      .action((flags: OverrideFlags) => send(kind, flags, io));
}

async function send(kind: OverrideKind, flags: OverrideFlags, io: Io): Promise<void> {
  const { broker: url, vehicle, key, timeout } = flags;
  const path = key ?? overrideKeyPaths(defaultKeyPath(vehicle)).privateKey;
  const privateKey = await loadOverridePrivateKey(path);
  const timeoutMs = timeout * 1000;
  io.out(
    describe(kind, vehicle, await sendOverride(kind, { url, vehicle, privateKey, timeoutMs })),
  );
}

function describe(
  kind: OverrideKind,
  vehicle: string,
  { confirmedMs, status }: OverrideConfirmation,
): string {
  const confirmed = `confirmed after ${confirmedMs.toFixed(0)} ms`;
  if (kind === "RELEASE")
    return status.stopped
      ? `${vehicle}: release ${confirmed}, but a stop is still in force: at the wheel, or a newer one`
      : `${vehicle}: released, ${confirmed}`;
  return status.reactionMs === undefined
    ? `${vehicle}: stop ${confirmed}; no decision has followed yet`
    : `${vehicle}: stopped, ${confirmed}, decided ${status.reactionMs.toFixed(0)} ms after it came`;
}
