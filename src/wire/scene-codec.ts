import { WireError } from "../contract/errors.ts";
import type { DetectedObject, Scene, SceneLane } from "../contract/scene.ts";
import type { SceneMessage, SceneRefusal } from "../contract/scene-exchange.ts";
import { toWire } from "./enums.ts";
import { messageEncoder, messageReader } from "./proto.ts";
import { sceneFrom } from "./scene-defaults.ts";
import { type SceneProblem, sceneProblem } from "./scene-references.ts";
import { SceneAddressSchema, SceneSchema } from "./scene-schema.ts";

/** A town's worth of lanes stays far below. */
export const SCENE_BYTES_MAX = 16 * 2 ** 20;

export type ReadScene =
  | { readonly ok: true; readonly message: SceneMessage }
  | { readonly ok: false; readonly refusal: SceneRefusal };

const read = messageReader("Scene");
const encode = messageEncoder("Scene");

const refused = (refusal: SceneRefusal): ReadScene => ({ ok: false, refusal });

/** What the scene topic accepts; what it does not comes back as the refusal to send. Never throws on bad bytes. */
export function readScene(topic: string, payload: Uint8Array, retained: boolean): ReadScene {
  if (retained)
    return refused({
      reason: "RETAINED",
      detail: `${topic}: a live message expected, found a retained one`,
    });
  if (payload.length > SCENE_BYTES_MAX)
    return refused({
      reason: "TOO_LONG",
      detail: `${topic}: at most ${SCENE_BYTES_MAX} bytes expected, found ${payload.length}`,
    });
  let plain: unknown;
  try {
    plain = read(payload, topic);
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    return refused({ reason: "MALFORMED", detail: error.message });
  }
  return checkScene(plain);
}

function checkScene(plain: unknown): ReadScene {
  const address = SceneAddressSchema.safeParse(plain);
  if (!address.success) return refused(fieldRefusal(firstIssue(address.error), undefined));
  const parsed = SceneSchema.safeParse(plain);
  if (!parsed.success) return refused(fieldRefusal(firstIssue(parsed.error), address.data));
  const problem = sceneProblem(parsed.data);
  if (problem) return refused(fieldRefusal(problem, address.data));
  return { ok: true, message: sceneFrom(parsed.data) };
}

const firstIssue = (error: {
  readonly issues: readonly { readonly path: PropertyKey[]; readonly message: string }[];
}): SceneProblem => {
  const { path, message } = error.issues[0]!;
  return { path: path as (string | number)[], text: message };
};

function fieldRefusal(
  { path, text }: SceneProblem,
  address: { readonly session: string; readonly id: number } | undefined,
): SceneRefusal {
  const element = elementOf(path);
  const which = address ? `scene ${address.id} of session ${address.session}` : "scene";
  return {
    reason: "FIELD",
    detail: `${which}: ${element}: ${text}`,
    ...(address ? { session: address.session, sceneId: address.id } : {}),
    element,
  };
}

/** ["lanes", 3, "centre", 7, "yM"] → "lanes[3].centre[7].y_m", the names of the .proto file. */
const elementOf = (path: SceneProblem["path"]): string =>
  path
    .map((key, i) => {
      if (typeof key === "number") return `[${key}]`;
      const name = key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
      return i === 0 ? name : `.${name}`;
    })
    .join("");

/** The message of a simulator that is written in TypeScript. @throws WireError WIRE_NON_FINITE */
export function encodeScene(message: SceneMessage): Uint8Array {
  const { session, scene, periodUs, instruction, instructionGivenUs, last } = message;
  const { lengthM: _length, widthM: _width, ...ego } = scene.ego;
  return encode({
    ...{ session, id: scene.id, stampUs: scene.stampUs, ego, periodUs, instruction, last },
    ...(instructionGivenUs === undefined ? {} : { instructionGivenUs }),
    lanes: scene.lanes.map(laneToWire),
    objects: scene.objects.map(objectToWire),
    signals: scene.signals.map((s) => ({ ...s, state: toWire("SignalState", s.state) })),
    stopLines: scene.stopLines.map(({ id, signalIds, x0M, y0M, x1M, y1M }) => ({
      ...{ id, signalIds, left: { xM: x0M, yM: y0M }, right: { xM: x1M, yM: y1M } },
    })),
    kerbs: scene.kerbs.map(({ line, heightM }) => ({ line: pointsOf(line), heightM })),
    blocks: scene.blocks.map((b) => ({ ...b, kind: toWire("BlockKind", b.kind) })),
    ...(scene.speedLimitMps === undefined ? {} : { speedLimitMps: scene.speedLimitMps }),
    weather: weatherToWire(scene),
    textureSeed: scene.textureSeed,
  });
}

function weatherToWire({ weather = {}, light, haze }: Scene): object {
  const { rain, wetness, ...rest } = weather;
  return {
    ...rest,
    ...(rain === undefined ? {} : { rainRatio: rain }),
    ...(wetness === undefined ? {} : { wetnessRatio: wetness }),
    ...{ lightRatio: light, hazeRatio: haze },
  };
}

const laneToWire = ({ centre, kind, leftMark, rightMark, ...rest }: SceneLane): object => ({
  ...rest,
  centre: pointsOf(centre),
  kind: toWire("LaneKind", kind),
  leftMark: toWire("MarkKind", leftMark),
  rightMark: toWire("MarkKind", rightMark),
});

const INDICATORS = { "-1": "RIGHT", "0": "NONE", "1": "LEFT", "2": "BOTH" } as const;

const objectToWire = ({ kind, indicator, ...rest }: DetectedObject): object => ({
  ...rest,
  kind: toWire("ObjectKind", kind),
  indicator: toWire("Indicator", INDICATORS[indicator]),
});

const pointsOf = (line: Scene["kerbs"][number]["line"]): object[] =>
  Array.from({ length: line.length / 2 }, (_, i) => ({ xM: line[2 * i], yM: line[2 * i + 1] }));
