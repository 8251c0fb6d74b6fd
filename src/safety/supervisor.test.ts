import { describe, expect, test } from "vitest";
import type { SafetyResult } from "../contract/decision.ts";
import { ConfigError } from "../contract/errors.ts";
import type { Fault, FaultCode } from "../contract/fault.ts";
import { CAR } from "../contract/maneuver.ts";
import {
  aField,
  aLead,
  aManeuver,
  anEgo,
  aProposal,
  aTick,
  PERIOD_US,
  START_US,
  theStreams,
  without,
} from "./fixtures.cases.ts";
import { type SafetyInput, type SafetyStream, Supervisor } from "./supervisor.ts";

const aFault = (code: FaultCode, source?: string): Fault => ({
  code,
  detail: "test",
  stampUs: START_US,
  ...(source === undefined ? {} : { source }),
});
/** Feeds ticks `from`…`to` (exclusive) and returns the results. */
const feed = (s: Supervisor, from: number, to: number, make: (tick: number) => SafetyInput) => {
  const results: SafetyResult[] = [];
  for (let tick = from; tick < to; tick++) results.push(s.supervise(make(tick)));
  return results;
};
const modesOf = (results: readonly SafetyResult[]): string[] => results.map((r) => r.mode);
const rulesOf = (r: SafetyResult): string[] => r.hits.map((h) => h.rule);
const stampOf = (tick: number): number => START_US + tick * PERIOD_US;
const noLidar = (tick: number): SafetyStream[] =>
  theStreams(stampOf(tick)).map((s) => {
    if (s.kind !== "lidar") return s;
    const { stampUs: _, ...rest } = s;
    return rest;
  });

describe("clean ticks", () => {
  test("are approved unchanged, in NORMAL, without a hit", () => {
    const input = aTick(0, 10, { accelMps2: 0.5 });
    const result = new Supervisor().supervise(input);
    expect(result).toEqual({
      mode: "NORMAL",
      verdict: "APPROVED",
      hits: [],
      maneuver: input.proposal!.maneuver,
      trajectory: input.proposal!.trajectory,
      hazardLights: false,
      accelLimitMps2: 2,
    });
    expect(result.maneuver).toBe(input.proposal!.maneuver);
  });

  test("stay NORMAL over many ticks, standing or driving", () => {
    for (const speed of [0, 10, 30]) {
      const results = feed(new Supervisor(), 0, 50, (t) => aTick(t, speed));
      expect(new Set(modesOf(results))).toEqual(new Set(["NORMAL"]));
    }
  });

  test("waiting behind a standing lead for a minute is NORMAL, never HOLD", () => {
    const results = feed(new Supervisor(), 0, 600, (t) =>
      aTick(t, 0, { obstacles: aField([aLead(1.5, 0)], { stampUs: stampOf(t) }) }),
    );
    expect(new Set(modesOf(results))).toEqual(new Set(["NORMAL"]));
    expect(results.every((r) => !r.hazardLights)).toBe(true);
  });
});

