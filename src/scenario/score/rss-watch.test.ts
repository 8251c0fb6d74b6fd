import { expect, test } from "vitest";
import { violatesRss } from "./rss-watch.ts";

test("behind a standing vehicle the distance is response way, braking way and one metre", () => {
  const needed = 10 * 0.5 + 100 / 8 + 1;
  expect(violatesRss(needed + 0.01, 10, 0, 0)).toBe(false);
  expect(violatesRss(needed, 10, 0, 0)).toBe(true);
});

test("a faster lead needs no more than the standstill gap, and acceleration costs distance", () => {
  expect(violatesRss(1.1, 10, 0, 30)).toBe(false);
  expect(violatesRss(20, 10, 0, 0)).toBe(false);
  expect(violatesRss(20, 10, 2, 0)).toBe(true);
});
