import { beforeEach, describe, expect, test } from "vitest";
import type { Mode } from "../contract/decision.ts";
import { decodeDecision, encodeDecision } from "../wire/decision-codec.ts";
import { aDecision } from "../wire/fixtures.cases.ts";
import { openSeal, Sealer, type SealState } from "../wire/seal.ts";
import { DecisionGate } from "./decision-gate.ts";
import { FakeClock } from "./live.cases.ts";

const TOPIC = "waywarden/v1/car/decision";
const KEY = new Uint8Array(32).fill(7);
const EPOCH = Uint8Array.of(8, 7, 6, 5, 4, 3, 2, 1);

let clock: FakeClock;
let sent: Uint8Array[];
let gate: DecisionGate;
beforeEach(() => {
  clock = new FakeClock();
  sent = [];
  const sealer = new Sealer({ topic: TOPIC, key: KEY, epoch: EPOCH });
  gate = new DecisionGate(sealer, (sealed) => sent.push(sealed), clock);
});

const pass = (id: number, alarmSeen = 0, mode: Mode = "NORMAL") => {
  const decision = aDecision({ id, decidedUs: clock.wallUs(), mode });
  gate.pass({ decision, body: encodeDecision(decision), alarmSeen });
};
/** Lets time pass with the gate looking every 10 ms. */
const wait = (ms: number) => {
  for (let i = 0; i < ms; i += 10) {
    clock.block(10);
    gate.check();
  }
};
/** What a consumer that verifies everything makes of all that was sent. */
function consume() {
  let state: SealState | undefined;
  return sent.map((sealed) => {
    const opened = openSeal(sealed, { topic: TOPIC, key: KEY, state });
    state = opened.state;
    expect(opened.status).toBe("OK");
    return decodeDecision(opened.body!);
  });
}

describe("S23 the gate", () => {
  test("passes what comes in time, with one counter", () => {
    for (let id = 0; id < 20; id++) {
      pass(id);
      wait(100);
    }
    expect(consume().map(({ id }) => id)).toEqual([...Array(20).keys()]);
    const counts = { blindCount: 0, staleCount: 0, pacedCount: 0 };
    expect(gate.state).toEqual({ alarm: 0, ...counts, mrm: false });
  });

  test("nothing is decided before the first decision and after the last", () => {
    wait(2000);
    expect(sent).toEqual([]);
    pass(0);
    gate.disarm();
    wait(2000);
    expect(sent).toHaveLength(1);
  });

  test.each([
    [100, 0, []],
    [1000, 9, ["COMFORT_STOP"]],
    [10_000, 99, ["COMFORT_STOP", "EMERGENCY_STOP", "HOLD"]],
  ])("a loop blocked for %d ms: %d blind decisions in modes %j, then back", (ms, count, modes) => {
    pass(0);
    wait(ms);
    const blind = consume().slice(1);
    expect(blind).toHaveLength(count);
    expect([...new Set(blind.map(({ mode }) => mode))]).toEqual(modes);
    expect(blind.every(({ accelLimitMps2 }) => accelLimitMps2 <= 0)).toBe(true);
    expect(gate.state.mrm).toBe(ms > 1000);
    // Begun before the block: refused. Begun with knowledge of it: passed, and all is as before.
    if (count > 0) pass(1, 0);
    pass(2, gate.state.alarm);
    expect(gate.state).toMatchObject({ staleCount: count > 0 ? 1 : 0, mrm: false });
    wait(100);
    expect(consume().map(({ id }) => id)).toEqual([0, ...blind.map(({ id }) => id), 2]);
  });

  test("blind decisions come 200 ms after the last one, then every 100 ms, with its id", () => {
    pass(41);
    wait(650);
    const all = consume();
    const startUs = all[0]!.decidedUs;
    expect(all.map(({ decidedUs }) => (decidedUs - startUs) / 1000)).toEqual([
      0, 200, 300, 400, 500, 600,
    ]);
    expect(all.map(({ id }) => id)).toEqual(Array(6).fill(41));
  });

  test("a blind decision says so: fault, rule, reason, no probabilities of a network", () => {
    pass(0);
    wait(200);
    expect(consume()[1]).toMatchObject({
      verdict: "REPLACED",
      answer: "NONE",
      probabilities: [],
      hits: [{ rule: "S23", value: 0.2, limit: 0.2, unit: "s" }],
      faults: [{ code: "WATCHDOG_STOP" }],
      sentence: expect.stringMatching(/^Comfort stop: come to a stop.*S23/),
    });
  });

  test("a decision begun in the silence and knowing of it passes, whatever the phase", () => {
    pass(0);
    wait(430);
    const seen = gate.state.alarm;
    wait(150);
    pass(1, seen);
    expect(gate.state.staleCount).toBe(0);
    expect(consume().at(-1)!.id).toBe(1);
  });

  test("a decision that does not know of the minimal-risk maneuver is refused", () => {
    pass(0);
    wait(900);
    const seen = gate.state.alarm;
    wait(250);
    pass(1, seen);
    expect(gate.state).toMatchObject({ staleCount: 1, mrm: true });
  });
});

describe("S16 the gate", () => {
  test("leaves out what comes too soon, but nothing stricter; the counter has no hole", () => {
    for (let id = 0; id < 30; id++) {
      pass(id);
      wait(10);
    }
    pass(30, 0, "COMFORT_STOP");
    expect(gate.state.pacedCount).toBe(30 - (consume().length - 1));
    expect(consume()).toHaveLength(6);
    expect(consume().at(-1)).toMatchObject({ id: 30, mode: "COMFORT_STOP" });
  });

  test("a loop that decides too often is not taken for a silent one", () => {
    for (let id = 0; id < 200; id++) {
      pass(id);
      wait(10);
    }
    expect(gate.state).toMatchObject({ blindCount: 0, alarm: 0 });
  });
});