describe("S03 absence by how long", () => {
  const expected = (missing: number): string[] => [
    ...new Array<string>(3).fill("CAUTION"),
    ...new Array<string>(7).fill("COMFORT_STOP"),
    ...new Array<string>(Math.max(0, missing - 10)).fill("EMERGENCY_STOP"),
  ];

  test("ego: 300 ms CAUTION, 1 s COMFORT_STOP, longer a latched minimal-risk maneuver", () => {
    const s = new Supervisor();
    feed(s, 0, 3, (t) => aTick(t, 10));
    const gone = feed(s, 3, 18, (t) => without(aTick(t, 10), "ego"));
    expect(modesOf(gone)).toEqual(expected(15));
    expect(gone[14]).toMatchObject({ hazardLights: true, verdict: "REPLACED" });
    expect(gone[14]!.maneuver.lateral).toBe("KEEP_LANE");
    const back = feed(s, 18, 40, (t) => aTick(t, 10));
    expect(new Set(modesOf(back))).toEqual(new Set(["EMERGENCY_STOP"]));
    expect(modesOf(feed(s, 40, 42, (t) => aTick(t, 0)))).toEqual(["HOLD", "HOLD"]);
    expect(modesOf(feed(s, 42, 60, (t) => aTick(t, 5)))[17]).toBe("HOLD");
    s.reset();
    expect(modesOf(feed(s, 60, 61, (t) => aTick(t, 5)))).toEqual(["NORMAL"]);
  });

  test("obstacles: the same ladder, and what was last seen keeps its bound", () => {
    const s = new Supervisor();
    feed(s, 0, 3, (t) => aTick(t, 10, { obstacles: aField([aLead(10, 9)]), accelMps2: 0 }));
    const gone = feed(s, 3, 18, (t) => without(aTick(t, 10), "obstacles"));
    expect(modesOf(gone)).toEqual(expected(15));
    expect(gone[0]!.accelLimitMps2).toBeLessThan(-1);
    expect(rulesOf(gone[0]!)).toContain("S13");
  });

  test("LiDAR stream: the same ladder", () => {
    const s = new Supervisor();
    feed(s, 0, 3, (t) => aTick(t, 10));
    const gone = feed(s, 3, 18, (t) => aTick(t, 10, { streams: noLidar(t) }));
    expect(modesOf(gone)).toEqual(expected(15));
  });

  test("all cameras: the same ladder", () => {
    const s = new Supervisor();
    feed(s, 0, 3, (t) => aTick(t, 10));
    const blind = feed(s, 3, 18, (t) =>
      aTick(t, 10, {
        streams: theStreams(stampOf(t)).map((x) => {
          const { stampUs: _, ...rest } = x;
          return x.kind === "camera" ? rest : x;
        }),
      }),
    );
    expect(modesOf(blind)).toEqual(expected(15));
    const dark = feed(new Supervisor(), 0, 15, (t) =>
      aTick(t, 10, { faults: [aFault("ALL_CAMERAS_MISSING")] }),
    );
    expect(modesOf(dark)).toEqual(expected(15));
  });

  test("one camera of two is no mode change while LiDAR is there", () => {
    const results = feed(new Supervisor(), 0, 30, (t) =>
      aTick(t, 10, {
        streams: theStreams(stampOf(t)).map((s) => {
          if (s.name !== "cam_left") return s;
          const { stampUs: _, ...rest } = s;
          return rest;
        }),
        faults: [aFault("CAMERA_MISSING", "cam_left")],
      }),
    );
    expect(new Set(modesOf(results))).toEqual(new Set(["NORMAL"]));
  });

  test("proposal: CAUTION, COMFORT_STOP, after 1 s a comfortable minimal-risk maneuver", () => {
    const s = new Supervisor();
    feed(s, 0, 3, (t) => aTick(t, 10));
    const gone = feed(s, 3, 18, (t) => without(aTick(t, 10), "proposal"));
    expect(modesOf(gone)).toEqual([
      ...new Array<string>(3).fill("CAUTION"),
      ...new Array<string>(7).fill("COMFORT_STOP"),
      ...new Array<string>(5).fill("EMERGENCY_STOP"),
    ]);
    // With nothing to follow even CAUTION drives the layer's own stop.
    expect(gone[0]).toMatchObject({ verdict: "REPLACED", maneuver: { longitudinal: "STOP" } });
    for (const r of gone) expect(Math.min(...r.trajectory.accelMps2)).toBeGreaterThanOrEqual(-1.5);
    expect(gone[14]!.hits.find((h) => h.rule === "S21")!.detail).toMatch(/comfort stop/);
  });

  test("a broken proposal is COMFORT_STOP at once, not an absence that may wait", () => {
    const s = new Supervisor();
    feed(s, 0, 3, (t) => aTick(t, 10));
    const faults = [aFault("MODEL_OUTPUT_NON_FINITE", "planner"), aFault("PROPOSAL_MISSING", "x")];
    const broken = s.supervise({ ...without(aTick(3, 10), "proposal"), faults });
    expect(broken.mode).toBe("COMFORT_STOP");
  });

  test("a single missing sweep is CAUTION for that tick and 5 clean ticks", () => {
    const s = new Supervisor();
    feed(s, 0, 3, (t) => aTick(t, 10));
    const carried = s.supervise(
      aTick(3, 10, {
        accelMps2: 1,
        streams: noLidar(3),
        obstacles: aField([], { stampUs: stampOf(3), carried: true }),
        faults: [aFault("LIDAR_MISSING", "lidar_top")],
      }),
    );
    expect(carried).toMatchObject({ mode: "CAUTION", accelLimitMps2: 0, verdict: "MODIFIED" });
    expect(carried.maneuver.targetSpeedMps).toBe(10);
    const after = feed(s, 4, 10, (t) => aTick(t, 10));
    expect(modesOf(after)).toEqual([...new Array<string>(5).fill("CAUTION"), "NORMAL"]);
    expect(after[0]!.hits[0]).toMatchObject({ rule: "S00", value: 1, limit: 5 });
  });

  test("carried obstacles alone are absence of sight", () => {
    const s = new Supervisor();
    const r = s.supervise(aTick(0, 10, { obstacles: aField([], { carried: true }) }));
    expect(r.mode).toBe("CAUTION");
    expect(r.hits[0]!.detail).toMatch(/carried forward/);
  });

  test("start-up: a tick or two without ego is CAUTION and no latch", () => {
    const s = new Supervisor();
    const start = feed(s, 0, 2, (t) => without(aTick(t, 10), "ego"));
    expect(modesOf(start)).toEqual(["CAUTION", "CAUTION"]);
    expect(start[0]).toMatchObject({ accelLimitMps2: 0, hazardLights: false });
    const on = feed(s, 2, 8, (t) => aTick(t, 10));
    expect(modesOf(on)[5]).toBe("NORMAL");
  });

  test("an ego state that is stale at the observation is absent", () => {
    const r = new Supervisor().supervise(
      aTick(0, 10, { ego: anEgo(10, { stampUs: START_US - 51_000 }) }),
    );
    expect(r.mode).toBe("CAUTION");
    expect(r.hits[0]).toMatchObject({ rule: "S03" });
  });

  test("an ego that all its streams deny is absent", () => {
    const streams = theStreams().map((s) =>
      s.kind === "ego" ? { ...s, stampUs: START_US - 60_000 } : s,
    );
    const r = new Supervisor().supervise(aTick(0, 10, { streams }));
    expect(r.hits[0]!.detail).toMatch(/ego absent for 100 ms: imu: age of at most 50.0 ms/);
  });

  test("without an ego stream the tick period is its period", () => {
    const streams = theStreams().filter((s) => s.kind !== "ego");
    const ego = anEgo(10, { stampUs: START_US - 200_000 });
    expect(new Supervisor().supervise(aTick(0, 10, { streams, ego })).mode).toBe("NORMAL");
  });
});

