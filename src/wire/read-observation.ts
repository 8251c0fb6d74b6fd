import { WireError } from "../contract/errors.ts";
import { decodeMarkedObservation, type MarkedObservation } from "./observation-codec.ts";
import { EPOCH_BYTES } from "./seal.ts";

/** Six raw cameras and a million points stay below. */
export const OBSERVATION_BYTES_MAX = 64 * 2 ** 20;

/**
 * What the observation topic accepts. A retained message was meant for another moment.
 * @throws WireError WIRE_RETAINED, WIRE_TOO_LONG, WIRE_MALFORMED, WIRE_FIELD, WIRE_SOURCE_EPOCH
 */
export function readObservation(
  topic: string,
  payload: Uint8Array,
  retained: boolean,
): MarkedObservation {
  if (retained)
    throw new WireError("WIRE_RETAINED", `${topic}: a live message expected, found a retained one`);
  if (payload.length > OBSERVATION_BYTES_MAX)
    throw new WireError(
      "WIRE_TOO_LONG",
      `${topic}: at most ${OBSERVATION_BYTES_MAX} bytes expected, found ${payload.length}`,
    );
  const marked = decodeMarkedObservation(payload, topic);
  if (marked.mark.epoch.length !== EPOCH_BYTES)
    throw new WireError(
      "WIRE_SOURCE_EPOCH",
      `${topic}: source_epoch of ${EPOCH_BYTES} bytes expected, found ${marked.mark.epoch.length}`,
    );
  return marked;
}
