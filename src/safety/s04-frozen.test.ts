import { describe, expect, test } from "vitest";
import { aTick, PERIOD_US, START_US, theStreams } from "./fixtures.cases.ts";
import type { SafetyStream } from "./input.ts";
import { FrozenWatch } from "./s04-frozen.ts";
import { Supervisor } from "./supervisor.ts";

const aStream = (tick: number, contentHash?: number, more: Partial<SafetyStream> = {}) =>
  ({
    name: "front",
    kind: "camera",
    periodUs: PERIOD_US,
    expected: true,
    stampUs: START_US + tick * PERIOD_US,
    ...(contentHash === undefined ? {} : { contentHash }),
    ...more,
  }) satisfies SafetyStream;
/** Which of these ticks find the stream frozen. */
const frozenAt = (streams: readonly SafetyStream[], speedMps: (tick: number) => number) => {
  const watch = new FrozenWatch();
  return streams.flatMap((s, tick) =>
    watch.check([s], speedMps(tick))[0] === undefined ? [] : [tick],
  );
};

describe("S04 a stream that repeats itself", () => {
  test("is frozen from the third equal observation on, until it shows something new", () => {
    const hashes = [1, 7, 7, 7, 7, 8, 9];
    const streams = hashes.map((h, i) => aStream(i, h));
    expect(frozenAt(streams, () => 5)).toEqual([3, 4]);
    const watch = new FrozenWatch();
    const [, , , said] = streams.map((s) => watch.check([s], 5)[0]);
    expect(said).toBe("frozen: fewer than 3 equal observations while moving expected, found 3");
  });

  test("is not frozen while the vehicle stands, and standing repetitions do not count", () => {
    const streams = [7, 7, 7, 7, 7, 7].map((h, i) => aStream(i, h));
    expect(frozenAt(streams, () => 0.5)).toEqual([]);
    expect(frozenAt(streams, (tick) => (tick < 3 ? 0 : 5))).toEqual([4, 5]);
  });

  test("with new content under an old stamp is frozen too", () => {
    const streams = [1, 2, 3, 4].map((h) => aStream(0, h));
    expect(frozenAt(streams, () => 5)).toEqual([2, 3]);
  });

  test("that is slower than the tick and gives its newest data again is not frozen", () => {
    const streams = [0, 0, 0, 3, 3, 3, 6].map((tick) => aStream(tick, 100 + tick));
    expect(frozenAt(streams, () => 5)).toEqual([]);
  });

  test("a hole in between does not hide it", () => {
    const { stampUs: _, ...hole } = aStream(2, 7);
    const streams = [aStream(0, 7), aStream(1, 7), hole, aStream(3, 7)];
    expect(frozenAt(streams, () => 5)).toEqual([3]);
  });

  test("without content hashes nothing is said: stamps alone are S03's", () => {
    expect(
      frozenAt(
        [0, 0, 0, 0, 1, 2].map((tick) => aStream(tick)),
        () => 5,
      ),
    ).toEqual([]);
  });
});

describe("S04 in the supervisor", () => {
  const drive = (frozen: (s: SafetyStream) => boolean, ticks: number, speedMps = 10) => {
    const s = new Supervisor();
    return Array.from({ length: ticks }, (_, tick) => {
      const streams = theStreams(START_US + tick * PERIOD_US).map((stream) => ({
        ...stream,
        contentHash: frozen(stream) ? 7 : tick,
      }));
      return s.supervise(aTick(tick, speedMps, { streams }));
    });
  };
  const modes = (results: ReturnType<typeof drive>) => results.map((r) => r.mode);

  test("one frozen camera of two is CAUTION for as long as it lasts", () => {
    const results = drive((s) => s.name === "cam_left", 30);
    expect(modes(results)).toEqual(["NORMAL", "NORMAL", ...new Array<string>(28).fill("CAUTION")]);
    expect(results[5]!.hits[0]).toMatchObject({ rule: "S04", mode: "CAUTION" });
    expect(results[5]!.hits[0]!.detail).toMatch(/^cam_left: frozen/);
  });

  test("all cameras frozen are absent: CAUTION, COMFORT_STOP, minimal-risk maneuver", () => {
    const results = drive((s) => s.kind === "camera", 20);
    expect(modes(results).slice(0, 16)).toEqual([
      ...["NORMAL", "NORMAL", "CAUTION", "CAUTION", "CAUTION"],
      ...new Array<string>(7).fill("COMFORT_STOP"),
      ...new Array<string>(4).fill("EMERGENCY_STOP"),
    ]);
    expect(results[2]!.hits[0]).toMatchObject({ rule: "S04" });
  });

  test("a frozen LiDAR is no sight", () => {
    const results = drive((s) => s.kind === "lidar", 20);
    expect(modes(results)[2]).toBe("CAUTION");
    expect(results[2]!.hits[0]!.detail).toMatch(/^sight absent for 100 ms: lidar_top: frozen/);
    expect(modes(results)[15]).toBe("EMERGENCY_STOP");
  });

  test("one frozen LiDAR of two is CAUTION by S04", () => {
    const s = new Supervisor();
    const results = Array.from({ length: 4 }, (_, tick) => {
      const stampUs = START_US + tick * PERIOD_US;
      const rear = { ...aStream(tick, 7), name: "lidar_rear", kind: "lidar" } as const;
      return s.supervise(aTick(tick, 10, { streams: [...theStreams(stampUs), rear] }));
    });
    expect(results[3]!.mode).toBe("CAUTION");
    expect(results[3]!.hits[0]).toMatchObject({ rule: "S04", value: 1, limit: 2 });
  });

  test("standing before a still scene is NORMAL", () => {
    expect(new Set(modes(drive(() => true, 50, 0)))).toEqual(new Set(["NORMAL"]));
  });

  test("without a speed the last known one says whether the vehicle moves", () => {
    const s = new Supervisor();
    const results = [0, 1, 2].map((tick) => {
      const stampUs = START_US + tick * PERIOD_US;
      const streams = theStreams(stampUs).map((stream) => ({ ...stream, contentHash: 7 }));
      const { ego, ...input } = aTick(tick, 10, { streams });
      if (tick === 2) return s.supervise({ ...input, ego: { ...ego!, speedMps: Number.NaN } });
      return s.supervise(tick === 0 ? { ...input, ego: ego! } : input);
    });
    expect(results[2]!.hits.map((h) => h.rule)).toContain("S04");
  });
});