describe("several and no LiDARs", () => {
  const two = (tick: number): SafetyStream[] => [
    ...theStreams(stampOf(tick)),
    { name: "lidar_rear", kind: "lidar", periodUs: PERIOD_US, expected: true },
  ];

  test("one of two lost stays CAUTION and never latches", () => {
    const results = feed(new Supervisor(), 0, 30, (t) => aTick(t, 10, { streams: two(t) }));
    expect(new Set(modesOf(results))).toEqual(new Set(["CAUTION"]));
    expect(results[0]!.hits[0]!.detail).toMatch(/1 of 2 LiDARs usable: lidar_rear/);
  });

  test("a fault of one LiDAR takes that one, a fault without a name takes all", () => {
    const both = theStreams().concat({ ...theStreams()[0]!, name: "lidar_rear" });
    const judge = (fault: Fault) =>
      new Supervisor().supervise(aTick(0, 10, { streams: both, faults: [fault] })).hits[0]!;
    expect(judge(aFault("LIDAR_INVALID", "lidar_rear")).detail).toMatch(/1 of 2/);
    expect(judge(aFault("LIDAR_INVALID")).detail).toMatch(/sight absent.*LIDAR_INVALID/);
    expect(judge(aFault("LIDAR_INVALID")).rule).toBe("S02");
  });

  test("a LiDAR fault of a name that no stream has is CAUTION all the same", () => {
    const r = new Supervisor().supervise(aTick(0, 10, { faults: [aFault("LIDAR_STALE", "roof")] }));
    expect(r.mode).toBe("CAUTION");
    expect(r.hits[0]!.detail).toMatch(/1 of 1 LiDARs usable: LIDAR_STALE/);
  });

  test("a vehicle without any LiDAR may only stop, comfortably, without a latch", () => {
    const results = feed(new Supervisor(), 0, 40, (t) =>
      without(
        aTick(t, 10, {
          streams: theStreams(stampOf(t)).filter((s) => s.kind !== "lidar"),
          faults: [aFault("OBSTACLES_MISSING")],
        }),
        "obstacles",
      ),
    );
    expect(new Set(modesOf(results))).toEqual(new Set(["COMFORT_STOP"]));
    expect(results[0]!.hits.map((h) => h.detail).join()).toMatch(/no independent sight/);
    expect(results[39]!.hazardLights).toBe(false);
  });

  test("a vehicle without cameras drives", () => {
    const results = feed(new Supervisor(), 0, 10, (t) =>
      aTick(t, 10, { streams: theStreams(stampOf(t)).filter((s) => s.kind !== "camera") }),
    );
    expect(new Set(modesOf(results))).toEqual(new Set(["NORMAL"]));
  });

  test("streams that nobody expects do not count", () => {
    const streams = theStreams().map((s) => (s.kind === "lidar" ? { ...s, expected: false } : s));
    expect(new Supervisor().supervise(aTick(0, 10, { streams })).mode).toBe("COMFORT_STOP");
  });
});

