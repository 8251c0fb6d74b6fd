import { beforeEach, expect, test } from "vitest";
import type { Decision } from "../contract/decision.ts";
import { WireError } from "../contract/errors.ts";
import { Supervisor } from "../safety/supervisor.ts";
import { encodeDecision } from "../wire/decision-codec.ts";
import type { MarkedObservation } from "../wire/observation-codec.ts";
import { aTickObservation, fakeRooms, SETTINGS } from "./fakes.cases.ts";
import { EPOCH, marked } from "./live.cases.ts";
import { LockStep, type LockStepOptions } from "./lock-step.ts";
import type { Rooms } from "./pipeline.ts";

const OTHER_EPOCH = Uint8Array.of(9, 9, 9, 9, 9, 9, 9, 9);
const DELAY_US = 50_000;

let decisions: Decision[] = [];
let said: string[] = [];
beforeEach(() => {
  decisions = [];
  said = [];
});

/** Puts everything, lets it be decided, and ends. */
async function serve(
  messages: readonly (MarkedObservation | WireError)[],
  rooms: Partial<Rooms> = {},
  more: Partial<LockStepOptions> = {},
): Promise<void> {
  const steps = new LockStep({
    rooms: fakeRooms({ supervisor: new Supervisor(), ...rooms }),
    settings: SETTINGS,
    delayUs: DELAY_US,
    seal: encodeDecision,
    publish: async (_sealed, decision) => {
      decisions.push(decision);
    },
    say: (text) => said.push(text),
    ...more,
  });
  const stop = new AbortController();
  const running = steps.run(stop.signal);
  for (const message of messages) {
    steps.put(message);
    for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
  }
  stop.abort();
  await running;
}

const some = (count: number, from = 0, epoch = EPOCH) =>
  Array.from({ length: count }, (_, i) => marked(aTickObservation(from + i), i, epoch));

test("each observation is decided once, at its stamp and the delay, whatever the wall clock says", async () => {
  await serve(some(3));
  const of = aTickObservation;
  expect(decisions.map((d) => [d.id, d.observationId, d.decidedUs])).toEqual(
    [0, 1, 2].map((i) => [i, i, of(i).stampUs + DELAY_US]),
  );
  expect(decisions.map((d) => d.mode)).toEqual(["NORMAL", "NORMAL", "NORMAL"]);
  expect(said).toEqual([]);
});

test("what comes before anybody runs is not lost", async () => {
  const steps: MarkedObservation[] = some(2);
  await serve([...steps]);
  expect(decisions).toHaveLength(2);
});

test("a repeated message is refused, a gap costs the message that shows it", async () => {
  const [a, b, c, d] = [0, 1, 3, 4].map((i) => marked(aTickObservation(i), i));
  await serve([a!, b!, b!, c!, d!]);
  expect(decisions.map((one) => one.observationId)).toEqual([0, 1, 4]);
  expect(said[0]).toMatch(/MESSAGE_REPEATED: counter 2 expected, found 1/);
  expect(said[1]).toMatch(/MESSAGES_LOST: counter 2 expected, found 3/);
});

test("an observation that is not after the last one is refused", async () => {
  await serve([marked(aTickObservation(5), 0), marked(aTickObservation(4), 1)]);
  expect(decisions.map((d) => d.observationId)).toEqual([5]);
  expect(said[0]).toMatch(
    /OBSERVATION_LATE: a stamp after the last one expected, found one 100 ms/,
  );
});

test("what does not decode is told and costs nothing else", async () => {
  const [a, b] = some(2);
  await serve([a!, new WireError("WIRE_MALFORMED", "no message"), b!]);
  expect(decisions).toHaveLength(2);
  expect(said).toEqual(["observation refused: MESSAGE_INVALID: no message"]);
});

test("a new sender finds nothing of the one before: rooms are reset, ids begin again", async () => {
  const resets: string[] = [];
  const { planner, perception, obstacles } = fakeRooms();
  const rooms = {
    planner: { ...planner, reset: () => resets.push("planner") },
    perception: { ...perception, reset: () => resets.push("perception") },
    obstacles: { ...obstacles, reset: () => resets.push("obstacles") },
  };
  // the second sender lives in a time before that of the first
  await serve([...some(3, 7), ...some(2, 0, OTHER_EPOCH)], rooms);
  expect(decisions.map((d) => [d.id, d.observationId])).toEqual([
    [0, 7],
    [1, 8],
    [2, 9],
    [0, 0],
    [1, 1],
  ]);
  // at the first and at the second sender
  expect(resets).toEqual([...Array(2)].flatMap(() => ["perception", "planner", "obstacles"]));
  expect(said).toEqual([]);
});

test("a sender that does not begin at 0 is somebody who was here before, and refused", async () => {
  await serve([...some(2), marked(aTickObservation(3), 4, OTHER_EPOCH), ...some(3).slice(2)]);
  expect(decisions.map((d) => d.observationId)).toEqual([0, 1, 2]);
  expect(said[0]).toMatch(/SOURCE_EPOCH: .*begins with counter 0 expected, found 09090909/);
});

test("a sender that does not wait is told so, and what waits stays bounded", async () => {
  let release: () => void = () => undefined;
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const perception = fakeRooms().perception;
  const slow: Rooms["perception"] = {
    ...perception,
    perceive: async (observation) => {
      await held;
      return perception.perceive(observation);
    },
  };
  const serving = serve(some(12), { perception: slow });
  await new Promise((resolve) => setTimeout(resolve, 0));
  for (let turn = 0; turn < 200; turn++) await new Promise((resolve) => setImmediate(resolve));
  release();
  await serving;
  expect(said.filter((text) => /waits for each decision/.test(text))).toHaveLength(3);
});

test("one decision a second is a period that a simulator may have", async () => {
  await serve([marked(aTickObservation(0, { periodUs: 1_000_000 }), 0)]);
  expect(decisions).toHaveLength(1);
  expect(said).toEqual([]);
});

test("words from their topic beat those of the observation, from the stamp on at which they are heeded", async () => {
  const told: { text: string; givenUs: number }[] = [{ text: "stop", givenUs: 1 }];
  const routes: unknown[] = [];
  await serve(
    some(2),
    {},
    {
      takeInstruction: () => told.shift(),
      onTick: ({ observation }) => {
        routes.push(observation.route);
      },
    },
  );
  const route = { text: "stop", givenUs: aTickObservation(0).stampUs };
  expect(routes).toEqual([route, route]);
});

test("what cannot be sealed is published as a stop", async () => {
  let first = true;
  const seal = (decision: Decision) => {
    if (first) {
      first = false;
      throw new WireError("WIRE_FIELD", "not a number");
    }
    return encodeDecision(decision);
  };
  await serve(some(1), {}, { seal });
  expect(decisions[0]!.faults.map((f) => f.code)).toContain("SEAL_FAILED");
});
