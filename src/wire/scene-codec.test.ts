import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Scene } from "../contract/scene.ts";
import type { SceneMessage, SceneRefusal } from "../contract/scene-exchange.ts";
import { aSentBox, aSentLane, aSentScene, NAN_STAND_IN, sceneBytes } from "./scene.fixture.ts";
import { encodeScene, readScene, SCENE_BYTES_MAX } from "./scene-codec.ts";
import { decodeSceneRefusal, encodeSceneRefusal } from "./scene-refusal-codec.ts";

const TOPIC = "waywarden/v1/car/scene";
const read = (plain: object) => readScene(TOPIC, sceneBytes(plain), false);

function messageOf(changes: Record<string, unknown> = {}): SceneMessage {
  const found = read(aSentScene(changes));
  if (!found.ok) throw new Error(found.refusal.detail);
  return found.message;
}

function refusalOf(changes: Record<string, unknown>): SceneRefusal {
  const found = read(aSentScene(changes));
  if (found.ok) throw new Error("a refusal expected, found a Scene");
  return found.refusal;
}

describe("what is left out of a Scene and has a default", () => {
  const { scene, ...message } = messageOf();

  test("of the message: follow the road, ten a second, more to come", () => {
    expect(message).toEqual({ session: "test", periodUs: 100_000, instruction: "", last: false });
  });

  test("a lane is for driving, dashed towards its neighbour and solid at the edge", () => {
    expect(scene.lanes[0]).toMatchObject({
      ...{ kind: "DRIVING", leftMark: "SOLID", rightMark: "DASHED", rightId: 2, oncoming: false },
    });
    expect(scene.lanes[1]).toMatchObject({ leftMark: "DASHED", rightMark: "SOLID", leftId: 1 });
    expect(scene.lanes[0]).not.toHaveProperty("leftId");
  });

  test("a centre line of two points gets points 2 m apart, its ends kept", () => {
    const { centre } = scene.lanes[1]!;
    expect(centre.length).toBe(2 * 101);
    expect([...centre.slice(0, 4)]).toEqual([-50, 0, -48, 0]);
    expect([...centre.slice(-2)]).toEqual([150, 0]);
  });

  test("an object keeps its speed, shows no light, and has a colour of its own", () => {
    expect(scene.objects[0]).toMatchObject({ accelMps2: 0, brakeLights: false, indicator: 0 });
    const { objects } = messageOf({ objects: [aSentBox(1), aSentBox(2)] }).scene;
    expect(objects[0]!.rgb).not.toEqual(objects[1]!.rgb);
  });

  test("an object that brakes shows it unless the message says otherwise", () => {
    const brakes = { accelMps2: -2 };
    const { objects } = messageOf({
      objects: [aSentBox(1, brakes), aSentBox(2, { ...brakes, brakeLights: false })],
    }).scene;
    expect(objects.map((o) => o.brakeLights)).toEqual([true, false]);
  });

  test("a lane against ego's direction is oncoming, wherever ego looks", () => {
    const back = { centre: [...aSentLane(3, 7).centre].reverse() };
    const lanes = [aSentLane(1, 0), aSentLane(3, 7, back)];
    expect(messageOf({ lanes }).scene.lanes.map((l) => l.oncoming)).toEqual([false, true]);
    const ego = { ...aSentScene().ego, yawRad: Math.PI };
    expect(messageOf({ lanes, ego }).scene.lanes.map((l) => l.oncoming)).toEqual([true, false]);
  });

  test("it is day, dry and clear, and looks the same through a session", () => {
    expect(scene).toMatchObject({ light: 0.8, haze: 0 });
    expect(scene).not.toHaveProperty("weather");
    expect(messageOf({ id: 8 }).scene.textureSeed).toBe(scene.textureSeed);
    expect(messageOf({ session: "other" }).scene.textureSeed).not.toBe(scene.textureSeed);
  });
});