describe("S02 what is malformed is absent", () => {
  test.each([
    [{ ego: anEgo(Number.NaN) }, "CAUTION"],
    [{ ego: anEgo(10, { accelMps2: Number.POSITIVE_INFINITY }) }, "CAUTION"],
    [{ obstacles: aField([aLead(30, 5, { xM: Number.NaN })]) }, "CAUTION"],
    [{ obstacles: aField([], { untrackedXyz: new Float32Array(4) }) }, "CAUTION"],
    [{ speedLimitMps: Number.NaN }, "CAUTION"],
    [{ nowUs: Number.NaN }, "COMFORT_STOP"],
    [{ stampUs: Number.NaN }, "COMFORT_STOP"],
    [{ nowUs: Number.NaN, stampUs: Number.NaN }, "COMFORT_STOP"],
    [{ periodUs: 0 }, "COMFORT_STOP"],
  ] as const)("%o gives %s", (more, mode) => {
    const r = new Supervisor().supervise(aTick(0, 10, more as Partial<SafetyInput>));
    expect(r.mode).toBe(mode);
    expect(r.hits.length).toBeGreaterThan(0);
  });

  test("a field with one broken obstacle still brakes for the good one", () => {
    const broken = aLead(30, 0, { id: 1, vxMps: Number.NaN });
    const r = new Supervisor().supervise(
      aTick(0, 10, { obstacles: aField([broken, aLead(14, 5)]) }),
    );
    expect(r.mode).toBe("CAUTION");
    expect(r.accelLimitMps2).toBeLessThan(-1);
  });

  test("an obstacle field of long ago is no sight", () => {
    const obstacles = aField([], { stampUs: START_US - 300_000 });
    expect(new Supervisor().supervise(aTick(0, 10, { obstacles })).mode).toBe("CAUTION");
  });

  test("a proposal with NaN is refused and replaced by an own stop", () => {
    const p = aProposal(10, 0.5);
    const nan = { ...p.trajectory, accelMps2: [Number.NaN, 0, 0, 0, 0, 0] };
    const r = new Supervisor().supervise(aTick(0, 10, { proposal: { ...p, trajectory: nan } }));
    expect(r).toMatchObject({
      mode: "COMFORT_STOP",
      verdict: "REFUSED",
      maneuver: { longitudinal: "STOP", targetSpeedMps: 0, lateral: "KEEP_LANE" },
    });
    expect(r.hits[0]).toMatchObject({ rule: "S02", mode: "COMFORT_STOP" });
  });

  test("a proposal older than 300 ms is refused", () => {
    const proposal = aProposal(10, 0, { stampUs: START_US - 251_000 });
    const r = new Supervisor().supervise(aTick(0, 10, { proposal }));
    expect(r).toMatchObject({ mode: "COMFORT_STOP", verdict: "REFUSED" });
    expect(r.hits[0]!.rule).toBe("S03");
  });

  test("a model output that is no number speaks as S02", () => {
    const r = new Supervisor().supervise(
      aTick(0, 10, { faults: [aFault("MODEL_OUTPUT_NON_FINITE")] }),
    );
    expect(r.mode).toBe("COMFORT_STOP");
    expect(r.hits[0]).toMatchObject({ rule: "S02" });
  });
});

