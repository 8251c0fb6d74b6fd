import { describe, expect, test } from "vitest";
import { MODES, type Mode } from "../contract/decision.ts";
import { ModeMachine } from "./mode-machine.ts";
import { type Demand, demand, rankOf, stricter } from "./rule.ts";

const ask = (mode: Mode, mrm = false): Demand => demand("S03", mode, 1, 2, "s", "test", mrm);
/** Steps a machine through modes asked for, one list per tick. */
const walk = (machine: ModeMachine, asks: readonly (readonly Demand[])[], standing = false) =>
  asks.map((demands) => machine.step(demands, standing));
const clean = (count: number): Demand[][] => Array.from({ length: count }, () => []);

describe("demands", () => {
  test("a number that is not finite is held finite, so that a hit can be sealed", () => {
    expect(demand("S13", "NORMAL", Number.POSITIVE_INFINITY, 1, "s", "").hit.value).toBe(1e12);
    expect(demand("S13", "NORMAL", 1, Number.NEGATIVE_INFINITY, "s", "").hit.limit).toBe(-1e12);
    expect(demand("S13", "NORMAL", Number.NaN, 1, "s", "").hit.value).toBe(0);
  });

  test("the stricter of two modes wins from either side", () => {
    for (const [i, a] of MODES.entries())
      for (const [j, b] of MODES.entries()) expect(stricter(a, b)).toBe(MODES[Math.max(i, j)]);
  });
});

describe("the lattice", () => {
  test("starts NORMAL and stays there without demands", () => {
    expect(walk(new ModeMachine(), clean(3))).toEqual(["NORMAL", "NORMAL", "NORMAL"]);
  });

  test("goes down at once to the strictest demand of the tick", () => {
    const m = new ModeMachine();
    expect(m.step([ask("CAUTION"), ask("COMFORT_STOP"), ask("NORMAL")], false)).toBe(
      "COMFORT_STOP",
    );
  });

  test.each(["CAUTION", "COMFORT_STOP"] as const)("%s clears after 5 clean ticks", (mode) => {
    const m = new ModeMachine();
    expect(walk(m, [[ask(mode)], ...clean(6)])).toEqual([
      ...new Array<Mode>(6).fill(mode),
      "NORMAL",
    ]);
  });

  test("a demand in between starts the five ticks again", () => {
    const m = new ModeMachine();
    const modes = walk(m, [[ask("CAUTION")], ...clean(4), [ask("CAUTION")], ...clean(6)]);
    expect(modes.slice(0, 11)).toEqual(new Array<Mode>(11).fill("CAUTION"));
    expect(modes[11]).toBe("NORMAL");
  });

  test("COMFORT_STOP falls back to CAUTION while CAUTION is still asked for", () => {
    const m = new ModeMachine();
    const modes = walk(m, [[ask("COMFORT_STOP")], ...new Array(6).fill([ask("CAUTION")])]);
    expect(modes).toEqual([...new Array<Mode>(6).fill("COMFORT_STOP"), "CAUTION"]);
  });

  test("an emergency brake for a threat ends with the threat and leaves COMFORT_STOP behind", () => {
    const m = new ModeMachine();
    const modes = walk(m, [[ask("EMERGENCY_STOP")], ...clean(6)]);
    expect(modes).toEqual(["EMERGENCY_STOP", ...new Array<Mode>(5).fill("COMFORT_STOP"), "NORMAL"]);
    expect(m.latched).toBe(false);
  });

  test("a minimal-risk maneuver latches and becomes HOLD at standstill, for good", () => {
    const m = new ModeMachine();
    expect(m.step([ask("EMERGENCY_STOP", true)], false)).toBe("EMERGENCY_STOP");
    expect(walk(m, clean(20)).every((mode) => mode === "EMERGENCY_STOP")).toBe(true);
    expect(m.held).toBe(false);
    expect(m.step([], true)).toBe("HOLD");
    expect(m.held).toBe(true);
    expect(walk(m, clean(20), false).every((mode) => mode === "HOLD")).toBe(true);
  });

  test("standing without a minimal-risk maneuver is no HOLD", () => {
    const m = new ModeMachine();
    expect(walk(m, [[], [ask("COMFORT_STOP")], [ask("EMERGENCY_STOP")]], true)).toEqual([
      "NORMAL",
      "COMFORT_STOP",
      "EMERGENCY_STOP",
    ]);
  });

  test("a latch from outside acts on the next tick", () => {
    const m = new ModeMachine();
    m.latch();
    expect(m.latched).toBe(true);
    expect(m.step([], false)).toBe("EMERGENCY_STOP");
  });

  test("counts clean ticks up to five", () => {
    const m = new ModeMachine();
    m.step([ask("CAUTION")], false);
    expect(m.cleanTicks).toBe(0);
    const counts = clean(7).map((none) => {
      m.step(none, false);
      return m.cleanTicks;
    });
    expect(counts).toEqual([1, 2, 3, 4, 5, 5, 5]);
  });
});

describe("exhaustive walk: every sequence of 7 demands over 5 kinds", () => {
  const kinds: readonly (readonly Demand[])[] = [
    [],
    [ask("CAUTION")],
    [ask("COMFORT_STOP")],
    [ask("EMERGENCY_STOP")],
    [ask("EMERGENCY_STOP", true)],
  ];
  const asked = [0, 1, 2, 3, 3];

  test("is never freer than asked, remembers exactly five ticks, and never leaves a latch", () => {
    const length = 7;
    const total = kinds.length ** length;
    for (let code = 0; code < total; code++) {
      const m = new ModeMachine();
      let rest = code;
      let latched = false;
      const past: number[] = [];
      for (let i = 0; i < length; i++) {
        const kind = rest % kinds.length;
        rest = Math.floor(rest / kinds.length);
        const rank = rankOf(m.step(kinds[kind]!, false));
        latched ||= kind === 4;
        const window = past.slice(-5).map((r) => Math.min(r, 2));
        const expected: number = latched ? 3 : Math.max(asked[kind]!, ...window);
        if (rank !== expected) expect.fail(`sequence ${code} tick ${i}: ${rank} for ${expected}`);
        past.push(asked[kind]!);
      }
    }
    expect(total).toBe(78_125);
  });
});
