import { WireError } from "../contract/errors.ts";
import type { Observation } from "../contract/observation.ts";
import { encodeObservation, type SourceMark } from "./observation-codec.ts";

/** Field numbers of observation.proto: images and sweeps, and stamp_us in either. */
const SENSOR_FIELDS = [4, 5];
const STAMP_FIELD = 2;
/** Stamps from 1987 to 4253, µs since epoch, are varints of eight bytes. */
const STAMP_BYTES = 8;
const STAMP_MIN_US = 2 ** 49;
const STAMP_MAX_US = 2 ** 56;

/**
 * An encoded observation whose sensor data is made once and sent many times: only stamps and the
 * small fields change. Pictures and points are 99 % of the bytes.
 */
export class ObservationTemplate {
  readonly observation: Observation;
  /** Encoded images and sweeps. */
  readonly #sensors: Uint8Array;
  /** Where the stamps are, and what they were. */
  readonly #stamps: readonly { readonly at: number; readonly stampUs: number }[];

  constructor(observation: Observation) {
    this.observation = { ...observation, images: [], sweeps: [] };
    const { images, sweeps } = observation;
    this.#sensors = encodeObservation(onlySensors(observation));
    const stamps = [...images, ...sweeps].map(({ stampUs }) => stampUs);
    const found = stampOffsets(this.#sensors);
    if (found.length !== stamps.length || !stamps.every(isUsualStamp))
      throw new WireError(
        "WIRE_TEMPLATE",
        `observation ${observation.id}: ${stamps.length} sensor stamps of ${STAMP_BYTES} bytes expected, found ${found.length} in ${stamps.join(", ")}`,
      );
    this.#stamps = found.map((at, i) => ({ at, stampUs: stamps[i]! }));
  }

  get byteLength(): number {
    return this.#sensors.length;
  }

  /** The message with every sensor stamp moved by `shiftUs`; `small` replaces all other fields. */
  encode(small: Partial<Observation>, shiftUs: number, mark: SourceMark): Uint8Array {
    const head = encodeObservation({ ...this.observation, ...small }, mark);
    const bytes = new Uint8Array(head.length + this.#sensors.length);
    bytes.set(head);
    bytes.set(this.#sensors, head.length);
    for (const { at, stampUs } of this.#stamps)
      writeStamp(bytes, head.length + at, stampUs + shiftUs);
    return bytes;
  }
}

/** Absent fields cost no bytes, so the small ones are left at their defaults. */
const onlySensors = (observation: Observation): Observation => {
  const { ego: _, ...rest } = observation;
  const none = { id: 0, stampUs: 0, arrivalUs: 0, periodUs: 0 };
  const route = { text: "", givenUs: 0 };
  return { ...rest, ...none, route, expectedCameras: [], expectedLidars: [], faults: [] };
};

const isUsualStamp = (stampUs: number): boolean =>
  Number.isInteger(stampUs) && stampUs >= STAMP_MIN_US && stampUs < STAMP_MAX_US;

function writeStamp(bytes: Uint8Array, at: number, stampUs: number): void {
  if (!isUsualStamp(stampUs))
    throw new WireError("WIRE_TEMPLATE", `a stamp of this age of the world, found ${stampUs}`);
  let rest = stampUs;
  for (let i = 0; i < STAMP_BYTES; i++) {
    const last = i === STAMP_BYTES - 1;
    bytes[at + i] = (rest % 128) + (last ? 0 : 128);
    rest = Math.floor(rest / 128);
  }
}

/** Offsets of stamp_us of every image and sweep, in their order. */
function stampOffsets(bytes: Uint8Array): number[] {
  const found: number[] = [];
  for (const field of fieldsOf(bytes, 0, bytes.length)) {
    if (!SENSOR_FIELDS.includes(field.number)) continue;
    const stamp = fieldsOf(bytes, field.from, field.to).find((f) => f.number === STAMP_FIELD);
    if (stamp && stamp.to - stamp.from === STAMP_BYTES) found.push(stamp.from);
  }
  return found;
}

type Field = { readonly number: number; readonly from: number; readonly to: number };

/** Fields of one message that our own encoder made, with the place of their content. */
function fieldsOf(bytes: Uint8Array, from: number, to: number): Field[] {
  const fields: Field[] = [];
  let at = from;
  const varint = (): number => {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = bytes[at++]!;
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  };
  while (at < to) {
    const tag = varint();
    const kind = tag & 7;
    // The content of a varint begins at once, that of a string or message after its length.
    const length = kind === 2 ? varint() : kind === 1 ? 8 : 4;
    const start = at;
    if (kind === 0) varint();
    else at += length;
    fields.push({ number: tag >>> 3, from: start, to: at });
  }
  return fields;
}