describe("faults of other rooms", () => {
  test.each([
    ["CLOCK_JUMP", "CAUTION"],
    ["TRANSFORM_MISSING", "CAUTION"],
    ["PROPOSAL_LOW_MARGIN", "NORMAL"],
    ["CALIBRATION_MISSING", "NORMAL"],
    ["MESSAGE_INVALID", "NORMAL"],
  ] as const)("%s gives %s", (code, mode) => {
    const results = feed(new Supervisor(), 0, 20, (t) => aTick(t, 10, { faults: [aFault(code)] }));
    expect(new Set(modesOf(results))).toEqual(new Set([mode]));
  });

  test.each(["SENSING_ABSENT", "SEAL_FAILED", "INTERNAL"] as const)(
    "%s starts a minimal-risk maneuver on the first tick and latches",
    (code) => {
      const s = new Supervisor();
      expect(s.supervise(aTick(0, 10, { faults: [aFault(code)] }))).toMatchObject({
        mode: "EMERGENCY_STOP",
        hazardLights: true,
      });
      expect(s.supervise(aTick(1, 10)).mode).toBe("EMERGENCY_STOP");
      expect(s.supervise(aTick(2, 0))).toMatchObject({
        mode: "HOLD",
        accelLimitMps2: 0,
        maneuver: { longitudinal: "WAIT" },
      });
    },
  );
});