describe("what is refused, with the element, what was expected and what was found", () => {
  const lane = aSentLane(1, 0);
  const centre = [...lane.centre, { xM: 160, yM: NAN_STAND_IN }];
  const signal = { id: 1, xM: 50, yM: 5, zM: 5, yawRad: 3, state: "SIGNAL_STATE_RED" };
  const line = { id: 1, left: { xM: 45, yM: 2 }, right: { xM: 45, yM: -2 } };
  const cases: readonly (readonly [string, Record<string, unknown>, string, RegExp])[] = [
    ["no lanes", { lanes: [] }, "lanes", /1 to 2000 elements expected, found 0/],
    ["NaN", { lanes: [{ ...lane, centre }] }, "lanes[0].centre[2].y_m", /metres .*found NaN/],
    ["no ego", { ego: undefined }, "ego", /a message expected, found nothing/],
    [
      "no speed of ego",
      { ego: { ...aSentScene().ego, speedMps: undefined } },
      "ego.speed_mps",
      /m\/s from -1 to 60 expected, found nothing/,
    ],
    ["no stamp", { stampUs: undefined }, "stamp_us", /a whole number .*found nothing/],
    [
      "one point",
      { lanes: [{ ...lane, centre: lane.centre.slice(1) }] },
      "lanes[0].centre",
      /found 1/,
    ],
    [
      "a point that comes twice",
      { lanes: [{ ...lane, centre: [...lane.centre, lane.centre[1]] }] },
      "lanes[0].centre[2]",
      /another point/,
    ],
    [
      "points too far apart",
      { lanes: [{ ...lane, centre: [lane.centre[0], { xM: 9000, yM: 0 }] }] },
      "lanes[0].centre[1]",
      /at most 2000 m .*found 9050\.0 m/,
    ],
    ["no width", { lanes: [{ ...lane, widthM: undefined }] }, "lanes[0].width_m", /found nothing/],
    ["a width of nothing", { lanes: [{ ...lane, widthM: 0 }] }, "lanes[0].width_m", /found 0/],
    [
      "a neighbour that is not there",
      { lanes: [{ ...lane, leftId: 9 }] },
      "lanes[0].left_id",
      /the id of another lane expected, found 9, which no lane has/,
    ],
    ["itself as neighbour", { lanes: [{ ...lane, rightId: 1 }] }, "lanes[0].right_id", /its own/],
    ["a lane id twice", { lanes: [lane, lane] }, "lanes[1].id", /found 1, that of lanes\[0\]/],
    [
      "an object id twice",
      { objects: [aSentBox(4), aSentBox(5), aSentBox(4)] },
      "objects[2].id",
      /found 4, that of objects\[0\]/,
    ],
    [
      "no kind",
      { objects: [aSentBox(1, { kind: undefined })] },
      "objects[0].kind",
      /a value of ObjectKind expected, found nothing/,
    ],
    ["an unknown kind", { objects: [aSentBox(1, { kind: 99 })] }, "objects[0].kind", /found 99/],
    [
      "a box without height",
      { objects: [aSentBox(1, { heightM: 0 })] },
      "objects[0].height_m",
      /0/,
    ],
    ["a colour of two", { objects: [aSentBox(1, { rgb: [1, 2] })] }, "objects[0].rgb", /found 2/],
    [
      "infinite speed",
      { objects: [aSentBox(1, { speedMps: NAN_STAND_IN })] },
      "objects[0].speed_mps",
      /found NaN/,
    ],
    [
      "a signal that is not there",
      { signals: [signal], stopLines: [{ ...line, signalIds: [1, 2] }] },
      "stop_lines[0].signal_ids[1]",
      /the id of a signal expected, found 2/,
    ],
    [
      "a stop line of one point",
      { stopLines: [{ ...line, right: line.left }] },
      "stop_lines[0].right",
      /another point than left/,
    ],
    ["too many words", { instruction: "x".repeat(401) }, "instruction", /at most 400 .*found 401/],
    ["a period of nothing", { periodUs: 0 }, "period_us", /found 0/],
  ];
  test.each(cases)("%s", (_name, changes, element, text) => {
    const refusal = refusalOf(changes);
    expect(refusal).toMatchObject({ reason: "FIELD", session: "test", sceneId: 7, element });
    expect(refusal.detail).toMatch(text);
    expect(refusal.detail).toContain(`scene 7 of session test: ${element}: `);
  });

  test("who cannot be addressed is told so without an address", () => {
    for (const [changes, element] of [
      [{ session: undefined }, "session"],
      [{ session: "two words" }, "session"],
      [{ id: undefined }, "id"],
    ] as const) {
      const refusal = refusalOf(changes);
      expect(refusal).toMatchObject({ reason: "FIELD", element });
      expect(refusal).not.toHaveProperty("session");
    }
  });

  test("a retained message, too many bytes, and bytes that are no Scene", () => {
    const reasonOf = (bytes: Uint8Array, retained = false) => {
      const found = readScene(TOPIC, bytes, retained);
      return found.ok ? "none" : found.refusal.reason;
    };
    const good = sceneBytes(aSentScene());
    expect(reasonOf(good)).toBe("none");
    expect(reasonOf(good, true)).toBe("RETAINED");
    expect(reasonOf(new Uint8Array(SCENE_BYTES_MAX + 1))).toBe("TOO_LONG");
    expect(reasonOf(good.subarray(0, good.length - 1))).toBe("MALFORMED");
    expect(reasonOf(new Uint8Array(0))).toBe("FIELD");
  });

  test("no bytes make it throw", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        readScene(TOPIC, bytes, false);
      }),
    );
    const good = sceneBytes(aSentScene());
    fc.assert(
      fc.property(fc.nat(good.length - 1), fc.nat(255), (at, value) => {
        const changed = Uint8Array.from(good);
        changed[at] = value;
        readScene(TOPIC, changed, false);
      }),
    );
  });
});

