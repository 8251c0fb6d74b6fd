import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { LATERALS, type Lateral, LONGITUDINALS, type Longitudinal } from "../contract/maneuver.ts";
import { SLOTS } from "../tokens/vocabulary.ts";
import { aManeuver, aProposal, aTick } from "./fixtures.cases.ts";
import { SLOT_INDEX } from "./s02-proposal.ts";
import { confidenceDemands, lateralConfidence, longitudinalConfidence } from "./s19-confidence.ts";
import { Supervisor } from "./supervisor.ts";

const probsOf = <W extends string>(words: readonly W[], given: Partial<Record<W, number>>) =>
  words.map((word) => given[word] ?? 0);
const along = (longitudinal: Longitudinal, given: Partial<Record<Longitudinal, number>>) =>
  aProposal(10, 0, {
    maneuver: aManeuver({ longitudinal }),
    longitudinalProbs: probsOf(LONGITUDINALS, given),
  });
const aside = (lateral: Lateral, given: Partial<Record<Lateral, number>>) =>
  aProposal(10, 0, {
    maneuver: aManeuver({ lateral }),
    lateralProbs: probsOf(LATERALS, given),
  });
const hits = (p: ReturnType<typeof aProposal>) => confidenceDemands(p).map((d) => d.hit);

test("S19 the checker's own slot positions are those of the vocabulary", () => {
  for (const [kind, at] of Object.entries(SLOT_INDEX)) expect(SLOTS[at]).toBe(kind);
});

describe("S19 LONGITUDINAL", () => {
  test("KEEP_SPEED beside ACCELERATE is no doubt: both lead to the same target speed", () => {
    expect(hits(along("KEEP_SPEED", { KEEP_SPEED: 0.45, ACCELERATE: 0.44, STOP: 0.11 }))).toEqual(
      [],
    );
  });

  test("STOP beside WAIT is no doubt", () => {
    expect(hits(along("WAIT", { WAIT: 0.4, STOP: 0.35, ACCELERATE: 0.25 }))).toEqual([]);
  });

  test("ACCELERATE that more than half of the mass would brake for is CAUTION", () => {
    const p = along("ACCELERATE", { ACCELERATE: 0.4, DECELERATE: 0.3, STOP: 0.2, WAIT: 0.1 });
    expect(hits(p)).toEqual([
      {
        rule: "S19",
        mode: "CAUTION",
        value: 0.4,
        limit: 0.5,
        unit: "",
        detail: "ACCELERATE: no stricter word with at least 0.5 expected, found 0.400",
      },
    ]);
  });

  test("doubt that the vehicle might be driven more freely is no danger", () => {
    const p = along("STOP", { STOP: 0.3, KEEP_SPEED: 0.28, ACCELERATE: 0.27, DECELERATE: 0.15 });
    expect(longitudinalConfidence(p)).toBeCloseTo(1, 9);
    expect(hits(p)).toEqual([]);
  });

  test("a uniform distribution that says KEEP_SPEED is CAUTION", () => {
    const sixth = Object.fromEntries(LONGITUDINALS.map((w) => [w, 1 / 6]));
    expect(hits(along("KEEP_SPEED", sixth))).toHaveLength(1);
  });

  test("a stricter word is never less sure", () => {
    const weights = fc.array(fc.double({ min: 0.01, max: 1, noNaN: true }), {
      minLength: 6,
      maxLength: 6,
    });
    fc.assert(
      fc.property(weights, (raw) => {
        const sum = raw.reduce((a, b) => a + b, 0);
        const given = Object.fromEntries(LONGITUDINALS.map((w, i) => [w, raw[i]! / sum]));
        const sure = (w: Longitudinal) => longitudinalConfidence(along(w, given));
        expect(sure("KEEP_SPEED")).toBe(sure("ACCELERATE"));
        expect(sure("DECELERATE")).toBeGreaterThanOrEqual(sure("KEEP_SPEED"));
        expect(sure("STOP")).toBeGreaterThanOrEqual(sure("DECELERATE"));
        expect(sure("EMERGENCY_BRAKE")).toBeGreaterThanOrEqual(sure("STOP"));
      }),
    );
  });
});

describe("S19 LATERAL", () => {
  test("words to one side count together", () => {
    const p = aside("NUDGE_LEFT", { NUDGE_LEFT: 0.3, LANE_CHANGE_LEFT: 0.3, KEEP_LANE: 0.4 });
    expect(lateralConfidence(p)).toBeCloseTo(0.6, 9);
    expect(hits(p)).toEqual([]);
  });

  test("left, right and straight on nearly alike is CAUTION", () => {
    const p = aside("KEEP_LANE", { KEEP_LANE: 0.4, TURN_LEFT: 0.35, PULL_OVER: 0.25 });
    expect(hits(p)[0]).toMatchObject({ rule: "S19", mode: "CAUTION", value: 0.4 });
  });

  test("a word that the mask forced against the network's wish is CAUTION", () => {
    expect(hits(aside("KEEP_LANE", { TURN_LEFT: 0.8, KEEP_LANE: 0.2 }))).toHaveLength(1);
  });
});

describe("S19 in the supervisor", () => {
  const judge = (p: ReturnType<typeof aProposal>) =>
    new Supervisor().supervise(aTick(0, 10, { proposal: p }));

  test("a doubtful word is CAUTION: no acceleration, no stop", () => {
    const r = judge(along("ACCELERATE", { ACCELERATE: 0.3, STOP: 0.7 }));
    expect(r).toMatchObject({ mode: "CAUTION", verdict: "APPROVED", accelLimitMps2: 0 });
    expect(r.hits[0]!.rule).toBe("S19");
  });

  test("without the distributions the probability of the chosen word must reach τ", () => {
    const p = aProposal(10, 0);
    expect(judge(p).mode).toBe("NORMAL");
    const with45 = (slot: number) => p.probabilities.map((v, i) => (i === slot ? 0.45 : v));
    for (const slot of [SLOT_INDEX.LATERAL, SLOT_INDEX.LONGITUDINAL])
      expect(judge({ ...p, probabilities: with45(slot) }).mode).toBe("CAUTION");
    expect(judge({ ...p, probabilities: with45(0) }).mode).toBe("NORMAL");
  });

  test("exactly τ is enough", () => {
    expect(judge(along("KEEP_SPEED", { KEEP_SPEED: 0.5, STOP: 0.5 })).mode).toBe("NORMAL");
  });

  test.each([
    [{ lateralProbs: [1] }],
    [{ longitudinalProbs: [0.5, 0.5, 0.5, 0, 0, 0] }],
    [{ longitudinalProbs: [Number.NaN, 1, 0, 0, 0, 0] }],
    [{ longitudinalProbs: [-1, 2, 0, 0, 0, 0] }],
  ])("S02 a distribution that is none refuses the proposal: %o", (more) => {
    expect(judge({ ...aProposal(10, 0), ...more })).toMatchObject({
      mode: "COMFORT_STOP",
      verdict: "REFUSED",
    });
  });
});
