import { describe, expect, test } from "vitest";
import type { Se3 } from "../contract/se3.ts";
import { aField, aLead, anEgo, aTick, PERIOD_US, START_US, theStreams } from "./fixtures.cases.ts";
import { CrossWatch, mountProblem } from "./s06-cross-source.ts";
import { Supervisor } from "./supervisor.ts";

const IDENTITY: Se3 = { r: [1, 0, 0, 0, 1, 0, 0, 0, 1], t: [0, 0, 0] };
const wheel = (speedMps: number) => ({ speedMps, source: "wheel" });

describe("S06 two speed sources", () => {
  const at = (watch: CrossWatch, tUs: number, speedMps: number, second?: number) =>
    watch.speeds(anEgo(speedMps, second === undefined ? {} : { secondSpeed: wheel(second) }), tUs);

  test("within 2.0 m/s, or with one source only, nothing is said", () => {
    const watch = new CrossWatch();
    expect(at(watch, 0, 10)).toBeUndefined();
    expect(at(watch, 0, 10, 12)).toBeUndefined();
    expect(at(watch, 0, 10, 8)).toBeUndefined();
  });

  test("further apart is CAUTION, after 300 ms COMFORT_STOP, and ends with the contradiction", () => {
    const watch = new CrossWatch();
    const modes = [0, 1, 2, 3, 12].map((i) => at(watch, i * PERIOD_US, 10, 12.1)!.hit.mode);
    expect(modes).toEqual(["CAUTION", "CAUTION", "CAUTION", "COMFORT_STOP", "COMFORT_STOP"]);
    expect(at(watch, 13 * PERIOD_US, 10, 11)).toBeUndefined();
    const again = at(watch, 14 * PERIOD_US, 10, 4)!;
    expect(again.mrm).toBe(false);
    expect(again.hit).toMatchObject({ rule: "S06", mode: "CAUTION", value: 6, limit: 2 });
    expect(again.hit.detail).toBe("speed within 2 m/s of wheel expected, found 10.00 and 4.00 m/s");
  });

  test("gaps are judged by the faster of the two, and one that is no number is the fastest", () => {
    const judge = (second?: number) =>
      new Supervisor().supervise(
        aTick(0, 5, {
          ego: anEgo(5, second === undefined ? {} : { secondSpeed: wheel(second) }),
          obstacles: aField([aLead(20, 5)]),
        }),
      );
    expect(judge().mode).toBe("NORMAL");
    expect(judge(6).mode).toBe("NORMAL");
    const doubted = judge(12);
    expect(doubted.hits.map((h) => h.rule)).toEqual(expect.arrayContaining(["S06", "S07"]));
    expect(doubted.accelLimitMps2).toBeLessThan(-1);
    expect(judge(Number.NaN).mode).toBe("EMERGENCY_STOP");
  });

  test("a vehicle stands only if both say so", () => {
    const s = new Supervisor();
    const stop = (tick: number, second: number) =>
      s.supervise(
        aTick(tick, 0, {
          ego: anEgo(0, { stampUs: START_US + tick * PERIOD_US, secondSpeed: wheel(second) }),
          faults: [{ code: "INTERNAL", detail: "x", stampUs: 0 }],
        }),
      );
    expect(stop(0, 5).mode).toBe("EMERGENCY_STOP");
    expect(stop(1, 0).mode).toBe("HOLD");
  });
});

