import { z } from "zod";
import { fromWire } from "./enums.ts";
import { INSTRUCTION_TEXT_MAX } from "./instruction-codec.ts";

/** What each field of a Scene may be; errors say expected and found, the path says where. */

const shown = (input: unknown): string => {
  if (input === undefined) return "nothing";
  return typeof input === "number" ? String(input) : JSON.stringify(input);
};

const number = (min: number, max: number, unit: string, whole = false) =>
  z.custom<number>(
    (v) => typeof v === "number" && v >= min && v <= max && (!whole || Number.isSafeInteger(v)),
    {
      error: ({ input }) =>
        `${whole ? "a whole number" : `${unit === "" ? "a number" : unit}`} from ${min} to ${max} expected, found ${shown(input)}`,
    },
  );

const U32_MAX = 2 ** 32 - 1;
const id = number(0, U32_MAX, "", true);
/** Room for grids of whole countries; a double still tells a micrometre there. */
const placeM = number(-1e7, 1e7, "metres");
const yawRad = number(-1000, 1000, "radians");
const sizeM = number(0.05, 100, "metres");
const ratio = number(0, 1, "");
const flag = z.boolean({ error: ({ input }) => `true or false expected, found ${shown(input)}` });
const rgb = z
  .array(number(0, 255, "", true))
  .refine((list) => list.length === 0 || list.length === 3, {
    error: ({ input }) => `three numbers or none expected, found ${(input as unknown[]).length}`,
  });

const list = <T>(element: z.ZodType<T>, min: number, max: number) =>
  z.array(element).refine((found) => found.length >= min && found.length <= max, {
    error: ({ input }) =>
      `${min} to ${max} elements expected, found ${(input as unknown[]).length}`,
  });

/** A message in a message; protobuf leaves it out where nobody set it. */
const part = <S extends z.ZodRawShape>(shape: S) =>
  z.strictObject(shape, { error: ({ input }) => `a message expected, found ${shown(input)}` });

const point = part({ xM: placeM, yM: placeM });
const line = list(point, 2, 20_000);
const pose = { xM: placeM, yM: placeM, yawRad };
const box = { ...pose, lengthM: sizeM, widthM: sizeM, heightM: sizeM };

const ego = part({
  ...pose,
  speedMps: number(-1, 60, "m/s"),
  accelMps2: number(-20, 20, "m/s²"),
  yawRateRadps: number(-3, 3, "rad/s"),
});

const lane = part({
  id,
  centre: line,
  widthM: number(0.3, 30, "metres"),
  kind: fromWire("LaneKind").exactOptional(),
  leftMark: fromWire("MarkKind").exactOptional(),
  rightMark: fromWire("MarkKind").exactOptional(),
  leftId: id.exactOptional(),
  rightId: id.exactOptional(),
  oncoming: flag.exactOptional(),
});

const object = part({
  id,
  kind: fromWire("ObjectKind"),
  ...box,
  speedMps: number(-60, 100, "m/s"),
  accelMps2: number(-50, 50, "m/s²").exactOptional(),
  brakeLights: flag.exactOptional(),
  indicator: fromWire("Indicator").exactOptional(),
  rgb,
});

const signal = part({
  id,
  ...pose,
  zM: number(0, 50, "metres"),
  state: fromWire("SignalState"),
});

const weather = part({
  rainRatio: ratio.exactOptional(),
  wetnessRatio: ratio.exactOptional(),
  visibilityM: number(5, 1e6, "metres").exactOptional(),
  sunElevationRad: number(-Math.PI / 2, Math.PI / 2, "radians").exactOptional(),
  sunAzimuthRad: yawRad.exactOptional(),
  lightRatio: ratio.exactOptional(),
  hazeRatio: ratio.exactOptional(),
});

const ID_MAX = Number.MAX_SAFE_INTEGER;
const SESSION = /^[\x21-\x7e]{1,64}$/;

/** Who sent the Scene and which one it is; read first, so that a refusal can be addressed. */
export const SceneAddressSchema = z.object({
  session: z.custom<string>((v) => typeof v === "string" && SESSION.test(v), {
    error: ({ input }) => `1 to 64 visible ASCII characters expected, found ${shown(input)}`,
  }),
  id: number(0, ID_MAX, "", true),
});

export const SceneSchema = z.strictObject({
  ...SceneAddressSchema.shape,
  stampUs: number(0, ID_MAX, "", true),
  ego,
  lanes: list(lane, 1, 2000),
  objects: list(object, 0, 1000),
  signals: list(signal, 0, 1000),
  stopLines: list(part({ id, left: point, right: point, signalIds: z.array(id) }), 0, 1000),
  kerbs: list(part({ line, heightM: number(0.01, 5, "metres") }), 0, 2000),
  blocks: list(part({ kind: fromWire("BlockKind"), ...box, rgb }), 0, 5000),
  instruction: z
    .string()
    .max(INSTRUCTION_TEXT_MAX, {
      error: ({ input }) =>
        `at most ${INSTRUCTION_TEXT_MAX} characters expected, found ${(input as string).length}`,
    })
    .exactOptional(),
  instructionGivenUs: number(0, ID_MAX, "", true).exactOptional(),
  speedLimitMps: number(0.5, 60, "m/s").exactOptional(),
  periodUs: number(50_000, 1_000_000, "", true).exactOptional(),
  last: flag.exactOptional(),
  weather: weather.exactOptional(),
  textureSeed: id.exactOptional(),
});

/** A Scene as it was sent: every number finite and in range, defaults not yet filled in. */
export type SentScene = z.infer<typeof SceneSchema>;
export type SentLane = SentScene["lanes"][number];
export type SentLine = SentLane["centre"];
