import { describe, expect, test } from "vitest";
import { UnusableInputError } from "../io.ts";
import { flagsOf } from "./plan.fixture.ts";
import { checkFlags } from "./plan.ts";
import { toldBy, toldLine, wordsOfRun } from "./told.ts";

describe("words of --instruction", () => {
  test("with a meaning are given and judged, whoever drives", () => {
    for (const driver of ["expert", "rule", "slow", "model"] as const) {
      const flags = flagsOf({ driver, instruction: "Turn left here" });
      expect(() => checkFlags(flags)).not.toThrow();
      expect(wordsOfRun(flags, 1)).toEqual({
        text: "",
        instruct: {
          mode: "told",
          text: "Turn left here",
          meaning: { kind: "TURN", way: "LEFT" },
        },
      });
    }
  });

  test("without one reach the model alone, which is told to nobody's surprise", () => {
    const flags = flagsOf({ instruction: "dance for me" });
    expect(() => checkFlags(flags)).not.toThrow();
    expect(wordsOfRun(flags, 1)).toEqual({ text: "dance for me" });
    expect(toldLine(toldBy("dance for me")!)).toMatch(/is not judged: .* found "dance for me"/);
    for (const driver of ["expert", "rule", "slow"] as const) {
      const refused = () => checkFlags({ ...flags, driver });
      expect(refused).toThrow(UnusableInputError);
      expect(refused).toThrow(/such as ".+"; found "dance for me"/);
    }
  });

  test("that say nothing are none, and drawn ones are as they were", () => {
    expect(wordsOfRun(flagsOf({ instruction: "  " }), 1)).toEqual({ text: "" });
    expect(wordsOfRun(flagsOf(), 1)).toEqual({ text: "" });
    expect(wordsOfRun(flagsOf({ instructions: "mixed", words: "val" }), 9)).toEqual({
      text: "",
      instruct: { mode: "mixed", split: "val", seed: 9 },
    });
  });
});
