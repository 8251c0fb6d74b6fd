import { expect, test } from "vitest";
import { topicOf } from "./topics.ts";

test("a topic has version, vehicle and kind", () => {
  expect(topicOf("car-1", "decision")).toBe("waywarden/v1/car-1/decision");
});

test.each(["", "a/b", "#", "+", "Car", "a".repeat(33), "../x"])(
  "vehicle name %j is refused",
  (name) => {
    expect(() => topicOf(name, "status")).toThrow(/vehicle name of 1…32 characters/);
  },
);
