/**
 * Properties over random drives. Runs are short here; WAYWARDEN_LONG=1 runs a million ticks.
 */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { SafetyResult } from "../contract/decision.ts";
import { FAULT_CODES, type Fault } from "../contract/fault.ts";
import { CAR } from "../contract/maneuver.ts";
import { aField, aLead, anEgo, aProposal, aTick, PERIOD_US, START_US } from "./fixtures.cases.ts";
import { rankOf } from "./rule.ts";
import { resultProblem } from "./s24-sealable.ts";
import { type SafetyInput, Supervisor } from "./supervisor.ts";

const TICKS = 12;
const RUNS = process.env.WAYWARDEN_LONG === "1" ? 85_000 : 150;
const real = (min: number, max: number) => fc.double({ min, max, noNaN: true });
const perTick = <T>(item: fc.Arbitrary<T>) =>
  fc.array(item, { minLength: TICKS, maxLength: TICKS });

/** One tick of a random but physical drive. */
type Step = {
  readonly wantedMps2: number;
  readonly curvatureInvm: number;
  readonly gapM: number;
  readonly leadMps: number;
  readonly gainMps: number;
};
const aStep: fc.Arbitrary<Step> = fc.record({
  wantedMps2: real(-3.5, 2),
  curvatureInvm: real(-0.005, 0.005),
  gapM: real(0, 80),
  leadMps: real(0, 30),
  gainMps: real(-0.2, 0.2),
});
const aDrive = fc.record({ startMps: real(0, 30), steps: perTick(aStep) });
type Drive = { readonly startMps: number; readonly steps: readonly Step[] };

function inputsOf(drive: Drive, gapShare = 1, slower = 0): SafetyInput[] {
  let v = drive.startMps;
  return drive.steps.map((step, tick) => {
    v = Math.max(0, v + step.gainMps);
    const stampUs = START_US + tick * PERIOD_US;
    const lead = aLead(step.gapM * gapShare, Math.max(0, step.leadMps - slower));
    return aTick(tick, v, {
      ego: anEgo(v, { stampUs, accelMps2: step.gainMps * 10 }),
      obstacles: aField([lead], { stampUs }),
      proposal: aProposal(v, step.wantedMps2, {
        ...{ curvatureInvm: step.curvatureInvm, stampUs, observationId: tick },
      }),
    });
  });
}
const run = (inputs: readonly SafetyInput[], s = new Supervisor()): SafetyResult[] =>
  inputs.map((input) => s.supervise(input));

describe("no NaN out, and every result can be sealed", () => {
  test("on physical drives", () => {
    fc.assert(
      fc.property(aDrive, (drive) => {
        for (const r of run(inputsOf(drive))) expect(resultProblem(r, CAR)).toBeUndefined();
      }),
      { numRuns: RUNS },
    );
  });

  test("on arbitrary garbage in every field", () => {
    const garbage = fc.oneof(
      fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, -1, 1e300),
      fc.double(),
      fc.constantFrom(undefined, null, "", [], {}),
    );
    const key = fc.constantFrom<string[]>(
      ...[["nowUs"], ["stampUs"], ["periodUs"], ["observationId"], ["ego"], ["streams"]],
      ...[["obstacles"], ["proposal"], ["faults"], ["speedLimitMps"], ["ego", "speedMps"]],
      ...[
        ["ego", "accelMps2"],
        ["ego", "stampUs"],
        ["ego", "yawRateRadps"],
      ],
      ...[
        ["obstacles", "stampUs"],
        ["obstacles", "obstacles"],
        ["obstacles", "untrackedXyz"],
      ],
      ...[
        ["proposal", "stampUs"],
        ["proposal", "maneuver"],
        ["proposal", "trajectory"],
      ],
      ...[
        ["proposal", "tokens"],
        ["proposal", "margins"],
        ["proposal", "observationId"],
      ],
    );
    fc.assert(
      fc.property(aDrive, perTick(fc.option(fc.tuple(key, garbage))), (drive, breaks) => {
        const inputs = inputsOf(drive).map((input, i) => {
          const [path, value] = breaks[i] ?? [[], undefined];
          const broken = structuredClone(input) as Record<string, unknown>;
          if (path.length === 1) broken[path[0]!] = value;
          if (path.length === 2) (broken[path[0]!] as Record<string, unknown>)[path[1]!] = value;
          return broken as unknown as SafetyInput;
        });
        for (const r of run(inputs)) expect(resultProblem(r, CAR)).toBeUndefined();
      }),
      { numRuns: RUNS * 2 },
    );
  });
});

