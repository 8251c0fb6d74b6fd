import { expect, test } from "vitest";
import type { Decision } from "../contract/decision.ts";
import { compareRuns } from "./compare.ts";
import { findDecision } from "./find-decision.ts";
import { openRecording } from "./read-recording.ts";
import { aRecording, aTick } from "./recording.fixture.ts";

/** A run of ten ticks with changes at some of them. */
async function aRun(changes: Readonly<Record<number, Partial<Decision>>>, from = 0) {
  const ids = [...Array(10).keys()].slice(from);
  return openRecording(
    await aRecording(await Promise.all(ids.map((id) => aTick(id, changes[id])))),
  );
}

async function compared(
  a: Readonly<Record<number, Partial<Decision>>>,
  b: Readonly<Record<number, Partial<Decision>>>,
  from = 0,
) {
  const [left, right] = [await aRun(a), await aRun(b, from)];
  const comparison = await compareRuns(left, right, 0.5);
  await left.close();
  await right.close();
  return comparison;
}

const faster = (targetSpeedMps: number): Partial<Decision> => ({
  maneuver: {
    rationale: ["LEAD_VEHICLE", "NONE"],
    lateral: "KEEP_LANE",
    longitudinal: "DECELERATE",
    targetSpeedMps,
    gapM: 12.25,
  },
});

test("equal runs are told by their hash, whatever their wall times", async () => {
  const timing = { ...(await aTick(0)).decision.timing, totalMs: 99 };
  const comparison = await compared({}, { 3: { timing } });
  expect(comparison).toMatchObject({ identical: true, ticks: 10, flips: [], onlyInA: 0 });
  expect(comparison.hashes.a).toMatch(/^[0-9a-f]{64}$/);
});

test("a flip says when, what and why, by the rule that spoke in one run only", async () => {
  const stop: Partial<Decision> = {
    mode: "EMERGENCY_STOP",
    verdict: "REPLACED",
    hits: [
      {
        rule: "S13",
        mode: "EMERGENCY_STOP",
        value: 1.2,
        limit: 1.5,
        unit: "s",
        detail: "time to collision",
      },
    ],
  };
  const { flips, flipsByKind, freer, stricter, identical } = await compared({}, { 4: stop });
  expect(identical).toBe(false);
  expect(flips).toHaveLength(1);
  expect(flips[0]).toMatchObject({
    atS: 0.4,
    kinds: ["mode", "verdict"],
    a: "CAUTION MODIFIED KEEP_LANE DECELERATE 4.5 m/s",
    why: expect.stringMatching(/B: S13 time to collision \(1\.2, limit 1\.5 s\)/),
  });
  expect(flipsByKind).toMatchObject({ mode: 1, verdict: 1, lateral: 0, target_speed: 0 });
  expect({ freer, stricter }).toEqual({ freer: 0, stricter: 1 });
});

test("target speeds within the tolerance are equal, beyond it they flip", async () => {
  const { flips } = await compared({}, { 2: faster(5), 6: faster(5.5) });
  expect(flips.map(({ atS, kinds }) => [atS, kinds])).toEqual([[0.6, ["target_speed"]]]);
});

test("another fault and another proposal are named before the rules", async () => {
  const { flips } = await compared(
    {},
    { 1: { ...faster(9), faults: [], hits: [], proposedManeuver: { ...faster(9).maneuver! } } },
  );
  expect(flips[0]!.why).toMatch(
    /^A: LIDAR_MISSING top; proposed LANE_CHANGE_LEFT .* in A, KEEP_LANE .* in B; A: S02 no sweep/,
  );
});

test("ticks of one run only are counted and never compared with a neighbour", async () => {
  const { ticks, onlyInA, onlyInB, flips } = await compared({}, {}, 4);
  expect({ ticks, onlyInA, onlyInB, flips }).toEqual({
    ticks: 6,
    onlyInA: 4,
    onlyInB: 0,
    flips: [],
  });
});

test("a decision is found by the time that replay prints, with the one before it", async () => {
  const recording = await aRun({ 5: { mode: "HOLD" } });
  const found = await findDecision(recording, 0.5);
  expect(found).toMatchObject({ atS: 0.5, decision: { id: 5, mode: "HOLD" }, before: { id: 4 } });
  expect((await findDecision(recording, 0)).before).toBeUndefined();
  await expect(findDecision(recording, 12.3)).rejects.toMatchObject({
    code: "RECORDING_TIME",
    message: expect.stringMatching(/0\.0 to 0\.9 s, expected, found 12\.3$/),
  });
  await recording.close();
});
