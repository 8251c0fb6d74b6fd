import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type StreamSpec, Synchronizer, type Tick } from "./synchronizer.ts";

const MS = 1000;
const T0 = 1_000_000_000;
const LIDAR: StreamSpec = { name: "lidar", kind: "lidar", periodUs: 100 * MS };
const CAM: StreamSpec = { name: "cam", kind: "camera", periodUs: 100 * MS };
type Event = readonly [name: string, ms: number];

/** Offers [stream, ms] in the given order; an item is its own "stream@ms". */
function run(events: readonly Event[], streams: readonly StreamSpec[] = [LIDAR, CAM]) {
  const sync = new Synchronizer<string>(streams, 100 * MS);
  const ticks: Tick<string>[] = [];
  for (const [name, ms] of events) ticks.push(...sync.offer(name, T0 + ms * MS, `${name}@${ms}`));
  ticks.push(...sync.flush());
  return ticks.map((t) => ({
    ms: (t.stampUs - T0) / MS,
    items: t.items.map((i) => i.item),
    missing: t.missing.map((m) => m.stream.name),
    jumps: t.jumps.length,
  }));
}
const every = (name: string, fromMs: number, toMs: number, stepMs = 100): Event[] => {
  const events: Event[] = [];
  for (let ms = fromMs; ms <= toMs; ms += stepMs) events.push([name, ms]);
  return events;
};
const inOrder = (...lists: Event[][]): Event[] => lists.flat().sort((a, b) => a[1] - b[1]);