describe("worse input never gives a freer decision", () => {
  /** Compares tick by tick; `limits` also compares the permitted acceleration. */
  const notFreer = (worse: SafetyResult[], base: SafetyResult[], limits: boolean): void => {
    worse.forEach((w, i) => {
      const b = base[i]!;
      expect(rankOf(w.mode), `mode at tick ${i}`).toBeGreaterThanOrEqual(rankOf(b.mode));
      if (limits && rankOf(b.mode) < 2 && rankOf(w.mode) < 2)
        expect(w.accelLimitMps2, `limit at tick ${i}`).toBeLessThanOrEqual(b.accelLimitMps2 + 0.02);
    });
  };

  /** Without a proposal the held curvature is judged, so both runs are to drive the same path. */
  const straight = (drive: Drive): Drive => ({
    ...drive,
    steps: drive.steps.map((step) => ({ ...step, curvatureInvm: 0 })),
  });

  test("a lead that is nearer or slower", () => {
    fc.assert(
      fc.property(aDrive, real(0, 1), real(0, 10), (drive, share, slower) => {
        const worse = run(inputsOf(drive, share, slower));
        notFreer(worse, run(inputsOf(drive)), false);
      }),
      { numRuns: RUNS },
    );
  });

  test("a lead whose velocity is not known", () => {
    fc.assert(
      fc.property(aDrive, (drive) => {
        const base = inputsOf(drive);
        const worse = base.map((input) => {
          const field = input.obstacles!;
          const obstacles = field.obstacles.map((o) => ({ ...o, tracked: false }));
          return { ...input, obstacles: { ...field, obstacles } };
        });
        notFreer(run(worse), run(base), false);
      }),
      { numRuns: RUNS },
    );
  });

  test("points in the way", () => {
    fc.assert(
      fc.property(aDrive, real(0, 40), (drive, atM) => {
        const base = inputsOf(drive);
        const xyz = new Float32Array([0, 1, 2].flatMap((i) => [3.8 + atM, i * 0.1, 1]));
        const worse = base.map((input) => ({
          ...input,
          obstacles: { ...input.obstacles!, untrackedXyz: xyz },
        }));
        notFreer(run(worse), run(base), false);
      }),
      { numRuns: RUNS },
    );
  });

  test("S09 someone beside, behind or ahead of a lane change", () => {
    const aNeighbour = fc.record({ rearM: real(-40, 60), yM: real(1, 6), speedMps: real(-15, 30) });
    fc.assert(
      fc.property(aDrive, perTick(aNeighbour), (drive, neighbours) => {
        const base = inputsOf(straight(drive)).map((input): SafetyInput => {
          const { proposal, ego } = input;
          const maneuver = { ...proposal!.maneuver, lateral: "LANE_CHANGE_LEFT" } as const;
          const curvatureInvm = 1 / Math.max(400, 2 * ego!.speedMps ** 2);
          const bent = aProposal(ego!.speedMps, proposal!.trajectory.accelMps2[0]!, {
            ...{ maneuver, curvatureInvm, stampUs: input.stampUs },
            observationId: input.observationId,
          });
          return { ...input, proposal: bent };
        });
        const worse = base.map((input, i) => {
          const { rearM, yM, speedMps } = neighbours[i]!;
          const field = input.obstacles!;
          const obstacles = [...field.obstacles, aLead(rearM - 3.7, speedMps, { id: 8, yM })];
          return { ...input, obstacles: { ...field, obstacles } };
        });
        notFreer(run(worse), run(base), false);
        // Tick by tick from the same past: no way to the side that was refused without it.
        base.forEach((input, i) => {
          const fresh = (one: SafetyInput) => new Supervisor().supervise(one).maneuver.lateral;
          if (fresh(input) === "KEEP_LANE") expect(fresh(worse[i]!)).toBe("KEEP_LANE");
        });
      }),
      { numRuns: RUNS },
    );
  });

  test("S04, S06, S19 sensors that mislead and a planner that doubts", () => {
    const trouble = fc.constantFrom("none", "frozen", "second", "mount", "doubt");
    fc.assert(
      fc.property(aDrive, perTick(trouble), (drive, troubles) => {
        const base = inputsOf(straight(drive)).map((input, i) => ({
          ...input,
          streams: input.streams.map((s) => ({ ...s, contentHash: i })),
        }));
        const worse = base.map((input, i): SafetyInput => {
          const what = troubles[i]!;
          const probs = [0.1, 0.1, 0, 0.8, 0, 0];
          if (what === "doubt")
            return { ...input, proposal: { ...input.proposal!, longitudinalProbs: probs } };
          if (what === "second") {
            const secondSpeed = { speedMps: input.ego!.speedMps + 3, source: "x" };
            return { ...input, ego: { ...input.ego!, secondSpeed } };
          }
          const mount = { r: [0, 0, 0, 0, 0, 0, 0, 0, 0], t: [0, 0, 0] } as const;
          const streams = input.streams.map((s) => {
            if (what === "frozen") return { ...s, contentHash: 1e6 };
            return what === "mount" && s.kind === "camera" ? { ...s, mount } : s;
          });
          return { ...input, streams };
        });
        notFreer(run(worse), run(base), false);
      }),
      { numRuns: RUNS },
    );
  });

  test("any faults", () => {
    const someFaults = fc.array(fc.constantFrom(...FAULT_CODES), { maxLength: 3 });
    fc.assert(
      fc.property(aDrive, perTick(someFaults), (drive, codes) => {
        const base = inputsOf(straight(drive));
        // The first tick stays whole: before any speed is known there is no gap to judge by.
        const worse = base.map((input, i) => ({
          ...input,
          faults: (i === 0 ? [] : codes[i]!).map(
            (code): Fault => ({ code, detail: "x", stampUs: 0 }),
          ),
        }));
        notFreer(run(worse), run(base), true);
      }),
      { numRuns: RUNS },
    );
  });

  test("inputs that vanish or age, on a road without threats", () => {
    const loss = fc.constantFrom("none", "ego", "obstacles", "proposal", "lidar", "old", "carried");
    fc.assert(
      fc.property(aDrive, perTick(loss), (drive, losses) => {
        const base = inputsOf(straight(drive)).map((input) => ({
          ...input,
          obstacles: { ...input.obstacles!, obstacles: [] },
        }));
        const worse = base.map((input, i): SafetyInput => {
          const rest: Partial<Record<keyof SafetyInput, unknown>> = { ...input };
          const what = losses[i]!;
          if (what === "ego" || what === "obstacles" || what === "proposal") delete rest[what];
          if (what === "carried") rest.obstacles = { ...input.obstacles, carried: true };
          if (what === "lidar" || what === "old")
            rest.streams = input.streams.map((s) => {
              if (s.kind !== "lidar") return s;
              const { stampUs, ...without } = s;
              return what === "lidar" ? without : { ...s, stampUs: stampUs! - 251_000 };
            });
          return rest as unknown as SafetyInput;
        });
        const [w, b] = [run(worse), run(base)];
        notFreer(w, b, true);
        w.forEach((r, i) => {
          if (losses[i] !== "none") expect(r.mode).not.toBe("NORMAL");
        });
      }),
      { numRuns: RUNS },
    );
  });
});

