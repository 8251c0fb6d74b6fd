import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
} from "node:crypto";
import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { ConfigError } from "../contract/errors.ts";

/** Files of the override keys, beside the sealing key of the vehicle: car.key → car.override.… */
export type OverrideKeyPaths = {
  /** Ed25519, PKCS #8 PEM, readable by its owner only: belongs to whoever may stop and release. */
  readonly privateKey: string;
  /** SPKI PEM: all that the service needs. */
  readonly publicKey: string;
  /** Counters that were accepted, one a line, so that no override works twice. */
  readonly seen: string;
};

export function overrideKeyPaths(vehicleKeyPath: string): OverrideKeyPaths {
  const stem = vehicleKeyPath.replace(/\.key$/, "");
  return {
    privateKey: `${stem}.override.key`,
    publicKey: `${stem}.override.pub`,
    seen: `${stem}.override.seen`,
  };
}

export type OverridePublicKey = {
  readonly key: KeyObject;
  /** true where this call made the pair. */
  readonly created: boolean;
};

/**
 * The service's side: reads the public key. Where there is none it is taken from the private key,
 * and where there is neither the pair is made.
 * @throws ConfigError OVERRIDE_KEY_INVALID, OVERRIDE_KEY_NOT_WRITABLE
 */
export async function loadOverridePublicKey(paths: OverrideKeyPaths): Promise<OverridePublicKey> {
  const found = await readText(paths.publicKey);
  if (found !== undefined)
    return { key: ed25519(paths.publicKey, () => createPublicKey(found)), created: false };
  const held = await readText(paths.privateKey);
  const privateKey =
    held === undefined
      ? generateKeyPairSync("ed25519").privateKey
      : ed25519(paths.privateKey, () => createPrivateKey(held));
  const publicKey = createPublicKey(privateKey);
  try {
    if (held === undefined)
      await writeNew(paths.privateKey, privateKey.export({ type: "pkcs8", format: "pem" }), 0o600);
    await writeNew(paths.publicKey, publicKey.export({ type: "spki", format: "pem" }), 0o644);
  } catch (cause) {
    // Another process of this vehicle may have been faster.
    if ((cause as NodeJS.ErrnoException).code === "EEXIST") return loadOverridePublicKey(paths);
    throw new ConfigError(
      "OVERRIDE_KEY_NOT_WRITABLE",
      `${dirname(paths.publicKey)}: a place for the override keys expected: ${String(cause)}; --key names another`,
      { cause },
    );
  }
  return { key: publicKey, created: held === undefined };
}

/** The human's side. @throws ConfigError OVERRIDE_KEY_MISSING, OVERRIDE_KEY_INVALID */
export async function loadOverridePrivateKey(path: string): Promise<KeyObject> {
  const text = await readText(path);
  if (text === undefined)
    throw new ConfigError(
      "OVERRIDE_KEY_MISSING",
      `${path}: the private override key expected, found none; the service makes it at its first start, --key names another file`,
    );
  return ed25519(path, () => createPrivateKey(text));
}

function ed25519(path: string, read: () => KeyObject): KeyObject {
  let found: string;
  try {
    const key = read();
    if (key.asymmetricKeyType === "ed25519") return key;
    found = `one of type ${key.asymmetricKeyType}`;
  } catch {
    found = "no key that can be read";
  }
  throw new ConfigError("OVERRIDE_KEY_INVALID", `${path}: an Ed25519 key expected, found ${found}`);
}

async function readText(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new ConfigError(
      "OVERRIDE_KEY_INVALID",
      `${path}: a readable key file expected: ${String(cause)}`,
      { cause },
    );
  }
}

async function writeNew(path: string, text: string | Buffer, mode: number): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text, { mode, flag: "wx" });
  await chmod(path, mode);
}
