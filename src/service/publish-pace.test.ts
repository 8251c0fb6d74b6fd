import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Mode } from "../contract/decision.ts";
import { PublishPace } from "./publish-pace.ts";

const asks = (accelLimitMps2 = 1, mode: Mode = "NORMAL") => ({ mode, accelLimitMps2 });
/** Times at which equal decisions, one every `everyMs`, go out in 60 s. */
function sentAt(everyMs: number): number[] {
  const pace = new PublishPace();
  const times = Array.from({ length: Math.floor(60_000 / everyMs) }, (_, i) => i * everyMs);
  return times.filter((ms) => pace.admits(asks(), ms));
}

describe("S16 the rate of publishing", () => {
  test("the nominal rate and 1.2 times of it pass whole", () => {
    expect(sentAt(100)).toHaveLength(600);
    expect(sentAt(83.5)).toHaveLength(718);
  });

  test.each([1, 5, 20, 50, 80])("one every %d ms: 12 a second on average", (everyMs) => {
    const times = sentAt(everyMs);
    expect(times.length).toBeGreaterThan(700);
    expect(times.length).toBeLessThanOrEqual(722);
    const longest = Math.max(...times.slice(1).map((ms, i) => ms - times[i]!));
    expect(longest).toBeLessThanOrEqual(2 * 83.34);
  });

  test("one that took less time to decide than the one before is not too soon", () => {
    const pace = new PublishPace();
    const times = [0, 180, 200, 300, 470, 500, 600];
    expect(times.filter((ms) => pace.admits(asks(), ms))).toEqual(times);
  });

  test("a stricter mode and less acceleration go out at once, an equal or freer one does not", () => {
    const pace = new PublishPace();
    for (const ms of [0, 1, 2]) pace.admits(asks(), ms);
    expect(pace.admits(asks(1), 3)).toBe(false);
    expect(pace.admits(asks(2), 3)).toBe(false);
    expect(pace.admits(asks(0.9), 3)).toBe(true);
    expect(pace.admits(asks(0.9, "CAUTION"), 4)).toBe(true);
    expect(pace.admits(asks(0.9, "NORMAL"), 5)).toBe(false);
    expect(pace.admits(asks(-4, "EMERGENCY_STOP"), 6)).toBe(true);
    expect(pace.admits(asks(-4, "COMFORT_STOP"), 7)).toBe(false);
  });

  test("a burst of stricter ones does not silence the next for longer than two ticks", () => {
    const pace = new PublishPace();
    for (let ms = 0; ms < 500; ms++) expect(pace.admits(asks(-ms / 100), ms)).toBe(true);
    const free = Array.from({ length: 300 }, (_, i) => 500 + i).find((ms) =>
      pace.admits(asks(), ms),
    );
    expect(free! - 500).toBeLessThanOrEqual(84);
  });

  test("at no time more than 1.2 times the nominal rate, whatever comes when", () => {
    const gaps = fc.array(fc.integer({ min: 0, max: 250 }), { minLength: 1, maxLength: 200 });
    fc.assert(
      fc.property(gaps, (steps) => {
        const pace = new PublishPace();
        let ms = 0;
        const sent: number[] = [];
        for (const step of steps) {
          ms += step;
          if (pace.admits(asks(), ms)) sent.push(ms);
        }
        for (let first = 0; first < sent.length; first++)
          for (let last = first; last < sent.length; last++) {
            const most = (sent[last]! - sent[first]! + 100) / (100 / 1.2) + 1;
            expect(last - first + 1).toBeLessThanOrEqual(most + 1e-9);
          }
      }),
    );
  });
});
