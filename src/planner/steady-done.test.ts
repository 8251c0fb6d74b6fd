import { expect, test } from "vitest";
import type { Answer } from "../contract/maneuver.ts";
import { SteadyDone } from "./steady-done.ts";

const heard = (done: SteadyDone, answers: readonly Answer[], fromUs = 0): Answer[] =>
  answers.map((answer, i) => done.hear(answer, fromUs + i * 100_000));

test("DONE counts when it was said for 0.4 s on end, and a slip does not", () => {
  const done = new SteadyDone();
  expect(heard(done, ["ACCEPTED", "DONE", "DONE", "ACCEPTED", "DONE", "DONE", "DONE"])).toEqual(
    Array(7).fill("ACCEPTED"),
  );
  expect(heard(done, ["DONE", "DONE", "DONE"], 700_000)).toEqual(["ACCEPTED", "DONE", "DONE"]);
});

test("a break, new words and a refusal begin the count anew", () => {
  const done = new SteadyDone();
  heard(done, ["DONE", "DONE", "DONE", "DONE"]);
  expect(done.hear("REFUSED_NO_LANE", 400_000)).toBe("REFUSED_NO_LANE");
  expect(done.hear("DONE", 500_000)).toBe("ACCEPTED");
  expect(done.hear("DONE", 900_000)).toBe("DONE");
  done.reset();
  expect(done.hear("DONE", 1_000_000)).toBe("ACCEPTED");
});