describe("default deny, determinism, reset", () => {
  test("NORMAL only when ego, sight, proposal and clock are all there", () => {
    fc.assert(
      fc.property(
        aDrive,
        fc.subarray(["ego", "obstacles", "proposal", "streams"] as const, { minLength: 1 }),
        (drive, lost) => {
          const inputs = inputsOf(drive).map((input) => {
            const rest: Partial<Record<keyof SafetyInput, unknown>> = { ...input };
            for (const key of lost) {
              if (key === "streams") rest.streams = [];
              else delete rest[key];
            }
            return rest as unknown as SafetyInput;
          });
          for (const r of run(inputs)) {
            expect(r.mode).not.toBe("NORMAL");
            expect(r.accelLimitMps2).toBeLessThanOrEqual(0);
          }
        },
      ),
      { numRuns: RUNS },
    );
  });

  test("the same inputs give the same results, and inputs are not written to", () => {
    fc.assert(
      fc.property(aDrive, (drive) => {
        const inputs = inputsOf(drive);
        const before = JSON.stringify(inputs);
        expect(run(inputs)).toEqual(run(inputs));
        expect(JSON.stringify(inputs)).toBe(before);
      }),
      { numRuns: RUNS },
    );
  });

  test("reset leaves no state, whatever came before", () => {
    const anyFault = fc.array(fc.constantFrom(...FAULT_CODES), { maxLength: 2 });
    fc.assert(
      fc.property(aDrive, aDrive, perTick(anyFault), (first, second, codes) => {
        const s = new Supervisor();
        run(
          inputsOf(first).map((input, i) => ({
            ...input,
            faults: codes[i]!.map((code): Fault => ({ code, detail: "x", stampUs: 0 })),
          })),
          s,
        );
        s.supervise(null as unknown as SafetyInput);
        s.reset();
        expect(run(inputsOf(second), s)).toEqual(run(inputsOf(second)));
      }),
      { numRuns: RUNS },
    );
  });
});

