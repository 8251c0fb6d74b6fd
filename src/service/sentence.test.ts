import { expect, test } from "vitest";
import { LATERALS, LONGITUDINALS, RATIONALES } from "../contract/maneuver.ts";
import { type SentenceParts, sentenceOf } from "./sentence.ts";

const parts = (changes: Partial<SentenceParts> = {}): SentenceParts => ({
  mode: "NORMAL",
  verdict: "APPROVED",
  hits: [],
  maneuver: {
    rationale: ["FREE_ROAD", "NONE"],
    lateral: "KEEP_LANE",
    longitudinal: "ACCELERATE",
    targetSpeedMps: 8.5,
  },
  answer: "NONE",
  answerDetail: "",
  egoSpeedMps: 5,
  ...changes,
});

test("a free road reads as a plain sentence", () => {
  expect(sentenceOf(parts())).toBe("Speed up to 8.5 m/s because the road ahead is free.");
});

test("a lead with its gap and a second cause", () => {
  const maneuver = {
    rationale: ["LEAD_STANDING", "RED_LIGHT"],
    lateral: "KEEP_LANE",
    longitudinal: "WAIT",
    targetSpeedMps: 0,
    gapM: 6.2,
  } as const;
  expect(sentenceOf(parts({ maneuver }))).toBe(
    "Wait because the vehicle ahead is standing and the light is red, keeping 6 m to it.",
  );
});

test("the strictest rule is named with what it measured", () => {
  const hit = (rule: "S03" | "S07", mode: "CAUTION" | "COMFORT_STOP", detail: string) =>
    ({ rule, mode, value: 1, limit: 2, unit: "m", detail }) as const;
  const sentence = sentenceOf(
    parts({
      mode: "COMFORT_STOP",
      verdict: "MODIFIED",
      hits: [hit("S03", "CAUTION", "late"), hit("S07", "COMFORT_STOP", "gap 3 m, 7 m needed")],
    }),
  );
  expect(sentence).toBe(
    "Comfort stop: speed up to 8.5 m/s because the road ahead is free, toned down by S07 (gap 3 m, 7 m needed).",
  );
});

test("a refused instruction is told with its reason", () => {
  const refused = parts({ answer: "REFUSED_NO_LANE", answerDetail: '"left": refused: no lane' });
  expect(sentenceOf(refused)).toMatch(/; instruction "left": refused: no lane\.$/);
});

test("every combination of slots is one sentence that begins with a capital and ends with a stop", () => {
  for (const lateral of LATERALS)
    for (const longitudinal of LONGITUDINALS)
      for (const cause of RATIONALES) {
        const rationale = [cause, cause] as const;
        const maneuver = { rationale, lateral, longitudinal, targetSpeedMps: 3 };
        const sentence = sentenceOf(parts({ maneuver }));
        expect(sentence).toMatch(/^[A-Z][^\n]*[^ .]\.$/);
        expect(sentence).not.toMatch(/undefined|NaN| {2}| ,|_/);
      }
});
