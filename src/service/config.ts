import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { z } from "zod";
import { ConfigError } from "../contract/errors.ts";

/** Where a live drive runs; none of it changes a decision. */
const HostSchema = z.strictObject({
  /** Name in the topics. */
  vehicle: z.string().default("car"),
  broker: z
    .strictObject({
      /** mqtt, mqtts, ws or wss. */
      url: z.string().default("mqtt://127.0.0.1:1883"),
      /** Access, as in wire/broker-access.ts; a password only by its file, so that none is printed. */
      user: z.string().min(1).exactOptional(),
      passwordFile: z.string().min(1).exactOptional(),
      caFile: z.string().min(1).exactOptional(),
      certFile: z.string().min(1).exactOptional(),
      keyFile: z.string().min(1).exactOptional(),
    })
    .prefault({}),
  /** /metrics and /healthz. */
  http: z
    .strictObject({
      enabled: z.boolean().default(true),
      address: z.string().default("127.0.0.1"),
      /** 0 takes a free one. */
      port: z.int().min(0).max(65535).default(9464),
      /** Unhealthy when the last decision is older. */
      decisionAgeMaxMs: z.int().min(100).max(60_000).default(1000),
    })
    .prefault({}),
  /** Sealing key; made at the first start where there is none. */
  keyFile: z.string().min(1).exactOptional(),
  /** Model folder; the one that ships unless said otherwise. */
  modelDir: z.string().min(1).exactOptional(),
});

/**
 * Outside `host` stands everything that may change a decision, and nothing else: two replays with
 * equal configHash can be compared. Safety limits may only be tightened.
 */
const ConfigSchema = z.strictObject({
  /** Desired speed where no instruction and no limit says another; 0…40. */
  cruiseSpeedMps: z.number().min(0).max(40).default(13.5),
  /** Speed taken where nothing measures it. */
  egoSpeedMps: z.number().min(0).max(60).exactOptional(),
  /** Cameras in use at most, front first. */
  cameraCountMax: z.int().min(0).max(16).exactOptional(),
  /** false: as if the vehicle had no LiDAR. */
  lidars: z.boolean().default(true),
  /** Injected clock in a replay: decision = observation stamp + this. */
  decisionDelayMs: z.int().min(0).max(300).default(50),
  /** How long a decision may be acted on. */
  validMs: z.int().min(1).max(300).default(300),
  /** Threads per network; part of bit-exactness. */
  threads: z.int().min(1).max(64).default(1),
  /** Highest acceleration ever permitted, m/s²; at most the limit in code. */
  accelMaxMps2: z.number().min(0).max(2).exactOptional(),
  /** Highest speed ever permitted, m/s. */
  speedMaxMps: z.number().min(0).max(40).exactOptional(),
  host: HostSchema.prefault({}),
});

export type HostConfig = Readonly<z.infer<typeof HostSchema>>;
export type ServiceConfig = Readonly<Omit<z.infer<typeof ConfigSchema>, "host">>;

/** Effective configuration with its hash: sha256 over its keys in order, without `host`. */
export type EffectiveConfig = {
  readonly config: ServiceConfig;
  readonly configHash: string;
  readonly host: HostConfig;
};

/**
 * Defaults, then the file, then the command line.
 * @throws ConfigError CONFIG_FILE, CONFIG_INVALID
 */
export async function loadConfig(
  path: string | undefined,
  overrides: Partial<ServiceConfig> = {},
): Promise<EffectiveConfig> {
  const fromFile = path === undefined ? {} : await readJson(path);
  const given = Object.entries(overrides).filter(([, value]) => value !== undefined);
  const parsed = ConfigSchema.safeParse({ ...fromFile, ...Object.fromEntries(given) });
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    const where = [path ?? "command line", issue.path.join(".")].filter(Boolean).join(": ");
    throw new ConfigError("CONFIG_INVALID", `${where}: ${issue.message}`);
  }
  const { host, ...config } = parsed.data;
  return { config, configHash: hashOf(config), host };
}

async function readJson(path: string): Promise<object> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (cause) {
    throw new ConfigError("CONFIG_FILE", `${path}: a readable file expected, found none`, {
      cause,
    });
  }
  try {
    const json: unknown = JSON.parse(text);
    if (typeof json === "object" && json !== null && !Array.isArray(json)) return json;
  } catch (cause) {
    throw new ConfigError("CONFIG_FILE", `${path}: JSON expected: ${String(cause)}`, { cause });
  }
  throw new ConfigError(
    "CONFIG_FILE",
    `${path}: a JSON object expected, found ${text.slice(0, 20)}`,
  );
}

function hashOf(config: ServiceConfig): string {
  const sorted = Object.entries(config).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash("sha256").update(JSON.stringify(sorted)).digest("hex");
}