describe("what is decided keeps the limits", () => {
  test("acceleration within −8…2 and its own limit, CAUTION without acceleration, stops to 0", () => {
    fc.assert(
      fc.property(aDrive, (drive) => {
        for (const r of run(inputsOf(drive))) {
          const [first] = r.trajectory.accelMps2;
          expect(first).toBeLessThanOrEqual(Math.max(0, r.accelLimitMps2) + 1e-6);
          expect(Math.min(...r.trajectory.accelMps2)).toBeGreaterThanOrEqual(-8);
          if (r.mode !== "NORMAL") expect(first).toBeLessThanOrEqual(0);
          if (rankOf(r.mode) >= 2) expect(r.maneuver.targetSpeedMps).toBe(0);
        }
      }),
      { numRuns: RUNS },
    );
  });
});

describe("reused buffers stay inside", () => {
  test("what a tick decided is not disturbed by later ticks, nor is any input", () => {
    const sides = fc.constantFrom("KEEP_LANE" as const, "LANE_CHANGE_LEFT" as const);
    fc.assert(
      fc.property(aDrive, perTick(sides), (drive, laterals) => {
        const inputs = inputsOf(drive).map((input, i) => {
          const proposal = input.proposal!;
          const maneuver = { ...proposal.maneuver, lateral: laterals[i]! };
          return { ...input, proposal: { ...proposal, maneuver } };
        });
        const given = structuredClone(inputs);
        const s = new Supervisor();
        const results: SafetyResult[] = [];
        const asDecided: SafetyResult[] = [];
        for (const input of inputs) {
          const result = s.supervise(input);
          results.push(result);
          asDecided.push(structuredClone(result));
        }
        expect(results).toEqual(asDecided);
        expect(inputs).toEqual(given);
      }),
      { numRuns: Math.ceil(RUNS / 3) },
    );
  });
});
