import { z } from "zod";
import type { Observation } from "../contract/observation.ts";
import {
  CameraImageSchema,
  cameraImageToWire,
  TransformSchema,
  transformToWire,
} from "./camera-codec.ts";
import { RouteSchema, routeToWire } from "./instruction-codec.ts";
import { FaultSchema, faultToWire } from "./maneuver-codec.ts";
import { messageCodec } from "./proto.ts";

const bytes = z.instanceof(Uint8Array);
const name = z.string().min(1);

/** Length in bytes that is not a multiple of `step` fails. */
const floats = (stepBytes: number) =>
  bytes
    .refine((data) => data.length % stepBytes === 0, `a multiple of ${stepBytes} bytes expected`)
    .transform(floatsFromBytes);

const SweepSchema = z
  .strictObject({
    name,
    stampUs: z.int(),
    xyzM: floats(12),
    intensity: floats(4),
    egoFromLidar: TransformSchema,
    droppedCount: z.int().nonnegative(),
  })
  .refine(({ xyzM, intensity }) => xyzM.length === 3 * intensity.length, {
    error: "one intensity for each point expected",
  })
  .transform(({ xyzM, ...sweep }) => ({ ...sweep, xyz: xyzM }));

const EgoStateSchema = z.strictObject({
  stampUs: z.int(),
  speedMps: z.number(),
  accelMps2: z.number(),
  yawRateRadps: z.number(),
  derived: z.boolean(),
  secondSpeed: z.strictObject({ speedMps: z.number(), source: name }).exactOptional(),
  odomFromEgo: TransformSchema.exactOptional(),
  driver: z
    .strictObject({
      brake: z.boolean(),
      steer: z.boolean(),
      cancel: z.boolean(),
      accelerator: z.boolean(),
    })
    .exactOptional(),
});

const ObservationSchema = z.strictObject({
  id: z.int().nonnegative(),
  stampUs: z.int(),
  arrivalUs: z.int(),
  images: z.array(CameraImageSchema),
  sweeps: z.array(SweepSchema),
  ego: EgoStateSchema.exactOptional(),
  route: RouteSchema,
  expectedCameras: z.array(name),
  expectedLidars: z.array(name),
  periodUs: z.int().positive(),
  faults: z.array(FaultSchema),
  sourceEpoch: bytes,
  sourceCounter: z.int().nonnegative(),
});

/** Who sent a message and where it stands in the sender's order (S05). */
export type SourceMark = {
  /** [8] bytes on the topic; empty in recordings. */
  readonly epoch: Uint8Array;
  readonly counter: number;
};

const NO_MARK: SourceMark = { epoch: new Uint8Array(0), counter: 0 };

const codec = messageCodec("Observation", ObservationSchema);

const bytesOf = (data: Float32Array) =>
  new Uint8Array(data.buffer, data.byteOffset, data.byteLength);

/** Copies, because bytes inside a message rarely start at a multiple of four. */
function floatsFromBytes(data: Uint8Array): Float32Array {
  const copy = new Uint8Array(data.length);
  copy.set(data);
  return new Float32Array(copy.buffer);
}

export function encodeObservation(observation: Observation, mark = NO_MARK): Uint8Array {
  const { ego, ...rest } = observation;
  return codec.encode({
    ...rest,
    images: observation.images.map(cameraImageToWire),
    sweeps: observation.sweeps.map(({ xyz, ...sweep }) => ({
      ...sweep,
      xyzM: bytesOf(xyz),
      intensity: bytesOf(sweep.intensity),
      egoFromLidar: transformToWire(sweep.egoFromLidar),
    })),
    ...(ego ? { ego: egoToWire(ego) } : {}),
    route: routeToWire(observation.route),
    faults: observation.faults.map(faultToWire),
    sourceEpoch: mark.epoch,
    sourceCounter: mark.counter,
  });
}

function egoToWire(ego: NonNullable<Observation["ego"]>): object {
  const { odomFromEgo, ...rest } = ego;
  return odomFromEgo ? { ...rest, odomFromEgo: transformToWire(odomFromEgo) } : rest;
}

export type MarkedObservation = { readonly observation: Observation; readonly mark: SourceMark };

/** @throws WireError WIRE_MALFORMED, WIRE_FIELD */
export function decodeMarkedObservation(
  data: Uint8Array,
  where = "Observation",
): MarkedObservation {
  const { sourceEpoch, sourceCounter, ...observation } = codec.decode(data, where);
  return { observation, mark: { epoch: sourceEpoch, counter: sourceCounter } };
}

/** @throws WireError WIRE_MALFORMED, WIRE_FIELD */
export const decodeObservation = (data: Uint8Array, where = "Observation"): Observation =>
  decodeMarkedObservation(data, where).observation;
