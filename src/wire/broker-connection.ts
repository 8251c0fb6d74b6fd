import { randomBytes } from "node:crypto";
import { connect, type IClientOptions, type MqttClient } from "mqtt";
import { WireError } from "../contract/errors.ts";

const PROTOCOLS = ["mqtt:", "mqtts:", "ws:", "wss:"];
export const CONNECT_TIMEOUT_MS = 5000;
const RECONNECT_PERIOD_MS = 1000;
const KEEPALIVE_S = 5;

/** The URL as it may be printed: without its password. */
export function shownUrl(url: string): string {
  if (!URL.canParse(url)) return url;
  const parsed = new URL(url);
  if (parsed.password) parsed.password = "***";
  return parsed.href.replace(/\/$/, "");
}

/**
 * Connects once, with a limit; later losses are repaired by the client itself. MQTT 3.1.1, no stored
 * session, nothing queued while away: a decision that comes late is worse than none.
 * @throws WireError WIRE_BROKER_URL, WIRE_BROKER_UNREACHABLE
 */
export async function connectBroker(
  url: string,
  options: Pick<IClientOptions, "will"> & { readonly timeoutMs?: number } = {},
): Promise<MqttClient> {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (!parsed?.hostname || !PROTOCOLS.includes(parsed.protocol))
    throw new WireError(
      "WIRE_BROKER_URL",
      `a broker URL such as mqtt://127.0.0.1:1883 expected, found "${url}"`,
    );
  const timeoutMs = options.timeoutMs ?? CONNECT_TIMEOUT_MS;
  const client = connect(url, {
    ...(options.will ? { will: options.will } : {}),
    protocolVersion: 4,
    clean: true,
    clientId: `waywarden-${randomBytes(6).toString("hex")}`,
    connectTimeout: timeoutMs,
    reconnectPeriod: RECONNECT_PERIOD_MS,
    keepalive: KEEPALIVE_S,
    queueQoSZero: false,
  });
  try {
    await firstConnection(client);
    return client;
  } catch (cause) {
    client.end(true);
    throw new WireError(
      "WIRE_BROKER_UNREACHABLE",
      `${shownUrl(url)}: an MQTT broker that answers within ${timeoutMs / 1000} s expected, found ${reasonOf(cause)}; ` +
        "start one (mosquitto -p 1883), or use --broker embedded or --broker none",
      { cause },
    );
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
    const onClose = () => settle(new Error("no answer, or the connection was closed"));
    client.on("connect", onConnect).on("close", onClose).on("error", settle);
  });
}

/** An `error` event without a listener would end the process. */
const ignore = (): void => undefined;

/** Node joins the attempts of one host name in an AggregateError with an empty message. */
function reasonOf(cause: unknown): string {
  if (cause instanceof AggregateError) return cause.errors.map(reasonOf).join("; ");
  return cause instanceof Error ? cause.message || cause.name : String(cause);
}
