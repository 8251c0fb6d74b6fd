import { describe, expect, test } from "vitest";
import type { Decision } from "../contract/decision.ts";
import type { SceneMessage, SceneRefusal } from "../contract/scene-exchange.ts";
import type { OverrideInput } from "../safety/s01-override.ts";
import { decodeDecision, encodeDecision } from "../wire/decision-codec.ts";
import { aSentScene, NAN_STAND_IN, sceneBytes } from "../wire/scene.fixture.ts";
import { aTickObservation, fakeRooms, SETTINGS } from "./fakes.cases.ts";
import type { Rooms } from "./pipeline.ts";
import { SceneDriver, type SceneEyes } from "./scene-driver.ts";

const SILENCE_MS = 5000;
type Answer = Decision | SceneRefusal;
const isRefusal = (answer: Answer): answer is SceneRefusal => "reason" in answer;

/** A driver with its answers in the order in which they left, and a clock that is set by hand. */
function aDesk(
  rooms: Partial<Rooms> = {},
  eyes: Partial<SceneEyes> = {},
  readOverride?: () => OverrideInput,
) {
  const answers: Answer[] = [];
  const said: string[] = [];
  const looked: { readonly message: SceneMessage; readonly givenUs: number }[] = [];
  const begun: string[] = [];
  const clock = { ms: 0 };
  let wake = () => {};
  const driver = new SceneDriver({
    topic: "waywarden/v1/car/scene",
    rooms: fakeRooms(rooms),
    settings: SETTINGS,
    decisionDelayUs: 50_000,
    silenceMs: SILENCE_MS,
    eyes: {
      begin: (session) => void begun.push(session),
      look: async (message, givenUs) => {
        looked.push({ message, givenUs });
        const { id, stampUs, ego } = message.scene;
        const base = aTickObservation(id);
        return {
          ...base,
          ...{ stampUs, arrivalUs: stampUs },
          images: base.images.map((image) => ({ ...image, stampUs })),
          sweeps: base.sweeps.map((sweep) => ({ ...sweep, stampUs })),
          ego: { ...base.ego!, stampUs, speedMps: ego.speedMps },
          route: { text: message.instruction, givenUs },
        };
      },
      ...eyes,
    },
    ...(readOverride ? { readOverride } : {}),
    nowMs: () => clock.ms,
    say: (text) => void said.push(text),
  });
  const outlet = {
    seal: encodeDecision,
    publish: async (bytes: Uint8Array) => {
      answers.push(decodeDecision(bytes));
      wake();
      return true;
    },
    refuse: (refusal: SceneRefusal) => {
      answers.push(refusal);
      wake();
    },
    restated: 0,
    restate: () => {
      outlet.restated++;
    },
  };
  driver.open(outlet);
  const send = (changes: Record<string, unknown> = {}, retained = false) =>
    driver.receive(sceneBytes(aSentScene(changes)), retained);
  /** Resolves with the answer to the message that is sent. */
  const ask = async (changes: Record<string, unknown> = {}): Promise<Answer> => {
    const before = answers.length;
    const answered = new Promise<void>((resolve) => {
      wake = resolve;
    });
    send(changes);
    await answered;
    // What follows an answer in the same turn has been done as well.
    await driver.idle();
    expect(answers.length).toBe(before + 1);
    return answers.at(-1)!;
  };
  return { driver, answers, said, looked, begun, clock, outlet, send, ask };
}

/** Scene i of a session. */
const at = (id: number, changes: Record<string, unknown> = {}) => ({
  ...{ id, stampUs: 1_000_000 + id * 100_000 },
  ...changes,
});

