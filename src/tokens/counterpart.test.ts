import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { LATERALS, type Lateral, LONGITUDINALS, type Longitudinal } from "../contract/maneuver.ts";
import { counterpartOf, type ForeignVocabulary, MANEUVER_PAIRS, meaningOf } from "./counterpart.ts";
import {
  CARLA,
  CARLA_ROAD_OPTIONS,
  HIGHWAY_ENV,
  HIGHWAY_ENV_ACTIONS,
  NAVSIM,
  NAVSIM_COMMANDS,
  OPENPILOT,
  OPENPILOT_DESIRES,
} from "./foreign-vocabularies.ts";
import { DRIVE_VLM, DRIVE_VLM_ACTIONS, SENNA } from "./spoken-vocabularies.ts";

const ALL: readonly ForeignVocabulary<string>[] = [
  HIGHWAY_ENV,
  CARLA,
  OPENPILOT,
  NAVSIM,
  SENNA,
  DRIVE_VLM,
] as never;

const say = <T>(vocabulary: ForeignVocabulary<T>, lateral: Lateral, longitudinal: Longitudinal) =>
  counterpartOf(vocabulary, lateral, longitudinal);

describe.each(ALL)("$name", (vocabulary) => {
  test("each of the 54 pairs has one of its values, or none with a reason", () => {
    expect(MANEUVER_PAIRS).toHaveLength(54);
    for (const [lateral, longitudinal] of MANEUVER_PAIRS) {
      const found = counterpartOf(vocabulary, lateral, longitudinal);
      if ("none" in found) expect(found.none.length).toBeGreaterThan(10);
      else expect(vocabulary.values, `${lateral} ${longitudinal}`).toContain(found.value);
    }
  });

  test("each of its values has a meaning, or none with a reason", () => {
    expect(new Set(vocabulary.values).size).toBe(vocabulary.values.length);
    for (const value of vocabulary.values) {
      const meaning = meaningOf(vocabulary, value);
      expect(Object.keys(meaning).length, value).toBeGreaterThan(0);
      if ("none" in meaning) expect(meaning.none.length).toBeGreaterThan(10);
    }
  });

  test("a value that means something is said again by that meaning", () => {
    for (const value of vocabulary.values) {
      const meaning = meaningOf(vocabulary, value);
      if ("none" in meaning) continue;
      const { lateral = "KEEP_LANE", longitudinal = "KEEP_SPEED" } = meaning;
      expect(counterpartOf(vocabulary, lateral, longitudinal)).toHaveProperty("value", value);
    }
  });

  test("what it does not lose comes back", () => {
    for (const [lateral, longitudinal] of MANEUVER_PAIRS) {
      const found = counterpartOf(vocabulary, lateral, longitudinal);
      if ("none" in found) continue;
      const meaning = meaningOf(vocabulary, found.value);
      if (!found.loses.includes("lateral")) expect(meaning).toHaveProperty("lateral", lateral);
      if (!found.loses.includes("longitudinal"))
        expect(meaning).toHaveProperty("longitudinal", longitudinal);
    }
  });

  test("no maneuver that brakes is told as one that speeds up or holds its speed", () => {
    for (const [lateral, longitudinal] of MANEUVER_PAIRS) {
      if (longitudinal === "KEEP_SPEED" || longitudinal === "ACCELERATE") continue;
      const found = counterpartOf(vocabulary, lateral, longitudinal);
      if ("none" in found) continue;
      const meaning = meaningOf(vocabulary, found.value);
      if (!("longitudinal" in meaning)) continue;
      // highway-env has one word for lane or speed: a gentle slowing gives way to the lane change.
      const gaveWay = vocabulary.name.startsWith("highway") && found.value.startsWith("LANE");
      if (!gaveWay)
        expect(["DECELERATE", "STOP", "WAIT", "EMERGENCY_BRAKE"], found.value).toContain(
          meaning.longitudinal,
        );
    }
  });
});

test("the numbers of the originals", () => {
  expect(HIGHWAY_ENV_ACTIONS.indexOf("FASTER")).toBe(3);
  expect(CARLA_ROAD_OPTIONS).toMatchObject({ VOID: -1, LANEFOLLOW: 4, CHANGELANERIGHT: 6 });
  expect(OPENPILOT_DESIRES.indexOf("laneChangeLeft")).toBe(3);
  expect(NAVSIM_COMMANDS).toEqual(["left", "straight", "right", "unknown"]);
  expect(SENNA.values).toHaveLength(20);
  expect(DRIVE_VLM_ACTIONS).toHaveLength(15);
});

test("some sentences of each", () => {
  expect(say(HIGHWAY_ENV, "KEEP_LANE", "ACCELERATE")).toEqual({ value: "FASTER", loses: [] });
  expect(say(HIGHWAY_ENV, "LANE_CHANGE_LEFT", "KEEP_SPEED")).toEqual({
    value: "LANE_LEFT",
    loses: [],
  });
  expect(say(HIGHWAY_ENV, "LANE_CHANGE_LEFT", "EMERGENCY_BRAKE")).toEqual({
    value: "SLOWER",
    loses: ["lateral", "longitudinal"],
  });
  expect(say(HIGHWAY_ENV, "TURN_LEFT", "KEEP_SPEED")).toHaveProperty("none");
  expect(say(CARLA, "TURN_LEFT", "STOP")).toEqual({ value: "LEFT", loses: ["longitudinal"] });
  expect(say(OPENPILOT, "NUDGE_LEFT", "KEEP_SPEED")).toEqual({
    value: "none",
    loses: ["lateral", "longitudinal"],
  });
  expect(meaningOf(OPENPILOT, "keepLeft")).toHaveProperty("none");
  expect(say(NAVSIM, "LANE_CHANGE_RIGHT", "KEEP_SPEED")).toHaveProperty("value", "right");
  expect(say(SENNA, "LANE_CHANGE_LEFT", "DECELERATE")).toEqual({
    value: "DECELERATE LEFT_CHANGE",
    loses: [],
  });
  expect(say(SENNA, "KEEP_LANE", "WAIT")).toEqual({
    value: "STOP STRAIGHT",
    loses: ["longitudinal"],
  });
  expect(say(DRIVE_VLM, "NUDGE_LEFT", "DECELERATE")).toEqual({
    value: "slow down, shift slightly left",
    loses: [],
  });
  expect(say(DRIVE_VLM, "PULL_OVER", "STOP")).toHaveProperty("none");
  expect(meaningOf(DRIVE_VLM, "reverse")).toHaveProperty("none");
});

describe("docs/vocabularies.md", () => {
  const page = readFileSync(new URL("../../docs/vocabularies.md", import.meta.url), "utf8");
  const cell = (vocabulary: ForeignVocabulary<string>, pair: [Lateral, Longitudinal]) => {
    const found = counterpartOf(vocabulary, ...pair);
    return "none" in found ? "–" : `\`${found.value}\``;
  };
  const line = (name: string, pair: [Lateral, Longitudinal]) =>
    `| \`${name}\` | ${ALL.map((vocabulary) => cell(vocabulary, pair)).join(" | ")} |`;

  test.each(LATERALS)("has the line of %s", (lateral) => {
    expect(page).toContain(line(lateral, [lateral, "KEEP_SPEED"]));
  });

  test.each(LONGITUDINALS)("has the line of %s", (longitudinal) => {
    expect(page).toContain(line(longitudinal, ["KEEP_LANE", longitudinal]));
  });
});
