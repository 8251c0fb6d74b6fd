import { afterEach, describe, expect, test } from "vitest";
import { aTickObservation } from "./fakes.cases.ts";
import { LiveBench, shifted } from "./live.cases.ts";

let bench: LiveBench;
afterEach(() => bench.end());

const gapsMs = () => bench.begun.slice(1).map((tick, i) => tick.atMs - bench.begun[i]!.atMs);

describe("pace", () => {
  test("each observation is decided once, when it comes", async () => {
    bench = new LiveBench();
    bench.sendAll(0, 30);
    await bench.clock.runTo(2990);
    expect(bench.begun.map((tick) => tick.observation.id)).toEqual([...Array(30).keys()]);
    expect(new Set(bench.modes)).toEqual(new Set(["NORMAL"]));
    expect(bench.begun.at(-1)!.atMs).toBe(2930);
  });

  test("a missing observation gives a decision of the safety layer, never a gap", async () => {
    bench = new LiveBench();
    bench.sendAll(0, 30, [10, 17, 18]);
    await bench.clock.runTo(2990);
    expect(bench.begun).toHaveLength(30);
    expect(Math.max(...gapsMs())).toBeLessThanOrEqual(125);
    const { decision } = bench.begun[10]!;
    expect(decision.mode).toBe("CAUTION");
    expect(decision.faults.map(({ code }) => code)).toContain("OBSERVATION_MISSING");
    expect(decision.accelLimitMps2).toBeLessThanOrEqual(0);
    expect(bench.modes.at(-1)).toBe("NORMAL");
  });

  test("faster observations give at most 12 decisions a second, the latest ones", async () => {
    bench = new LiveBench();
    for (let i = 0; i < 60; i++) {
      const observation = shifted(aTickObservation(0), i * 50_000);
      bench.send(0, { counter: i, lateMs: i * 50, change: { ...observation, id: i } });
    }
    await bench.clock.runTo(3000);
    expect(bench.begun.length).toBeGreaterThan(29);
    expect(bench.begun.length).toBeLessThanOrEqual(36);
    expect(bench.inbox.counts.superseded).toBeGreaterThan(20);
  });

  test("before the first observation every decision is to stop, and nothing latches", async () => {
    bench = new LiveBench();
    bench.sendAll(50, 60);
    await bench.clock.runTo(5990);
    const before = bench.ticks.filter((tick) => !tick.begun);
    expect(before.length).toBeGreaterThan(48);
    expect(new Set(before.map((tick) => tick.decision.mode))).toEqual(new Set(["EMERGENCY_STOP"]));
    expect(bench.modes).toEqual(Array(10).fill("NORMAL"));
  });

  test("the end is a minimal-risk decision", async () => {
    bench = new LiveBench();
    bench.sendAll(0, 10);
    await bench.clock.runTo(995);
    await bench.end();
    const { decision } = bench.ticks.at(-1)!;
    expect(decision.mode).toBe("EMERGENCY_STOP");
    expect(decision.faults.map(({ code }) => code)).toEqual(expect.arrayContaining(["SHUTDOWN"]));
    expect(decision.id).toBe(bench.ticks.at(-2)!.decision.id + 1);
  });
});

describe("what comes in badly", () => {
  test("duplicate and out-of-order messages are left out and counted, and change nothing", async () => {
    bench = new LiveBench();
    bench.sendAll(0, 40, [15]);
    for (const i of [5, 6, 7]) bench.send(i, { lateMs: 1 });
    bench.send(15, { lateMs: 150 });
    await bench.clock.runTo(3990);
    expect(bench.begun).toHaveLength(40);
    expect(bench.inbox.counts.refused).toEqual({ MESSAGE_REPEATED: 4 });
    expect(bench.inbox.counts.lost).toBe(1);
    expect(bench.faults()).toContain("MESSAGE_REPEATED");
    expect(bench.modes.slice(0, 15)).toEqual(Array(15).fill("NORMAL"));
    expect(bench.modes.at(-1)).toBe("NORMAL");
  });

  test("an observation that comes after its tick is late, also when none has passed it", async () => {
    bench = new LiveBench();
    bench.sendAll(0, 20, [10]);
    bench.send(10, { lateMs: 60 });
    await bench.clock.runTo(1990);
    expect(bench.inbox.counts.refused).toEqual({ OBSERVATION_LATE: 1 });
    expect(bench.begun).toHaveLength(20);
  });

  test("a LiDAR that dies and comes back: comfort stop, then normal, without a hand", async () => {
    bench = new LiveBench();
    for (let i = 0; i < 40; i++) bench.send(i, i >= 10 && i < 17 ? { change: { sweeps: [] } } : {});
    await bench.clock.runTo(3990);
    expect(bench.modes.slice(10, 13)).toEqual(Array(3).fill("CAUTION"));
    expect(bench.modes.slice(14, 17)).toEqual(Array(3).fill("COMFORT_STOP"));
    expect(bench.modes.slice(24)).toEqual(Array(16).fill("NORMAL"));
  });

  test("a LiDAR that its sender no longer names is still missed", async () => {
    bench = new LiveBench();
    for (let i = 0; i < 20; i++)
      bench.send(i, i < 10 ? {} : { change: { sweeps: [], expectedLidars: [] } });
    await bench.clock.runTo(1990);
    expect(bench.modes.at(12)).toBe("CAUTION");
    expect(bench.modes.at(-1)).toBe("COMFORT_STOP");
  });

  test("a hole of 30 s: decisions all through, the ladder down to a latched stop", async () => {
    bench = new LiveBench();
    bench.sendAll(0, 10);
    for (let i = 310; i < 330; i++) bench.send(i, { counter: i - 300 });
    await bench.clock.runTo(32_990);
    expect(bench.begun.length).toBeGreaterThanOrEqual(329);
    expect(bench.begun.length).toBeLessThanOrEqual(331);
    expect(Math.max(...gapsMs())).toBeLessThanOrEqual(126);
    expect(bench.modes[11]).toBe("CAUTION");
    expect(bench.modes[15]).toBe("COMFORT_STOP");
    expect(bench.modes[25]).toBe("EMERGENCY_STOP");
    expect(["EMERGENCY_STOP", "HOLD"]).toContain(bench.modes.at(-1));
  });
});

