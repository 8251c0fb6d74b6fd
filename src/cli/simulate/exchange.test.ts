import { expect, test } from "vitest";
import { aDecision, anObservation } from "../../wire/fixtures.cases.ts";
import { decodeMarkedObservation, type SourceMark } from "../../wire/observation-codec.ts";
import { Exchange } from "./exchange.ts";

const DELAY_US = 50_000;
const decisionOf = (observationId: number) =>
  ({ kind: "decision", decision: aDecision({ observationId }), lostCount: 0 }) as const;

/** A sender that keeps the marks of what it was given. */
function aSender(takes = true) {
  const marks: SourceMark[] = [];
  const counts = { sent: 0, leftOut: 0 };
  const send = (bytes: Uint8Array) => {
    if (takes) marks.push(decodeMarkedObservation(bytes).mark);
    else counts.leftOut++;
  };
  return {
    marks,
    sender: {
      send,
      get counts() {
        return { ...counts };
      },
    },
  };
}

const anExchange = (answerMs?: number) => new Exchange("mqtt://there", DELAY_US, answerMs);

test("an observation is answered by the decision that names it, and by no other", async () => {
  const exchange = anExchange();
  const { sender, marks } = aSender();
  const first = exchange.ask(anObservation({ id: 0 }), sender);
  exchange.hear(decisionOf(9));
  exchange.hear(decisionOf(0));
  expect((await first).observationId).toBe(0);
  const second = exchange.ask(anObservation({ id: 1 }), sender);
  exchange.hear(decisionOf(1));
  expect((await second).observationId).toBe(1);
  expect(marks.map((mark) => mark.counter)).toEqual([0, 1]);
  expect(marks[0]!.epoch).toEqual(marks[1]!.epoch);
});

test("seals are judged at the injected time of the decision that is awaited", async () => {
  const exchange = anExchange();
  const observation = anObservation({ id: 3 });
  const asked = exchange.ask(observation, aSender().sender);
  expect(exchange.nowUs).toBe(observation.stampUs + DELAY_US);
  exchange.hear(decisionOf(3));
  await asked;
});

test("a lost broker ends what is awaited and everything after it", async () => {
  const exchange = anExchange();
  const asked = exchange.ask(anObservation({ id: 0 }), aSender().sender);
  exchange.hear({ kind: "trouble", detail: "broker mqtt://there lost" });
  const lost = { code: "WIRE_BROKER_LOST", message: "broker mqtt://there lost" };
  await expect(asked).rejects.toMatchObject(lost);
  await expect(exchange.ask(anObservation({ id: 1 }), aSender().sender)).rejects.toMatchObject(
    lost,
  );
});

test("a broker that does not take an observation is lost, too", async () => {
  const asked = anExchange().ask(anObservation(), aSender(false).sender);
  await expect(asked).rejects.toMatchObject({ code: "WIRE_BROKER_LOST" });
});

test("a service that ends is told with its reason, also before it listens", async () => {
  const exchange = anExchange();
  const online = exchange.online();
  exchange.fail("WIRE_SERVICE_ENDED", "the service ended: error[MODEL_NOT_FOUND]");
  await expect(online).rejects.toMatchObject({
    code: "WIRE_SERVICE_ENDED",
    message: "the service ended: error[MODEL_NOT_FOUND]",
  });
});

test("the start is over when the status says ONLINE, also where it said so before", async () => {
  const status = { state: "ONLINE", vehicle: "sim-1", epochHex: "" } as const;
  const about = { modelHash: "", configHash: "", software: "", sourceName: "" };
  const exchange = anExchange();
  exchange.hear({ kind: "status", status: { ...status, ...about } });
  await exchange.online();
});

test("no answer is an error with the limit, and with what was refused meanwhile", async () => {
  const exchange = anExchange(5);
  const asked = exchange.ask(anObservation({ id: 4 }), aSender().sender);
  exchange.hear({
    kind: "refused",
    status: "ERROR",
    reason: "BAD_MAC",
    detail: "the mac does not fit the key",
    lostCount: 0,
  });
  await expect(asked).rejects.toMatchObject({
    code: "WIRE_NO_ANSWER",
    message:
      "a decision for observation 4 on mqtt://there within 0.005 s expected, found none; the last one refused: the mac does not fit the key",
  });
});

test("after closing nothing is a failure", () => {
  const exchange = anExchange();
  exchange.close();
  exchange.fail("WIRE_SERVICE_ENDED", "as it was told to");
});
