import { randomBytes } from "node:crypto";
import type { IClientOptions, MqttClient } from "mqtt";
import { WireError } from "../contract/errors.ts";
import {
  ACCESS_VARIABLES,
  accessFromEnv,
  accessOptions,
  type BrokerAccess,
} from "./broker-access.ts";

const PROTOCOLS = ["mqtt:", "mqtts:", "ws:", "wss:"];
export const CONNECT_TIMEOUT_MS = 5000;
const RECONNECT_PERIOD_MS = 1000;
const KEEPALIVE_S = 5;
/**
 * Of clients in lock-step: a process that renders or decides may be held up for longer than a live one,
 * and who waits for an answer has a limit of its own.
 */
export const LOCK_STEP_KEEPALIVE_S = 60;

/** The URL as it may be printed: without its password. */
export function shownUrl(url: string): string {
  if (!URL.canParse(url)) return url;
  const parsed = new URL(url);
  if (parsed.password) parsed.password = "***";
  return parsed.href.replace(/\/$/, "");
}

export type ConnectOptions = Pick<IClientOptions, "will"> & {
  readonly timeoutMs?: number;
  /** Within one and a half of this a connection that is dead is noticed; 5 unless given. */
  readonly keepaliveS?: number;
  /** What the environment says unless given. */
  readonly access?: BrokerAccess;
};

/**
 * Connects once, with a limit; later losses are repaired by the client itself. MQTT 5, or 3.1.1 where
 * the broker speaks nothing newer: no guarantee rests on 5. No stored session, nothing queued while
 * away: a decision that comes late is worse than none.
 * @throws WireError WIRE_BROKER_URL, WIRE_BROKER_UNREACHABLE, WIRE_BROKER_DENIED, WIRE_BROKER_TLS,
 * WIRE_ACCESS, WIRE_ACCESS_FILE
 */
export async function connectBroker(
  url: string,
  options: ConnectOptions = {},
): Promise<MqttClient> {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (!parsed?.hostname || !PROTOCOLS.includes(parsed.protocol))
    throw new WireError(
      "WIRE_BROKER_URL",
      `a broker URL such as mqtt://127.0.0.1:1883 expected, found "${shownUrl(url)}"`,
    );
  const timeoutMs = options.timeoutMs ?? CONNECT_TIMEOUT_MS;
  const settings: IClientOptions = {
    ...accessOptions(options.access ?? accessFromEnv()),
    ...(options.will ? { will: options.will } : {}),
    clean: true,
    connectTimeout: timeoutMs,
    reconnectPeriod: RECONNECT_PERIOD_MS,
    // A broker that is starting may refuse for a while; nobody is there to connect again by hand.
    reconnectOnConnackError: true,
    keepalive: options.keepaliveS ?? KEEPALIVE_S,
    queueQoSZero: false,
  };
  try {
    return await connectAs(5, url, settings);
  } catch (cause) {
    if (!mayBeOlder(cause)) throw connectError(url, timeoutMs, cause);
  }
  try {
    return await connectAs(4, url, settings);
  } catch (cause) {
    throw connectError(url, timeoutMs, cause);
  }
}

/** MQTT 5 (5) or 3.1.1 (4). */
async function connectAs(
  protocolVersion: 4 | 5,
  url: string,
  settings: IClientOptions,
): Promise<MqttClient> {
  // Loaded by those who connect only.
  const { connect } = await import("mqtt");
  const clientId = `waywarden-${randomBytes(6).toString("hex")}`;
  const client = connect(url, {
    ...settings,
    ...{ protocolVersion, clientId },
    ...(protocolVersion === 5 ? { properties: { sessionExpiryInterval: 0 } } : {}),
  });
  try {
    await firstConnection(client);
    // It would send them again after a reconnect: late decisions, worse than none.
    client.on("close", () => {
      for (const id of Object.keys(client.outgoing)) client.removeOutgoingMessage(Number(id));
    });
    // The broker may come back as an older one.
    client.on("error", (error) => {
      if (UNSUPPORTED_VERSION.includes(codeOf(error) as number)) client.options.protocolVersion = 4;
    });
    return client;
  } catch (cause) {
    client.end(true);
    throw cause;
  }
}

/** @throws WireError WIRE_SUBSCRIBE when the broker grants less than asked for. */
export async function subscribe(
  client: MqttClient,
  topics: readonly string[],
  qos: 0 | 1 = 1,
): Promise<void> {
  try {
    const granted = await client.subscribeAsync([...topics], { qos });
    const refused = granted.filter((grant) => grant.qos > 2).map((grant) => grant.topic);
    if (refused.length > 0) throw new Error(`refused: ${refused.join(", ")}`);
  } catch (cause) {
    await client.endAsync(true);
    throw new WireError(
      "WIRE_SUBSCRIBE",
      `subscription to ${topics.join(", ")} expected, found ${cause instanceof Error ? cause.message : String(cause)}`,
      { cause },
    );
  }
}

/** Resolves at the first connection; the first loss or error before it is final. */
function firstConnection(client: MqttClient): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (error?: Error) => {
      client.off("connect", onConnect).off("close", onClose).off("error", settle);
      client.on("error", ignore);
      if (error) reject(error);
      else resolve();
    };
    const onConnect = () => settle();
    const onClose = () => settle(new NoAnswer("no answer, or the connection was closed"));
    client.on("connect", onConnect).on("close", onClose).on("error", settle);
  });
}

/** An `error` event without a listener would end the process. */
const ignore = (): void => undefined;

/** The connection ended before the broker said anything. */
class NoAnswer extends Error {}

/** Reason codes of CONNACK: [3.1.1, 5]. */
const UNSUPPORTED_VERSION = [1, 132];
const DENIED = [4, 5, 134, 135, 138, 140];

const codeOf = (cause: unknown): unknown => (cause as { code?: unknown } | undefined)?.code;

/** A broker without MQTT 5 says so, or just closes the connection. */
const mayBeOlder = (cause: unknown): boolean =>
  cause instanceof NoAnswer || UNSUPPORTED_VERSION.includes(codeOf(cause) as number);

function connectError(url: string, timeoutMs: number, cause: unknown): WireError {
  const where = shownUrl(url);
  const code = codeOf(cause);
  if (typeof code === "number" && DENIED.includes(code))
    return new WireError(
      "WIRE_BROKER_DENIED",
      `${where}: a user and password that the broker accepts expected, found ${reasonOf(cause)}; ` +
        `set ${ACCESS_VARIABLES.user} and ${ACCESS_VARIABLES.password}`,
      { cause },
    );
  if (typeof code === "string" && /CERT|TLS|SSL|SELF_SIGNED|UNABLE_TO_|ALTNAME/.test(code))
    return new WireError(
      "WIRE_BROKER_TLS",
      `${where}: a certificate of this host from a known authority expected, found ${reasonOf(cause)} (${code}); ` +
        `set ${ACCESS_VARIABLES.caFile} to the file of the authority`,
      { cause },
    );
  return new WireError(
    "WIRE_BROKER_UNREACHABLE",
    `${where}: an MQTT broker that answers within ${timeoutMs / 1000} s expected, found ${reasonOf(cause)}; ` +
      "start one (mosquitto -p 1883), or use --broker embedded or --broker none",
    { cause },
  );
}

/** Node joins the attempts of one host name in an AggregateError with an empty message. */
function reasonOf(cause: unknown): string {
  if (cause instanceof AggregateError) return cause.errors.map(reasonOf).join("; ");
  return cause instanceof Error ? cause.message || cause.name : String(cause);
}