describe("clocks", () => {
  const SECOND_US = 1_000_000;
  const HOUR_US = 3600 * SECOND_US;

  test.each([SECOND_US, -SECOND_US, HOUR_US, -HOUR_US])(
    "all clocks jump by %d µs: a coded fault, caution, and back to normal",
    async (jumpUs) => {
      bench = new LiveBench();
      for (let i = 0; i < 40; i++)
        bench.send(i, i < 20 ? {} : { change: shifted(aTickObservation(i), jumpUs) });
      bench.clock.at(1990, () => bench.clock.setWall(jumpUs));
      await bench.clock.runTo(3990);
      expect(bench.begun).toHaveLength(40);
      expect(bench.faults(2000, 2100)).toContain("CLOCK_JUMP");
      expect(bench.modes[20]).toBe("CAUTION");
      expect(bench.modes.slice(27)).toEqual(Array(13).fill("NORMAL"));
      expect(Math.max(...gapsMs())).toBeLessThanOrEqual(125);
    },
  );

  test.each([
    [SECOND_US, "OBSERVATION_LATE"],
    [-SECOND_US, "STAMP_IN_FUTURE"],
    [HOUR_US, "OBSERVATION_LATE"],
    [-HOUR_US, "STAMP_IN_FUTURE"],
  ])("our clock alone jumps by %d µs for half a second: %s, and back", async (jumpUs, code) => {
    bench = new LiveBench();
    bench.sendAll(0, 50);
    bench.clock.at(1990, () => bench.clock.setWall(jumpUs));
    bench.clock.at(2490, () => bench.clock.setWall(0));
    await bench.clock.runTo(4990);
    expect(bench.begun).toHaveLength(50);
    expect(bench.faults(2000, 2600)).toContain("CLOCK_JUMP");
    expect(bench.inbox.counts.refused).toEqual({ [code]: 5 });
    expect(bench.modes.slice(20, 25)).not.toContain("NORMAL");
    // A second more on the clock is a second more of absence: the strict side.
    expect(bench.modes.at(-1)).toBe(jumpUs === SECOND_US ? "EMERGENCY_STOP" : "NORMAL");
  });

  test("two clocks that stay apart end in a stop, not in stale data", async () => {
    bench = new LiveBench();
    bench.sendAll(0, 40);
    bench.clock.at(990, () => bench.clock.setWall(SECOND_US));
    await bench.clock.runTo(3990);
    expect(bench.begun).toHaveLength(40);
    expect(bench.modes.at(-1)).toBe("EMERGENCY_STOP");
  });
});

describe("S23 after the watchdog has decided", () => {
  test.each([
    [false, "WATCHDOG_STOP", "COMFORT_STOP", "NORMAL"],
    [true, "WATCHDOG_MRM", "EMERGENCY_STOP", "EMERGENCY_STOP"],
  ])("mrm %s: %s, %s, then %s", async (mrm, ...rest) => {
    const [code, mode, later] = rest;
    bench = new LiveBench();
    bench.sendAll(0, 30);
    bench.clock.at(1500, () => {
      bench.alarm = { number: 1, mrm };
    });
    await bench.clock.runTo(2990);
    const back = bench.begun[15]!;
    expect(back.decision.faults.map((fault) => fault.code)).toEqual([code]);
    expect(back.decision.mode).toBe(mode);
    expect(back.alarmSeen).toBe(1);
    expect(bench.begun[14]!.alarmSeen).toBe(0);
    expect(bench.modes.at(-1)).toBe(later);
  });

  test("lag of the event loop beyond 100 ms is caution", async () => {
    bench = new LiveBench();
    bench.sendAll(0, 20);
    bench.clock.at(1000, () => {
      bench.lagMs = 101;
    });
    await bench.clock.runTo(1990);
    expect(bench.begun[10]!.decision.faults.map(({ code }) => code)).toEqual(["LOOP_LAG"]);
    expect(bench.modes[10]).toBe("CAUTION");
    expect(bench.modes.at(-1)).toBe("NORMAL");
  });

  test("deciding that takes more than 200 ms is told by the next decision", async () => {
    let slow = false;
    bench = new LiveBench({
      obstacles: {
        update: async ({ stampUs }) => {
          if (slow) await bench.clock.sleep(250);
          slow = false;
          return aField(stampUs);
        },
        reset: () => undefined,
      },
    });
    bench.sendAll(0, 30);
    bench.clock.at(1000, () => {
      slow = true;
    });
    await bench.clock.runTo(2990);
    expect(bench.begun[11]!.decision.faults.map(({ code }) => code)).toContain("INFERENCE_SLOW");
    expect(bench.modes.at(-1)).toBe("NORMAL");
  });
});

const aField = (stampUs: number) => ({
  stampUs,
  obstacles: [],
  untrackedXyz: new Float32Array(0),
  freeSightM: new Float32Array(360).fill(80),
  carried: false,
});
