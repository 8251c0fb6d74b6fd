import { z } from "zod";
import type { SceneRefusal } from "../contract/scene-exchange.ts";
import { fromWire, toWire } from "./enums.ts";
import { messageCodec } from "./proto.ts";

const codec = messageCodec(
  "SceneRefusal",
  z.strictObject({
    reason: fromWire("SceneRefusalReason"),
    detail: z.string(),
    session: z.string().exactOptional(),
    sceneId: z.int().nonnegative().exactOptional(),
    element: z.string().exactOptional(),
  }),
);

export const encodeSceneRefusal = (refusal: SceneRefusal): Uint8Array =>
  codec.encode({ ...refusal, reason: toWire("SceneRefusalReason", refusal.reason) });

/** @throws WireError WIRE_MALFORMED, WIRE_FIELD */
export const decodeSceneRefusal = (bytes: Uint8Array, where = "SceneRefusal"): SceneRefusal =>
  codec.decode(bytes, where);
