import { describe, expect, test } from "vitest";
import { theStreams } from "./fixtures.cases.ts";
import type { SafetyStream } from "./input.ts";
import {
  ageProblem,
  planAgeProblem,
  StreamWatch,
  TickClock,
  usablePeriodUs,
} from "./s03-freshness.ts";

const MS = 1000;
const NOW = 1_700_000_000_000_000;

describe("S03 the age of data", () => {
  const lidar = (ageMs: number, decideMs = 0) =>
    ageProblem(NOW - ageMs * MS, NOW, NOW + decideMs * MS, 100 * MS);

  test("a 10 Hz stream older than 250 ms at the observation is a fault, not a zero", () => {
    expect(lidar(250)).toBeUndefined();
    expect(lidar(250.001)).toMatch(/age of at most 250.0 ms expected, found 250.0 ms/);
  });

  test("a 50 Hz stream is stale after 50 ms", () => {
    expect(ageProblem(NOW - 50 * MS, NOW, NOW, 20 * MS)).toBeUndefined();
    expect(ageProblem(NOW - 50 * MS - 1, NOW, NOW, 20 * MS)).toMatch(/50.0 ms/);
  });

  test("deciding may take 100 ms on top, not more", () => {
    expect(lidar(200, 150)).toBeUndefined();
    expect(lidar(200, 151)).toMatch(/at decision/);
  });

  test("a stamp more than 20 ms ahead of now is invalid, one of a later sensor is not", () => {
    expect(lidar(-20)).toBeUndefined();
    expect(lidar(-20.001)).toMatch(/stamp at most 20.0 ms ahead/);
    expect(lidar(-60, 50)).toBeUndefined();
  });

  test("a stamp that is no number is no age", () => {
    expect(ageProblem(Number.NaN, NOW, NOW, 100 * MS)).toMatch(/finite stamp/);
  });

  test("a period that cannot be divided by becomes the nominal 100 ms", () => {
    for (const bad of [0, -1, Number.NaN, Number.POSITIVE_INFINITY])
      expect(usablePeriodUs(bad)).toBe(100_000);
    expect(usablePeriodUs(20_000)).toBe(20_000);
  });
});

describe("S03 the age of a plan", () => {
  test("300 ms is fresh, more is stale, 20 ms ahead is the most", () => {
    expect(planAgeProblem(NOW - 300 * MS, NOW)).toBeUndefined();
    expect(planAgeProblem(NOW - 300 * MS - 1, NOW)).toMatch(/at most 300.0 ms/);
    expect(planAgeProblem(NOW + 20 * MS, NOW)).toBeUndefined();
    expect(planAgeProblem(NOW + 20 * MS + 1, NOW)).toMatch(/ahead/);
  });
});

describe("S03 the watch over streams", () => {
  const stream = (stampUs: number | undefined, periodUs: number): SafetyStream => ({
    name: "lidar",
    kind: "lidar",
    periodUs,
    expected: true,
    ...(stampUs === undefined ? {} : { stampUs }),
  });
  const only = (watch: StreamWatch, s: SafetyStream, atUs: number) =>
    watch.check([s], atUs, atUs + 50 * MS)[0]!.problem;

  test("a stream that was never there says so", () => {
    expect(only(new StreamWatch(), stream(undefined, 100 * MS), NOW)).toBe("no data yet");
  });

  test("a 10 Hz stream that misses one 10 Hz tick is missing", () => {
    const watch = new StreamWatch();
    expect(only(watch, stream(NOW, 100 * MS), NOW)).toBeUndefined();
    expect(only(watch, stream(undefined, 100 * MS), NOW + 100 * MS)).toMatch(/100.0 ms old/);
  });

  test("a 2 Hz stream is not missing at the ticks between its data", () => {
    const watch = new StreamWatch();
    only(watch, stream(NOW, 500 * MS), NOW);
    for (let ms = 100; ms <= 300; ms += 100)
      expect(only(watch, stream(undefined, 500 * MS), NOW + ms * MS)).toBeUndefined();
    expect(only(watch, stream(undefined, 500 * MS), NOW + 400 * MS)).toMatch(/400.0 ms old/);
  });

  test("data that is given but old is stale", () => {
    expect(only(new StreamWatch(), stream(NOW - 260 * MS, 100 * MS), NOW)).toMatch(/at most 250/);
  });

  test("streams of the same name and another kind are not mixed up", () => {
    const watch = new StreamWatch();
    watch.check(theStreams(NOW), NOW, NOW);
    const camera: SafetyStream = {
      name: "imu",
      kind: "camera",
      periodUs: 100 * MS,
      expected: true,
    };
    expect(watch.check([camera], NOW, NOW)[0]!.problem).toBe("no data yet");
  });
});

describe("S03 the clock", () => {
  const P = 100 * MS;

  test("steady ticks pass as they are", () => {
    const clock = new TickClock();
    expect(clock.step(NOW, P)).toEqual({ tUs: P, dtUs: P, demand: undefined });
    expect(clock.step(NOW + P, P)).toEqual({ tUs: 2 * P, dtUs: P, demand: undefined });
    expect(clock.step(NOW + 4 * P, P)).toEqual({ tUs: 5 * P, dtUs: 3 * P, demand: undefined });
  });

  test("a pause of more than 300 ms is time that has passed and CAUTION", () => {
    const clock = new TickClock();
    clock.step(NOW, P);
    const step = clock.step(NOW + 5 * P, P);
    expect(step.dtUs).toBe(5 * P);
    expect(step.demand?.hit).toMatchObject({
      rule: "S03",
      mode: "CAUTION",
      value: 0.5,
      limit: 0.3,
    });
  });

  test.each([
    ["stands", NOW],
    ["runs backwards", NOW - 50 * MS],
    ["jumps an hour ahead", NOW + 3_600_000_000],
    ["jumps an hour back", NOW - 3_600_000_000],
    ["is no number", Number.NaN],
  ])("a clock that %s costs one period and CAUTION", (_, next) => {
    const clock = new TickClock();
    clock.step(NOW, P);
    const step = clock.step(next, P);
    expect(step).toMatchObject({ tUs: 2 * P, dtUs: P, demand: { hit: { mode: "CAUTION" } } });
  });

  test("time goes on from the new clock after a jump, from the old one after no number", () => {
    const jumped = new TickClock();
    jumped.step(NOW, P);
    jumped.step(NOW - 3_600_000_000, P);
    expect(jumped.step(NOW - 3_600_000_000 + P, P).demand).toBeUndefined();
    const broken = new TickClock();
    broken.step(NOW, P);
    broken.step(Number.NaN, P);
    expect(broken.step(NOW + 2 * P, P)).toMatchObject({ dtUs: 2 * P, demand: undefined });
  });
});