describe("S07 and S13 in the supervisor", () => {
  const judge = (speed: number, accelMps2: number, field = aField()) =>
    new Supervisor().supervise(aTick(0, speed, { accelMps2, obstacles: field }));

  test("every object counts, not the nearest only", () => {
    const r = judge(10, 0.3, aField([aLead(12.5, 12, { id: 1 }), aLead(17, 0, { id: 2 })]));
    expect(r.hits.map((h) => h.detail).join()).toMatch(/obstacle 2/);
    expect(r.accelLimitMps2).toBeLessThan(-2.9);
  });

  test("the order of objects changes nothing but the order of hits", () => {
    const a = aLead(13, 5, { id: 1 });
    const b = aLead(17, 0, { id: 2 });
    const [ab, ba] = [judge(10, 0.3, aField([a, b])), judge(10, 0.3, aField([b, a]))];
    expect(ab.trajectory).toEqual(ba.trajectory);
    expect(ab.maneuver).toEqual(ba.maneuver);
  });

  test("a standing car too near ahead is an emergency brake that ends with the threat", () => {
    const s = new Supervisor();
    const r = s.supervise(aTick(0, 15, { obstacles: aField([aLead(12, 0)]) }));
    expect(r).toMatchObject({
      mode: "EMERGENCY_STOP",
      verdict: "REPLACED",
      hazardLights: false,
      accelLimitMps2: -8,
      maneuver: { longitudinal: "EMERGENCY_BRAKE", rationale: ["LEAD_STANDING", "NONE"] },
    });
    const after = feed(s, 1, 7, (t) => aTick(t, 8));
    expect(modesOf(after)).toEqual([...new Array<string>(5).fill("COMFORT_STOP"), "NORMAL"]);
  });

  test("a full brake keeps CAUTION for five ticks", () => {
    const s = new Supervisor();
    const r = s.supervise(aTick(0, 10, { obstacles: aField([aLead(5.5, 9)]) }));
    expect(r).toMatchObject({ mode: "CAUTION", accelLimitMps2: -4 });
    expect(s.supervise(aTick(1, 10)).mode).toBe("CAUTION");
  });

  test("untracked points in the box stop the vehicle, words say obstacle", () => {
    const untrackedXyz = new Float32Array([14, 0, 1, 14, 0.1, 1, 14, -0.1, 1]);
    const r = judge(8, 0.5, aField([], { untrackedXyz }));
    expect(rulesOf(r)).toContain("S13");
    expect(r.maneuver.rationale[0]).toBe("OBSTACLE_ON_PATH");
    expect(r.accelLimitMps2).toBeLessThan(-3);
  });

  test("the TTC floor speaks beside the distance", () => {
    const r = judge(4, 0, aField([aLead(5.5, 0)]));
    expect(rulesOf(r)).toEqual(["S07", "S13"]);
    expect(r.mode).toBe("CAUTION");
  });

  test("a moving lead is named a lead, an oncoming car an obstacle", () => {
    expect(judge(10, 0.3, aField([aLead(13, 5)])).maneuver.rationale[0]).toBe("LEAD_VEHICLE");
    expect(judge(10, 0.3, aField([aLead(22, -8)])).maneuver.rationale[0]).toBe("OBSTACLE_ON_PATH");
  });

  test("a car in the next lane is left alone", () => {
    expect(judge(10, 0.5, aField([aLead(2, 5, { yM: 3.2 })])).verdict).toBe("APPROVED");
  });

  test("moving off into a 1.2 m gap is limited to waiting", () => {
    const r = judge(0, 0.5, aField([aLead(1.2, 0)]));
    expect(r).toMatchObject({ mode: "NORMAL", verdict: "MODIFIED", accelLimitMps2: 0 });
    expect(r.trajectory.xM[5]).toBe(0);
  });

  test("without ego state the judging speed is the fastest that can have been reached", () => {
    const s = new Supervisor();
    s.supervise(aTick(0, 10));
    const field = (t: number) => aField([aLead(13, 10)], { stampUs: stampOf(t) });
    const known = new Supervisor();
    known.supervise(aTick(0, 10));
    const blind = s.supervise(without(aTick(1, 10, { obstacles: field(1) }), "ego"));
    const seen = known.supervise(aTick(1, 10, { obstacles: field(1) }));
    expect(blind.accelLimitMps2).toBeLessThanOrEqual(seen.accelLimitMps2);
  });
});

