/**
 * The teacher's and the service's instruction life are two pieces of code and one rule; what the service hears as
 * DONE has been steady before (src/planner/steady-done.ts), as a teacher has no slips.
 */
import { expect, test } from "vitest";
import { ANSWERS, LATERALS } from "../src/contract/maneuver.ts";
import { advanceInstruction, giveInstruction } from "../src/expert/meaning.ts";
import { afterOutput, type InstructionLife } from "../src/planner/instruction-life.ts";
import { PHASES } from "../src/tokens/state.ts";

test("the phase after any output is the same for the expert that labels and the planner that drives", () => {
  for (const phase of PHASES)
    for (const answer of ANSWERS)
      for (const lateral of LATERALS) {
        const taught = advanceInstruction(
          { ...giveInstruction("words", { kind: "STOP" }, 0, 5), phase, phaseSinceUs: 7 },
          answer,
          lateral,
          900,
        );
        const life: InstructionLife = {
          ...{ text: "words", givenUs: 0, speedWhenGivenMps: 5, phase, phaseSinceUs: 7 },
        };
        const driven = afterOutput(life, answer, lateral, 900);
        expect([driven.phase, driven.phaseSinceUs]).toEqual([taught.phase, taught.phaseSinceUs]);
      }
});
