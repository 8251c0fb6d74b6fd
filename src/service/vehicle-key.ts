import { randomBytes } from "node:crypto";
import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { ConfigError } from "../contract/errors.ts";
import { KEY_BYTES } from "../wire/seal.ts";
import { checkVehicleName } from "../wire/topics.ts";

const KEY_TEXT = new RegExp(`^[0-9a-f]{${KEY_BYTES * 2}}$`);

/** Where the key of a vehicle lives unless --key says otherwise. */
export function defaultKeyPath(vehicle: string, env: NodeJS.ProcessEnv = process.env): string {
  checkVehicleName(vehicle);
  const base = env.XDG_CONFIG_HOME ? env.XDG_CONFIG_HOME : join(homedir(), ".config");
  return join(base, "waywarden", `${vehicle}.key`);
}

export type VehicleKey = {
  /** [32] bytes. */
  readonly key: Uint8Array;
  readonly path: string;
  /** true where this call made it. */
  readonly created: boolean;
};

/**
 * Reads the sealing key, 64 hex digits; makes it where `make` is set and there is none.
 * @throws ConfigError KEY_MISSING, KEY_INVALID, KEY_NOT_WRITABLE
 */
export async function loadVehicleKey(path: string, make: boolean): Promise<VehicleKey> {
  const text = await readText(path);
  if (text === undefined) {
    if (!make)
      throw new ConfigError(
        "KEY_MISSING",
        `${path}: the vehicle's key file expected, found none; replay makes it at its first start, or give one with --key`,
      );
    return makeKey(path);
  }
  if (!KEY_TEXT.test(text.trim()))
    throw new ConfigError(
      "KEY_INVALID",
      `${path}: ${KEY_BYTES * 2} hex digits expected, found ${text.trim().length} characters`,
    );
  return { key: Uint8Array.from(Buffer.from(text.trim(), "hex")), path, created: false };
}

async function readText(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new ConfigError(
      "KEY_INVALID",
      `${path}: a readable key file expected: ${String(cause)}`,
      {
        cause,
      },
    );
  }
}

async function makeKey(path: string): Promise<VehicleKey> {
  const key = randomBytes(KEY_BYTES);
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, `${key.toString("hex")}\n`, { mode: 0o600, flag: "wx" });
    await chmod(path, 0o600);
  } catch (cause) {
    // Another process of this vehicle may have been faster.
    if ((cause as NodeJS.ErrnoException).code === "EEXIST") return loadVehicleKey(path, false);
    throw new ConfigError(
      "KEY_NOT_WRITABLE",
      `${path}: a place for the vehicle's key expected: ${String(cause)}; give one with --key`,
      { cause },
    );
  }
  return { key: Uint8Array.from(key), path, created: true };
}
