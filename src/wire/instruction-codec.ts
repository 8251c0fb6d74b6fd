import { z } from "zod";
import type { Route } from "../contract/observation.ts";
import { messageCodec } from "./proto.ts";

export const INSTRUCTION_TEXT_MAX = 400;

export const RouteSchema = z
  .strictObject({
    text: z.string().max(INSTRUCTION_TEXT_MAX),
    givenUs: z.int(),
    speedLimitMps: z.number().positive().exactOptional(),
    waypoints: z.array(z.strictObject({ xM: z.number(), yM: z.number() })),
  })
  .transform(({ waypoints, ...route }): Route => {
    if (waypoints.length === 0) return route;
    return { ...route, waypoints: waypoints.map(({ xM, yM }) => [xM, yM] as const) };
  });

const codec = messageCodec("Instruction", RouteSchema);

export const routeToWire = (route: Route): object => ({
  ...route,
  waypoints: (route.waypoints ?? []).map(([xM, yM]) => ({ xM, yM })),
});

export const encodeInstruction = (route: Route): Uint8Array => codec.encode(routeToWire(route));

/** @throws WireError WIRE_MALFORMED, WIRE_FIELD */
export const decodeInstruction = (bytes: Uint8Array, where = "Instruction"): Route =>
  codec.decode(bytes, where);