describe("S15 and S17 in the supervisor", () => {
  test("a proposal beyond the envelope is modified and stays NORMAL", () => {
    const proposal = aProposal(10, 0, { curvatureInvm: 0.03 });
    const r = new Supervisor().supervise(aTick(0, 10, { proposal }));
    expect(r).toMatchObject({ mode: "NORMAL", verdict: "MODIFIED" });
    expect(r.hits[0]).toMatchObject({ rule: "S15", mode: "NORMAL" });
  });

  test("the curvature of the last decision is the start of the next", () => {
    const s = new Supervisor();
    s.supervise(aTick(0, 10));
    const bend = aProposal(10, 0, { curvatureInvm: 0.01, stampUs: stampOf(1), observationId: 1 });
    const r = s.supervise(aTick(1, 10, { proposal: bend }));
    expect(r.trajectory.curvatureInvm[0]).toBeCloseTo(0.003, 9);
  });

  test("an EMERGENCY_BRAKE of the planner is passed on", () => {
    const proposal = aProposal(10, -8, {
      maneuver: aManeuver({ longitudinal: "EMERGENCY_BRAKE", targetSpeedMps: 0 }),
    });
    expect(new Supervisor().supervise(aTick(0, 10, { proposal })).verdict).toBe("APPROVED");
  });

  test("a speed limit bounds target and acceleration", () => {
    const r = new Supervisor().supervise(aTick(0, 10, { accelMps2: 1, speedLimitMps: 11 }));
    expect(r.maneuver.targetSpeedMps).toBe(11);
    expect(r.trajectory.speedMps[5]).toBeCloseTo(11, 9);
    expect(rulesOf(r)).toEqual(["S17"]);
  });
});

describe("S21 and S22: stopping by itself", () => {
  test("a lane change under way is not continued in a stop", () => {
    const s = new Supervisor();
    const change = (t: number) => {
      const proposal = aProposal(10, 0, {
        curvatureInvm: 0.002,
        maneuver: aManeuver({ lateral: "LANE_CHANGE_LEFT" }),
        ...{ stampUs: stampOf(t), observationId: t },
      });
      return aTick(t, 10, { proposal });
    };
    s.supervise(change(0));
    const blind = { ...change(1), streams: theStreams(stampOf(1)).filter((x) => x.kind === "ego") };
    const r = s.supervise(blind);
    expect(r.mode).toBe("COMFORT_STOP");
    expect(r.maneuver.lateral).toBe("KEEP_LANE");
  });

  test("a stop follows the road while the proposal still shows it", () => {
    const proposal = aProposal(10, 0, { curvatureInvm: 0.01 });
    const input = aTick(0, 10, {
      ...{ proposal, ego: anEgo(10, { yawRateRadps: 0.1 }) },
      streams: theStreams().filter((x) => x.kind === "ego"),
    });
    expect(new Supervisor().supervise(input).trajectory.curvatureInvm[0]).toBeCloseTo(0.01, 9);
  });

  test("with nothing left but the last known speed it brakes at 4 m/s² to standstill and HOLD", () => {
    const s = new Supervisor();
    feed(s, 0, 3, (t) => aTick(t, 10));
    const nothing = (t: number): SafetyInput => ({
      ...without(aTick(t, 10), "ego", "obstacles", "proposal"),
      streams: theStreams(stampOf(t)).map(({ stampUs: _, ...rest }) => rest),
    });
    const results = feed(s, 3, 100, nothing);
    const modes = modesOf(results);
    expect(modes.slice(0, 3)).toEqual(new Array<string>(3).fill("CAUTION"));
    expect(modes.slice(3, 10)).toEqual(new Array<string>(7).fill("COMFORT_STOP"));
    const hold = modes.indexOf("HOLD");
    expect(hold).toBeGreaterThan(30);
    expect(hold).toBeLessThan(70);
    const stopping = results[20]!;
    expect(stopping.trajectory.accelMps2[2]).toBe(-4);
    expect(stopping.trajectory.xM[5]).toBeGreaterThan(3);
    expect(results.slice(hold).every((r) => r.trajectory.xM[5] === 0)).toBe(true);
  });

  test("never having known a speed, it asks to brake and reaches HOLD in time", () => {
    const results = feed(new Supervisor(), 0, 250, (t) => without(aTick(t, 10), "ego"));
    const hold = modesOf(results).indexOf("HOLD");
    expect(hold).toBeGreaterThan(100);
    expect(hold).toBeLessThan(200);
    expect(results[50]!.trajectory.accelMps2[0]).toBe(-4);
  });

  test("the rung goes down with a threat and never up again", () => {
    const s = new Supervisor();
    s.supervise(aTick(0, 20, { faults: [aFault("INTERNAL")] }));
    const rung = (r: SafetyResult) => r.hits.find((h) => h.rule === "S21")!.detail;
    const at = (t: number, gapM: number, v: number) =>
      s.supervise(aTick(t, 20, { obstacles: aField([aLead(gapM, v)], { stampUs: stampOf(t) }) }));
    expect(rung(at(1, 200, 20))).toMatch(/comfort/);
    expect(rung(at(2, 14, 20))).toMatch(/stop in lane/);
    expect(rung(at(3, 200, 20))).toMatch(/stop in lane/);
    expect(rung(at(4, 20, 0))).toMatch(/emergency/);
    const last = at(5, 200, 20);
    expect(rung(last)).toMatch(/emergency/);
    expect(last.trajectory.accelMps2[0]).toBe(-8);
  });

  test("comfort ramps from where the vehicle brakes already", () => {
    const ego = anEgo(10, { accelMps2: -1.2 });
    const r = new Supervisor().supervise(without(aTick(0, 10, { ego }), "proposal"));
    expect(r.accelLimitMps2).toBeCloseTo(-1.35, 9);
  });
});

