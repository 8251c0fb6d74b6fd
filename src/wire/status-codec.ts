import { z } from "zod";
import type { Mode } from "../contract/decision.ts";
import type { FaultCode } from "../contract/fault.ts";
import type { OverrideStatus } from "../contract/override.ts";
import type { SceneState } from "../contract/scene-exchange.ts";
import { fromWire, toWire } from "./enums.ts";
import { messageCodec } from "./proto.ts";

export type ServiceState = "STARTING" | "ONLINE" | "OFFLINE";

/** Retained state of the service. */
export type Status = {
  readonly state: ServiceState;
  readonly vehicle: string;
  readonly epochHex: string;
  readonly modelHash: string;
  readonly configHash: string;
  readonly software: string;
  readonly sourceName: string;
  /** Absent where the service does not listen to overrides. */
  readonly override?: OverrideStatus;
  /** Absent where no simulator is driven. */
  readonly scene?: SceneState;
};

/** Heartbeat, once a second of wall time. */
export type Health = {
  readonly sequence: number;
  readonly wallUs: number;
  readonly mode?: Mode;
  readonly decisionCount: number;
  readonly publishedCount: number;
  readonly droppedCount: number;
  readonly decisionAgeMs: number;
  readonly eventLoopLagMs: number;
  readonly rssBytes: number;
  readonly reconnectCount: number;
  readonly instructionCount: number;
  readonly instructionRefusedCount: number;
  readonly faults: readonly { readonly code: FaultCode; readonly count: number }[];
  readonly overrideCount: number;
  readonly overrideRefusals: OverrideStatus["refusals"];
};

const count = z.int().nonnegative();

const refusals = z.array(z.strictObject({ reason: fromWire("OverrideRefusal"), count }));
const refusalsToWire = (list: OverrideStatus["refusals"]): object[] =>
  list.map(({ reason, count: n }) => ({ reason: toWire("OverrideRefusal", reason), count: n }));

const statusCodec = messageCodec(
  "Status",
  z.strictObject({
    state: fromWire("ServiceState"),
    vehicle: z.string(),
    epochHex: z.string(),
    modelHash: z.string(),
    configHash: z.string(),
    software: z.string(),
    sourceName: z.string(),
    override: z
      .strictObject({
        stopped: z.boolean(),
        nonce: z.instanceof(Uint8Array).transform((bytes) => Uint8Array.from(bytes)),
        lastCounter: count.exactOptional(),
        reactionMs: z.number().exactOptional(),
        acceptedCount: count,
        refusals,
      })
      .exactOptional(),
    scene: z
      .strictObject({
        session: z.string().exactOptional(),
        lastSceneId: count.exactOptional(),
        silent: z.boolean(),
        silenceLimitS: z.number(),
        decidedCount: count,
        refusals: z.array(z.strictObject({ reason: fromWire("SceneRefusalReason"), count })),
      })
      .exactOptional(),
  }),
);

const healthCodec = messageCodec(
  "Health",
  z.strictObject({
    sequence: count,
    wallUs: z.int(),
    mode: fromWire("Mode").exactOptional(),
    decisionCount: count,
    publishedCount: count,
    droppedCount: count,
    decisionAgeMs: z.number(),
    eventLoopLagMs: z.number(),
    rssBytes: count,
    reconnectCount: count,
    instructionCount: count,
    instructionRefusedCount: count,
    faults: z.array(z.strictObject({ code: fromWire("FaultCode"), count })),
    overrideCount: count,
    overrideRefusals: refusals,
  }),
);

const sceneToWire = (scene: SceneState): object => ({
  ...scene,
  refusals: scene.refusals.map(({ reason, count: n }) => ({
    reason: toWire("SceneRefusalReason", reason),
    count: n,
  })),
});

export function encodeStatus(status: Status): Uint8Array {
  const { override, scene, ...rest } = status;
  return statusCodec.encode({
    ...rest,
    state: toWire("ServiceState", status.state),
    ...(override ? { override: { ...override, refusals: refusalsToWire(override.refusals) } } : {}),
    ...(scene ? { scene: sceneToWire(scene) } : {}),
  });
}

/** @throws WireError WIRE_MALFORMED, WIRE_FIELD */
export const decodeStatus = (bytes: Uint8Array, where = "Status"): Status =>
  statusCodec.decode(bytes, where);

export function encodeHealth(health: Health): Uint8Array {
  const { mode, ...rest } = health;
  return healthCodec.encode({
    ...rest,
    ...(mode ? { mode: toWire("Mode", mode) } : {}),
    faults: health.faults.map(({ code, count: n }) => ({
      code: toWire("FaultCode", code),
      count: n,
    })),
    overrideRefusals: refusalsToWire(health.overrideRefusals),
  });
}

/** @throws WireError WIRE_MALFORMED, WIRE_FIELD */
export const decodeHealth = (bytes: Uint8Array, where = "Health"): Health =>
  healthCodec.decode(bytes, where);