describe("each Scene has one answer", () => {
  test("a Decision with the Scene's id and time, also where ids leave numbers out", async () => {
    const desk = aDesk();
    for (const id of [5, 6, 9]) {
      const answer = (await desk.ask(at(id))) as Decision;
      expect(answer).toMatchObject({ id, observationId: id, mode: "NORMAL" });
      expect(answer.observationStampUs).toBe(1_000_000 + id * 100_000);
      expect(answer.decidedUs).toBe(answer.observationStampUs + 50_000);
    }
    expect(desk.driver.state).toMatchObject({
      ...{ session: "test", lastSceneId: 9, silent: false, decidedCount: 3, refusals: [] },
    });
  });

  test("in the order in which they came, also where nobody waited for the answer", async () => {
    const desk = aDesk();
    for (const id of [1, 2, 2, 3]) desk.send(at(id));
    await desk.driver.idle();
    expect(desk.answers.map((a) => (isRefusal(a) ? a.reason : a.id))).toEqual([1, 2, "ID", 3]);
  });

  test("the seventeenth that has to wait is refused", async () => {
    const desk = aDesk();
    for (let id = 1; id <= 19; id++) desk.send(at(id));
    await desk.driver.idle();
    const [first, second, ...decided] = desk.answers;
    expect(first).toMatchObject({ reason: "TOO_MANY", sceneId: 18, session: "test" });
    expect(second).toMatchObject({ reason: "TOO_MANY", sceneId: 19 });
    expect(decided.map((a) => (a as Decision).id)).toEqual(
      Array.from({ length: 17 }, (_, i) => i + 1),
    );
  });

  test("what cannot be rendered is refused, and the next one is decided", async () => {
    const desk = aDesk({}, {});
    const failing = aDesk(
      {},
      {
        look: async () => {
          throw new RangeError("no sky");
        },
      },
    );
    expect(await failing.ask(at(1))).toMatchObject({
      ...{ reason: "INTERNAL", sceneId: 1, detail: "scene 1 of session test: no sky" },
    });
    expect(failing.driver.state.refusals).toEqual([{ reason: "INTERNAL", count: 1 }]);
    expect(await desk.ask(at(2))).toMatchObject({ id: 2 });
  });

  test("a room that throws still gives a decision, to stop", async () => {
    const desk = aDesk({
      planner: {
        plan: async () => {
          throw new Error("broken");
        },
        reset: () => undefined,
      },
    });
    const answer = (await desk.ask(at(1))) as Decision;
    expect(answer.faults.map((f) => f.code)).toContain("INTERNAL");
    expect(answer.mode).toMatch(/STOP/);
  });
});

describe("what is refused", () => {
  test("is told with the element and counted, and the session goes on", async () => {
    const desk = aDesk();
    await desk.ask(at(1));
    const ego = { ...aSentScene().ego, xM: NAN_STAND_IN };
    expect(await desk.ask(at(2, { ego }))).toMatchObject({
      ...{ reason: "FIELD", session: "test", sceneId: 2, element: "ego.x_m" },
    });
    expect(await desk.ask(at(3, { lanes: [] }))).toMatchObject({ element: "lanes" });
    expect(await desk.ask(at(3))).toMatchObject({ id: 3 });
    expect(desk.driver.state.refusals).toEqual([{ reason: "FIELD", count: 2 }]);
    expect(desk.said.filter((line) => line.startsWith("refused (FIELD): scene"))).toHaveLength(2);
  });

  test("a second publisher, however often it asks, disturbs nothing", async () => {
    const desk = aDesk();
    await desk.ask(at(1));
    for (const id of [1, 2])
      expect(await desk.ask(at(id, { session: "other" }))).toMatchObject({
        ...{ reason: "SESSION", session: "other", sceneId: id },
      });
    expect(await desk.ask(at(2))).toMatchObject({ id: 2 });
    expect(desk.begun).toEqual(["test"]);
    expect(desk.driver.state.refusals).toEqual([{ reason: "SESSION", count: 2 }]);
  });

  test("retained messages and other bytes have no address", async () => {
    const desk = aDesk();
    desk.send(at(1), true);
    desk.driver.receive(Uint8Array.of(255, 255), false);
    await desk.driver.idle();
    expect(desk.answers).toEqual([
      { reason: "RETAINED", detail: expect.stringContaining("car/scene: a live message expected") },
      { reason: "MALFORMED", detail: expect.stringContaining("a Scene message expected") },
    ]);
  });
});