const scene: Scene = {
  id: 12,
  stampUs: 5_000_000,
  ego: {
    ...{ xM: 1, yM: 2, yawRad: 0.1, speedMps: 3, accelMps2: -0.5, yawRateRadps: 0.01 },
    ...{ lengthM: 4.7, widthM: 1.9 },
  },
  objects: [
    {
      ...{ id: 1, kind: "TRUCK", xM: 30, yM: 3.5, yawRad: 3, lengthM: 9, widthM: 2.4, heightM: 3 },
      ...{ speedMps: 5, accelMps2: -3, brakeLights: false, indicator: -1, rgb: [1, 2, 3] },
    },
  ],
  lanes: [
    {
      ...{ id: 4, kind: "SHOULDER", widthM: 3, leftMark: "DOUBLE", rightMark: "NONE" },
      ...{ centre: Float64Array.of(0, 0, 1.5, 0.5, 3, 1), oncoming: true },
    },
  ],
  stopLines: [{ id: 2, x0M: 20, y0M: 2, x1M: 20.5, y1M: -2, signalIds: [3] }],
  signals: [{ id: 3, xM: 22, yM: -4, zM: 5, yawRad: 3.1, state: "YELLOW" }],
  kerbs: [{ line: Float64Array.of(0, 5, 2, 5), heightM: 0.12 }],
  blocks: [
    {
      ...{ kind: "TREE", xM: 10, yM: 9, yawRad: 0, lengthM: 1, widthM: 1, heightM: 7 },
      rgb: [5, 6, 7],
    },
  ],
  speedLimitMps: 13.9,
  light: 0.3,
  haze: 0.2,
  textureSeed: 77,
  weather: { rain: 0.4, visibilityM: 300, sunElevationRad: 0.2 },
};

test("what is encoded reads back the same", () => {
  const message: SceneMessage = {
    ...{ session: "s-1", scene, periodUs: 200_000, instruction: "turn left", last: true },
    instructionGivenUs: 4_000_000,
  };
  const found = readScene(TOPIC, encodeScene(message), false);
  expect(found).toEqual({ ok: true, message });
});

test("a refusal reads back the same, with and without an address", () => {
  const plain: SceneRefusal = { reason: "MALFORMED", detail: "no Scene" };
  const full: SceneRefusal = {
    ...{ reason: "FIELD", detail: "why", session: "s", sceneId: 0, element: "ego.x_m" },
  };
  for (const refusal of [plain, full])
    expect(decodeSceneRefusal(encodeSceneRefusal(refusal))).toEqual(refusal);
});