describe("S06 camera and LiDAR stamps", () => {
  const skewed = (ms: number, name = "cam_left") =>
    theStreams().map((s) => (s.name === name ? { ...s, stampUs: s.stampUs! + ms * 1000 } : s));

  test.each([-150, -100, 0, 21])("%s ms apart is what real logs have", (ms) => {
    expect(new CrossWatch().skews(skewed(ms))).toEqual([]);
  });

  test("more than 1.5 periods apart is CAUTION, with the camera's name", () => {
    const [d, ...none] = new CrossWatch().skews(skewed(-160));
    expect(none).toEqual([]);
    expect(d!.hit).toMatchObject({ rule: "S06", mode: "CAUTION", value: 1.6, limit: 1.5 });
    expect(d!.hit.detail).toMatch(/^cam_left: skew/);
  });

  test("a picture that serves a second tick is judged by its age, not again by its skew", () => {
    const watch = new CrossWatch();
    const at = (tick: number, cameraTick: number) =>
      watch.skews(
        theStreams(START_US + tick * PERIOD_US).map((s) =>
          s.kind === "camera" ? { ...s, stampUs: START_US + cameraTick * PERIOD_US } : s,
        ),
      );
    expect(at(0, 0)).toEqual([]);
    expect(at(2, 0)).toEqual([]);
    expect(at(4, 2)).toHaveLength(2);
  });

  test("the nearest LiDAR counts, and without a sweep there is nothing to compare", () => {
    const rear = { ...theStreams()[0]!, name: "rear", stampUs: START_US - 160_000 };
    expect(new CrossWatch().skews([...skewed(-160), rear])).toEqual([]);
    const { stampUs: _, ...gone } = theStreams()[0]!;
    const cameras = skewed(-160).filter((s) => s.kind === "camera");
    expect(new CrossWatch().skews([gone, ...cameras])).toEqual([]);
    const [{ stampUs: __, ...dark }] = [cameras[0]!];
    expect(new CrossWatch().skews([theStreams()[0]!, dark])).toEqual([]);
  });

  test("a skewed camera is CAUTION in the supervisor", () => {
    const r = new Supervisor().supervise(aTick(0, 10, { streams: skewed(-160) }));
    expect(r.mode).toBe("CAUTION");
    expect(r.hits[0]!.rule).toBe("S06");
  });
});

describe("S06 a mount", () => {
  test("a rotation on the vehicle is one, rounded to three digits too", () => {
    expect(mountProblem(IDENTITY, 0)).toBeUndefined();
    const turned: Se3 = { r: [0.601, -0.799, 0, 0.799, 0.601, 0, 0, 0, 1], t: [3, 1, 2] };
    expect(mountProblem(turned, 0)).toBeUndefined();
  });

  test.each([
    ["a mirror", [1, 0, 0, 0, -1, 0, 0, 0, 1]],
    ["a scale", [2, 0, 0, 0, 2, 0, 0, 0, 2]],
    ["a shear", [1, 0.2, 0, 0, 1, 0, 0, 0, 1]],
    ["nothing", [0, 0, 0, 0, 0, 0, 0, 0, 0]],
    ["no number", [Number.NaN, 0, 0, 0, 1, 0, 0, 0, 1]],
  ])("%s is no rotation", (_, r) => {
    expect(mountProblem({ r, t: [0, 0, 0] }, 0)).toMatch(/a rotation expected/);
  });

  test("further than 10 m away it is not on this vehicle, unless the vehicle has moved since", () => {
    const far: Se3 = { r: IDENTITY.r, t: [11, 0, 0] };
    expect(mountProblem(far, 0)).toMatch(/within 10 m expected, found one 11.0 m away/);
    expect(mountProblem(far, 2)).toBeUndefined();
    expect(mountProblem({ r: IDENTITY.r, t: [Number.NaN, 0, 0] }, 0)).toMatch(/NaN/);
  });

  test("a camera with an impossible mount is CAUTION, a LiDAR with one is no sight", () => {
    const judge = (name: string) => {
      const mount: Se3 = { r: IDENTITY.r, t: [50, 0, 0] };
      const streams = theStreams().map((s) => (s.name === name ? { ...s, mount } : s));
      return new Supervisor().supervise(aTick(0, 10, { streams }));
    };
    expect(judge("cam_left")).toMatchObject({ mode: "CAUTION", hits: [{ rule: "S06" }] });
    expect(judge("lidar_top").hits[0]!.detail).toMatch(/^sight absent for 100 ms: lidar_top: a m/);
    expect(judge("nobody").mode).toBe("NORMAL");
  });
});