describe("a simulator that stops", () => {
  test("is told once after the silence, in words and in the state, and may go on", async () => {
    const desk = aDesk();
    await desk.ask(at(1));
    const before = desk.outlet.restated;
    desk.clock.ms += SILENCE_MS - 1;
    desk.driver.checkSilence();
    expect(desk.driver.state.silent).toBe(false);
    desk.clock.ms += 1;
    desk.driver.checkSilence();
    desk.driver.checkSilence();
    expect(desk.driver.state).toMatchObject({ session: "test", silent: true });
    expect(desk.outlet.restated).toBe(before + 1);
    expect(desk.said.filter((line) => line.includes("is silent"))).toEqual([
      expect.stringMatching(/session test is silent: a scene within 5 s expected after scene 1/),
    ]);
    expect(await desk.ask(at(2))).toMatchObject({ id: 2 });
    expect(desk.driver.state.silent).toBe(false);
    expect(desk.said).toContain("session test goes on with scene 2");
  });

  test("makes place for another, which begins with rooms that remember nothing", async () => {
    let resets = 0;
    const desk = aDesk({
      planner: { ...fakeRooms().planner, reset: () => void resets++ },
    });
    await desk.ask(at(50));
    expect(resets).toBe(1);
    desk.clock.ms += SILENCE_MS;
    expect(await desk.ask(at(1, { session: "next" }))).toMatchObject({ id: 1, mode: "NORMAL" });
    expect(resets).toBe(2);
    expect(desk.begun).toEqual(["test", "next"]);
    expect(await desk.ask(at(51))).toMatchObject({ reason: "SESSION", session: "test" });
  });

  test("is not waited for where it said that this was its last Scene", async () => {
    const desk = aDesk();
    await desk.ask(at(1, { last: true }));
    expect(desk.driver.state).not.toHaveProperty("session");
    desk.clock.ms += 10 * SILENCE_MS;
    desk.driver.checkSilence();
    expect(desk.driver.state.silent).toBe(false);
    expect(await desk.ask(at(1, { session: "next" }))).toMatchObject({ id: 1 });
  });
});

test("words keep the time at which they first came, unless the simulator tells it", async () => {
  const desk = aDesk();
  const words = "turn left";
  const given = [
    at(1),
    at(2, { instruction: words }),
    at(3, { instruction: words }),
    at(4, { instruction: words, instructionGivenUs: 1_250_000 }),
    at(5, { instruction: words }),
    at(6),
  ];
  for (const scene of given) await desk.ask(scene);
  expect(desk.looked.map(({ givenUs }) => givenUs)).toEqual([
    1_100_000, 1_200_000, 1_200_000, 1_250_000, 1_250_000, 1_600_000,
  ]);
});

test("Scenes that come before there is a way out are answered when there is one", async () => {
  const desk = aDesk();
  await desk.driver.close();
  desk.send(at(1));
  await desk.driver.idle();
  expect(desk.answers).toEqual([]);
  desk.driver.open(desk.outlet);
  await desk.driver.idle();
  expect(desk.answers).toMatchObject([{ id: 1 }]);
});

test("a STOP of a human counts from the next Scene on, and in the next session too", async () => {
  let override: OverrideInput = { stop: false, releaseCount: 0 };
  const desk = aDesk({}, {}, () => override);
  const ruleOf = async (changes: Record<string, unknown>) => {
    const { hits } = (await desk.ask(changes)) as Decision;
    return hits.some(({ rule }) => rule === "S01");
  };
  expect(await ruleOf(at(1))).toBe(false);
  override = { ...override, stop: true };
  expect(await ruleOf(at(2, { last: true }))).toBe(true);
  expect(await ruleOf(at(1, { session: "next" }))).toBe(true);
  override = { stop: false, releaseCount: 1 };
  expect(await ruleOf(at(2, { session: "next" }))).toBe(false);
});