describe("Synchronizer", () => {
  test("ticks at each sweep and takes the newest picture up to it", () => {
    const ticks = run(inOrder(every("lidar", 0, 300), every("cam", -50, 250)));
    expect(ticks.map((t) => t.ms)).toEqual([0, 100, 200, 300]);
    expect(ticks.map((t) => t.items)).toEqual(
      [0, 100, 200, 300].map((ms) => [`lidar@${ms}`, `cam@${ms - 50}`]),
    );
  });

  test("ticks at the nominal time where a sweep is missing, and says so", () => {
    const lidar = every("lidar", 0, 600).filter(([, ms]) => ![200, 300].includes(ms));
    const ticks = run(inOrder(lidar, every("cam", -50, 550)));
    expect(ticks.map((t) => t.ms)).toEqual([0, 100, 200, 300, 400, 500, 600]);
    expect(ticks.filter((t) => t.missing.includes("lidar")).map((t) => t.ms)).toEqual([200, 300]);
    expect(ticks.every((t) => t.items.some((i) => i.startsWith("cam")))).toBe(true);
  });

  test("follows the drift of the LiDAR clock", () => {
    const drifting = Array.from({ length: 50 }, (_, i): Event => ["lidar", i * 101]);
    const ticks = run(drifting, [LIDAR]);
    expect(ticks.map((t) => t.ms)).toEqual(drifting.map(([, ms]) => ms));
  });

  test("a picture just after the tick serves where none before it is left", () => {
    const ticks = run(inOrder(every("lidar", 0, 200), every("cam", 21, 221)));
    expect(ticks.map((t) => t.items[1])).toEqual(["cam@21", "cam@121", "cam@221"]);
  });

  test("a picture a full period old serves, older ones do not", () => {
    const old = run(inOrder(every("lidar", 0, 200), every("cam", -99, 101)));
    expect(old.map((t) => t.items[1])).toEqual(["cam@-99", "cam@1", "cam@101"]);
    const stale = run(inOrder(every("lidar", 0, 300), [["cam", -10]]));
    expect(stale.map((t) => t.missing)).toEqual([[], ["cam"], ["cam"], ["cam"]]);
  });

  test("no picture serves two ticks, but one of a slower camera does", () => {
    const slow: StreamSpec = { name: "cam", kind: "camera", periodUs: 300 * MS };
    const events = inOrder(every("lidar", 0, 600), every("cam", -10, 590, 300));
    const ticks = run(events, [LIDAR, slow]);
    const used = ["cam@-10", "cam@-10", "cam@-10", "cam@290", "cam@290", "cam@290", "cam@590"];
    expect(ticks.map((t) => t.items[1])).toEqual(used);
    const normal = run(
      inOrder(every("lidar", 0, 200), [
        ["cam", -10],
        ["cam", 190],
      ]),
    );
    expect(normal.map((t) => t.missing)).toEqual([[], ["cam"], []]);
  });

  test("of a faster camera it takes the newest", () => {
    const fast: StreamSpec = { name: "cam", kind: "camera", periodUs: 33 * MS };
    const ticks = run(inOrder(every("lidar", 0, 200), every("cam", -95, 205, 30)), [LIDAR, fast]);
    expect(ticks.map((t) => t.items[1])).toEqual(["cam@-5", "cam@85", "cam@175"]);
  });

  test("ticks for cameras before the first and after the last sweep", () => {
    const ticks = run(inOrder(every("lidar", 500, 700), every("cam", -10, 1190)));
    const before = [90, 190, 290, 390];
    const after = [800, 900, 1000, 1100, 1200];
    expect(ticks.map((t) => t.ms)).toEqual([...before, 500, 600, 700, ...after]);
    const missing = ticks.filter((t) => t.missing.includes("lidar"));
    expect(missing.map((t) => t.ms)).toEqual([...before, ...after]);
    expect(ticks.every((t) => !t.missing.includes("cam"))).toBe(true);
  });

  test("ticks where the lead never comes", () => {
    const ticks = run(every("cam", 0, 500));
    expect(ticks.length).toBeGreaterThanOrEqual(5);
    expect(ticks.every((t) => t.missing.includes("lidar"))).toBe(true);
  });

  test("the first camera leads where there is no LiDAR", () => {
    const other: StreamSpec = { ...CAM, name: "other" };
    const ticks = run(inOrder(every("cam", 3, 303), every("other", -20, 280)), [CAM, other]);
    expect(ticks.map((t) => t.ms)).toEqual([3, 103, 203, 303]);
  });

  test("what is recorded up to a period late still finds its tick", () => {
    const events: Event[] = [];
    for (let ms = 0; ms <= 500; ms += 100) events.push(["lidar", ms], ["cam", ms - 90]);
    const ticks = run(events);
    expect(ticks.every((t) => t.items.length === 2)).toBe(true);
  });

  test("a lone stamp far ahead or behind is left out and said; ticks go on", () => {
    const events = inOrder(every("lidar", 0, 500), every("cam", -50, 450));
    events.splice(6, 0, ["lidar", 9e6]);
    events.splice(9, 0, ["cam", -9e6]);
    const ticks = run(events);
    expect(ticks.map((t) => t.ms)).toEqual([0, 100, 200, 300, 400, 500]);
    expect(ticks.reduce((n, t) => n + t.jumps, 0)).toBe(2);
  });

  test("when all stamps jump ahead it begins anew without filling the hole with ticks", () => {
    const later = (list: Event[]) => list.map(([n, ms]): Event => [n, ms + 3_600_000]);
    const drive = inOrder(every("lidar", 0, 300), every("cam", -50, 250));
    const ticks = run([...drive, ...later(drive)]);
    expect(ticks.map((t) => t.ms)).toEqual(
      [0, 100, 200, 300]
        .flatMap((ms) => [ms])
        .concat([0, 100, 200, 300].map((ms) => ms + 3_600_000)),
    );
    expect(ticks[4]!.jumps).toBe(1);
  });

  test("whatever is missing, ticks have no gap and every item is used at most once", () => {
    const lists = fc.tuple(
      fc.subarray(
        Array.from({ length: 40 }, (_, i) => i),
        { minLength: 1 },
      ),
      fc.subarray(Array.from({ length: 40 }, (_, i) => i)),
      fc.integer({ min: -90, max: 20 }),
      fc.array(fc.integer({ min: -20, max: 20 }), { minLength: 40, maxLength: 40 }),
    );
    fc.assert(
      fc.property(lists, ([sweeps, pictures, offsetMs, noise]) => {
        const lidar = sweeps.map((i): Event => ["lidar", i * 100 + noise[i]!]);
        const cam = pictures.map((i): Event => ["cam", i * 100 + offsetMs]);
        const ticks = run(inOrder(lidar, cam));
        for (const [i, t] of ticks.slice(1).entries()) {
          const step = t.ms - ticks[i]!.ms;
          expect(step).toBeGreaterThan(50);
          expect(step).toBeLessThanOrEqual(150);
        }
        const used = ticks.flatMap((t) => t.items);
        expect(new Set(used).size).toBe(used.length);
      }),
    );
  });

  test("no stream at all is a bug of the caller", () => {
    expect(() => new Synchronizer([], 100)).toThrow(/at least one stream expected/);
    expect(() => run([["radar", 0]])).toThrow(/known stream expected, found radar/);
  });
});
