import { expect, test } from "vitest";
import type { SceneMessage } from "../contract/scene-exchange.ts";
import { aSentScene, sceneBytes } from "../wire/scene.fixture.ts";
import { readScene } from "../wire/scene-codec.ts";
import { SceneOrder } from "./scene-order.ts";

const SILENCE_MS = 5000;

function messageOf(session: string, id: number, stampUs = id * 100_000): SceneMessage {
  const read = readScene("t", sceneBytes(aSentScene({ session, id, stampUs })), false);
  if (!read.ok) throw new Error(read.refusal.detail);
  return read.message;
}

const TAKEN = { take: true, newSession: false };
const BEGUN = { take: true, newSession: true };
const refusal = (reason: string, detail: RegExp) => ({
  ...{ take: false, reason },
  detail: expect.stringMatching(detail),
});

test("ids may leave numbers out but never come twice or go back", () => {
  const order = new SceneOrder(SILENCE_MS);
  expect(order.judge(messageOf("a", 3), 0)).toEqual(BEGUN);
  expect(order.judge(messageOf("a", 4), 0)).toEqual(TAKEN);
  expect(order.judge(messageOf("a", 9), 0)).toEqual(TAKEN);
  expect(order.judge(messageOf("a", 9, 1_000_000), 0)).toEqual(
    refusal("ID", /scene 9 of session a: an id above 9 expected, found 9: it came twice/),
  );
  expect(order.judge(messageOf("a", 5, 1_000_000), 0)).toEqual(refusal("ID", /above 9 .*found 5/));
  expect(order.judge(messageOf("a", 10), 0)).toEqual(TAKEN);
});

test("simulated time goes on by at most a second, and what is refused moves nothing", () => {
  const order = new SceneOrder(SILENCE_MS);
  order.judge(messageOf("a", 1, 5_000_000), 0);
  for (const stampUs of [5_000_000, 4_900_000, 6_000_001])
    expect(order.judge(messageOf("a", 2, stampUs), 0)).toEqual(
      refusal("STAMP", /scene 2 of session a: stamp_us 1 to 1000000 after .*found \d+/),
    );
  expect(order.judge(messageOf("a", 2, 6_000_000), 0)).toEqual(TAKEN);
});

test("a second publisher is refused while the first is heard, and may begin after its silence", () => {
  const order = new SceneOrder(SILENCE_MS);
  order.judge(messageOf("a", 1), 1000);
  order.heard("a", 3000);
  expect(order.judge(messageOf("b", 1), 7900)).toEqual(
    refusal(
      "SESSION",
      /scene 1 of session b: .*session a expected.*\(scene 1, 4\.9 s ago\).*after 5 s of silence/,
    ),
  );
  expect(order.session).toBe("a");
  expect(order.judge(messageOf("b", 1), 8000)).toEqual(BEGUN);
  expect(order.session).toBe("b");
  expect(order.judge(messageOf("a", 2), 8001)).toEqual(refusal("SESSION", /has ended/));
});

test("silence is told once, and the session may go on after it", () => {
  const order = new SceneOrder(SILENCE_MS);
  expect(order.checkSilence(1e9)).toBe(false);
  order.judge(messageOf("a", 1), 0);
  expect(order.checkSilence(4999)).toBe(false);
  expect(order.checkSilence(5000)).toBe(true);
  expect(order.silent).toBe(true);
  expect(order.checkSilence(6000)).toBe(false);
  expect(order.judge(messageOf("a", 2), 7000)).toEqual(TAKEN);
  expect(order.silent).toBe(false);
});

test("after the last Scene another session begins at once, and the name is used up", () => {
  const order = new SceneOrder(SILENCE_MS);
  order.judge(messageOf("a", 1), 0);
  order.finish();
  expect(order.session).toBeUndefined();
  expect(order.judge(messageOf("b", 1), 1)).toEqual(BEGUN);
  order.finish();
  expect(order.judge(messageOf("a", 2), 2)).toEqual(
    refusal("SESSION", /a session that goes on expected, found one that has ended/),
  );
});
