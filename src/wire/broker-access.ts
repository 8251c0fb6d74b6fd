import { readFileSync } from "node:fs";
import { WireError } from "../contract/errors.ts";

/** How a broker lets a client in. Secrets are in files or in the environment, never in a command line. */
export type BrokerAccess = {
  readonly user?: string;
  /** Wins over `passwordFile`. */
  readonly password?: string;
  /** First line is the password. */
  readonly passwordFile?: string;
  /** PEM of the authority that signed the broker's certificate; the system's own without it. */
  readonly caFile?: string;
  /** PEM of the client's own certificate and key, where the broker asks for them. */
  readonly certFile?: string;
  readonly keyFile?: string;
};

/** Environment variable of each part. */
export const ACCESS_VARIABLES = {
  user: "WAYWARDEN_MQTT_USER",
  password: "WAYWARDEN_MQTT_PASSWORD",
  passwordFile: "WAYWARDEN_MQTT_PASSWORD_FILE",
  caFile: "WAYWARDEN_MQTT_CA",
  certFile: "WAYWARDEN_MQTT_CERT",
  keyFile: "WAYWARDEN_MQTT_CERT_KEY",
} as const satisfies Record<keyof BrokerAccess, string>;

/** What the environment says; empty variables count as unset. */
export function accessFromEnv(env: NodeJS.ProcessEnv = process.env): BrokerAccess {
  const set = Object.entries(ACCESS_VARIABLES).flatMap(([part, variable]) => {
    const value = env[variable];
    return value ? [[part, value] as const] : [];
  });
  return Object.fromEntries(set);
}

/** Options of the MQTT client, files read. The broker's host name is always checked. */
export type AccessOptions = {
  username?: string;
  password?: string;
  ca?: Buffer;
  cert?: Buffer;
  key?: Buffer;
  rejectUnauthorized: true;
};

/** @throws WireError WIRE_ACCESS_FILE, WIRE_ACCESS */
export function accessOptions(access: BrokerAccess): AccessOptions {
  const { user, password, passwordFile, caFile, certFile, keyFile } = access;
  if ((certFile === undefined) !== (keyFile === undefined))
    throw new WireError(
      "WIRE_ACCESS",
      `a client certificate and its key expected together, found only ${certFile ?? keyFile}`,
    );
  const secret =
    password ??
    (passwordFile === undefined ? undefined : readPart(passwordFile).toString().split(/\r?\n/)[0]);
  if (secret !== undefined && user === undefined)
    throw new WireError("WIRE_ACCESS", "a user to the password expected, found none");
  return {
    ...(user === undefined ? {} : { username: user }),
    ...(secret === undefined ? {} : { password: secret }),
    ...(caFile === undefined ? {} : { ca: readPart(caFile) }),
    ...(certFile === undefined ? {} : { cert: readPart(certFile) }),
    ...(keyFile === undefined ? {} : { key: readPart(keyFile) }),
    rejectUnauthorized: true,
  };
}

function readPart(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (cause) {
    throw new WireError(
      "WIRE_ACCESS_FILE",
      `${path}: a readable file for the broker's access expected: ${String(cause)}`,
      { cause },
    );
  }
}
