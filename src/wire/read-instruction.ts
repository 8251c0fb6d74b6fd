import { WireError } from "../contract/errors.ts";
import type { Route } from "../contract/observation.ts";
import { decodeInstruction } from "./instruction-codec.ts";

const INSTRUCTION_BYTES_MAX = 4096;

/**
 * What the instruction topic accepts. A retained message was meant for another moment.
 * @throws WireError WIRE_RETAINED, WIRE_TOO_LONG, WIRE_MALFORMED, WIRE_FIELD
 */
export function readInstruction(topic: string, payload: Uint8Array, retained: boolean): Route {
  if (retained)
    throw new WireError("WIRE_RETAINED", `${topic}: a live message expected, found a retained one`);
  if (payload.length > INSTRUCTION_BYTES_MAX)
    throw new WireError(
      "WIRE_TOO_LONG",
      `${topic}: at most ${INSTRUCTION_BYTES_MAX} bytes expected, found ${payload.length}`,
    );
  return decodeInstruction(payload, topic);
}
