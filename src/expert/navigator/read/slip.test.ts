import { expect, test } from "vitest";
import { isOneSlip } from "./slip.ts";
import { tokensOf } from "./tokens.ts";

test.each([
  ["trun", "turn", true],
  ["tun", "turn", true],
  ["tuurn", "turn", true],
  ["tarn", "turn", true],
  ["turns", "turn", true],
  ["turn", "turn", false],
  ["tunr", "turn", true],
  ["nrut", "turn", false],
  ["on", "in", false],
  ["50", "5", false],
  ["", "a", false],
])("%s for %s: %s", (found, word, is) => expect(isOneSlip(found, word, false)).toBe(is));

test("a word of the language is no other one with a letter replaced, and may lack one", () => {
  expect(isOneSlip("right", "light", true)).toBe(false);
  expect(isOneSlip("let", "left", true)).toBe(true);
});

test("capitals, marks, hyphens and glued units part words alike; slots stay whole", () => {
  expect(tokensOf("Turn left, at the T-junction!")).toEqual([
    "turn",
    "left",
    "at",
    "the",
    "t",
    "junction",
  ]);
  expect(tokensOf("forty-five km/h; 2.5s, 3rd. 1,5")).toEqual([
    "forty",
    "five",
    "km/h",
    "2.5",
    "s",
    "3rd",
    "1,5",
  ]);
  expect(tokensOf("ok, {s}")).toEqual(["ok", "{s}"]);
  expect(tokensOf(" .. ")).toEqual([]);
});
