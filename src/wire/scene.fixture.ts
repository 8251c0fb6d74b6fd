import { messageEncoder } from "./proto.ts";

/** A Scene as a small simulator sends it: plain fields of the message, all that is required and no more. */
export const aSentScene = (changes: Record<string, unknown> = {}) => ({
  session: "test",
  id: 7,
  stampUs: 1_000_000,
  ego: { xM: 0, yM: 0, yawRad: 0, speedMps: 10, accelMps2: 0, yawRateRadps: 0 },
  lanes: [aSentLane(1, 3.5, { rightId: 2 }), aSentLane(2, 0, { leftId: 1 })],
  objects: [aSentBox(1)],
  ...changes,
});

/** Straight along x from -50 to 150 m. */
export const aSentLane = (id: number, yM: number, changes: Record<string, unknown> = {}) => ({
  id,
  centre: [
    { xM: -50, yM },
    { xM: 150, yM },
  ],
  widthM: 3.5,
  ...changes,
});

export const aSentBox = (id: number, changes: Record<string, unknown> = {}) => ({
  ...{ id, kind: "OBJECT_KIND_CAR", xM: 40, yM: 0, yawRad: 0, speedMps: 0 },
  ...{ lengthM: 4.5, widthM: 1.8, heightM: 1.5 },
  ...changes,
});

const encode = messageEncoder("Scene");

/** Stands for NaN in a message that is encoded, because no encoder of ours writes one. */
export const NAN_STAND_IN = 8765.4321;

/** The bytes of a Scene; numbers that are NAN_STAND_IN become NaN. */
export function sceneBytes(plain: object): Uint8Array {
  const bytes = Buffer.from(encode(plain));
  const standIn = Buffer.alloc(8);
  standIn.writeDoubleLE(NAN_STAND_IN);
  for (let at = bytes.indexOf(standIn); at >= 0; at = bytes.indexOf(standIn, at))
    bytes.writeDoubleLE(Number.NaN, at);
  return bytes;
}
