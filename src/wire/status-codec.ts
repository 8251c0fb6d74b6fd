import { z } from "zod";
import type { Mode } from "../contract/decision.ts";
import type { FaultCode } from "../contract/fault.ts";
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
};

const count = z.int().nonnegative();

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
  }),
);

export const encodeStatus = (status: Status): Uint8Array =>
  statusCodec.encode({ ...status, state: toWire("ServiceState", status.state) });

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
  });
}

/** @throws WireError WIRE_MALFORMED, WIRE_FIELD */
export const decodeHealth = (bytes: Uint8Array, where = "Health"): Health =>
  healthCodec.decode(bytes, where);