describe("S00 and S24: never throws, never publishes what cannot be sealed", () => {
  test.each([
    null,
    undefined,
    {},
    { streams: 5 },
    { ...aTick(0, 10), faults: null },
    { ...aTick(0, 10), streams: [null] },
    { ...aTick(0, 10), obstacles: { obstacles: [{}] } },
    { ...aTick(0, 10), proposal: { maneuver: null } },
    { ...aTick(0, 10), proposal: { ...aProposal(10, 0), trajectory: null } },
  ])("hostile input %# becomes a minimal-risk maneuver with S00, latched", (hostile) => {
    const s = new Supervisor();
    s.supervise(aTick(0, 10));
    const r = s.supervise(hostile as unknown as SafetyInput);
    expect(["EMERGENCY_STOP", "COMFORT_STOP"]).toContain(r.mode);
    expect(r.trajectory.accelMps2.every((a) => a <= 0)).toBe(true);
    if (r.mode === "EMERGENCY_STOP") {
      expect(r.hits[0]!.rule).toBe("S00");
      expect(r.trajectory.speedMps[0]).toBeCloseTo(8, 9);
      expect(s.supervise(aTick(1, 10)).mode).toBe("EMERGENCY_STOP");
    }
  });

  test("what is thrown need not be an Error", () => {
    const input = {
      get periodUs(): number {
        throw "no";
      },
    };
    const r = new Supervisor().supervise(input as unknown as SafetyInput);
    expect(r.hits[0]!.detail).toBe("internal error: ?");
  });

  test("an error after HOLD stays HOLD", () => {
    const s = new Supervisor();
    s.supervise(aTick(0, 0, { faults: [aFault("INTERNAL")] }));
    expect(s.supervise(null as unknown as SafetyInput).mode).toBe("HOLD");
  });

  test("a result that cannot be sealed is replaced by the last resort", () => {
    const broken = new Supervisor({ vehicle: { ...CAR, maxSteerRad: Number.NaN } });
    const r = broken.supervise(without(aTick(0, 10), "proposal"));
    expect(r.mode).toBe("EMERGENCY_STOP");
    expect(r.hits[0]).toMatchObject({ rule: "S24" });
  });
});

describe("options may only tighten", () => {
  test("a tighter acceleration and speed hold", () => {
    const s = new Supervisor({ accelMaxMps2: 0.5, speedMaxMps: 10.5 });
    const r = s.supervise(aTick(0, 10, { accelMps2: 1 }));
    expect(r.accelLimitMps2).toBe(0.5);
    expect(r.maneuver.targetSpeedMps).toBe(10.5);
  });

  test.each([{ accelMaxMps2: 2.1 }, { accelMaxMps2: 0 }, { speedMaxMps: 41 }, { speedMaxMps: -1 }])(
    "%o is refused at the start",
    (options) => {
      expect(() => new Supervisor(options)).toThrow(ConfigError);
    },
  );
});
