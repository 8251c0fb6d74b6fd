import type { CastBox } from "../src/obstacles/testing/ray-caster.ts";

/** What a box is to the measurement; `scenery` may be found or not, `air` and `overhead` may not. */
export type Kind =
  | "car"
  | "dark car"
  | "truck"
  | "pedestrian"
  | "cyclist"
  | "low object"
  | "scenery"
  | "overhead"
  | "air";
export type SceneBox = CastBox & { readonly kind: Kind };

export type SyntheticScene = {
  readonly name: string;
  readonly egoMps: number;
  readonly groundM?: (x: number, y: number) => number;
  readonly boxes?: readonly SceneBox[];
  readonly rainRatio?: number;
  readonly dropoutRatio?: number;
  readonly mirrorRatio?: number;
  /** Ticks without a sweep. */
  readonly missing?: readonly number[];
};

const car = (xM: number, yM: number, more: Partial<SceneBox> = {}): SceneBox => ({
  ...{ kind: "car", xM, yM, lengthM: 4.5, widthM: 1.8, heightM: 1.5 },
  ...more,
});
const walker = (xM: number, yM: number, more: Partial<SceneBox> = {}): SceneBox => ({
  ...{ kind: "pedestrian", xM, yM, lengthM: 0.35, widthM: 0.5, heightM: 1.72 },
  ...more,
});
const cyclist = (xM: number, yM: number, more: Partial<SceneBox> = {}): SceneBox => ({
  ...{ kind: "cyclist", xM, yM, lengthM: 1.7, widthM: 0.5, heightM: 1.7 },
  ...more,
});
const low = (xM: number, yM: number, heightM: number): SceneBox => ({
  ...{ kind: "low object", xM, yM, lengthM: 0.4, widthM: 0.5, heightM },
});
const block = (
  kind: Kind,
  at: readonly [number, number, number],
  size: readonly [number, number, number],
  more: Partial<SceneBox> = {},
): SceneBox => ({
  ...{ kind, xM: at[0], yM: at[1], baseM: at[2] },
  ...{ lengthM: size[0], widthM: size[1], heightM: size[2] },
  ...more,
});

/** Height of a road whose slope goes linearly from `from` to `to` between x0 and x1. */
const bend = (from: number, to: number, x0: number, x1: number) => (x: number) => {
  const change = (to - from) / (x1 - x0);
  const t = Math.max(0, Math.min(x1, x) - x0);
  return from * Math.min(x, x0) + from * t + (change * t * t) / 2 + to * Math.max(0, x - x1);
};
const kerbed = (heightM: number, halfWidthM: number) => (_: number, y: number) =>
  Math.abs(y) > halfWidthM ? heightM : 0;
const bump = (x0: number, lengthM: number, heightM: number) => (x: number) =>
  x > x0 && x < x0 + lengthM ? heightM * Math.sin((Math.PI * (x - x0)) / lengthM) : 0;

const traffic: readonly SceneBox[] = [car(22, 0, { vxMps: 9 }), car(55, 3.5, { vxMps: -8 })];
const parked = [8, 15, 22, 36, 43, 50].map((x) => car(x, -5));

const street: readonly SceneBox[] = [
  ...traffic,
  ...parked,
  walker(29, -4.6),
  walker(26, 7.2, { vxMps: -1.3 }),
  walker(32, -7.5, { vyMps: 1.4 }),
  cyclist(17, 2.6, { vxMps: 5 }),
  block("scenery", [30, 8.5, 0], [70, 1, 4]),
  block("scenery", [30, -9.5, 0], [70, 1, 4]),
];
const few: readonly SceneBox[] = [...traffic, walker(24, -3.2), cyclist(30, 3)];
const hedge = (y: number) => block("scenery", [30, y, 0.1], [60, 1, 1.6], { hitsPerM: 3 });
const branches = [9, 16, 21, 28, 34, 41].map((x, i) =>
  block("overhead", [x, -3 + (i % 3), 2.9 - 0.2 * (i % 3)], [2.5, 3.4, 2], { hitsPerM: 0.5 }),
);

/** Scenes of 2 s at 10 Hz; nothing in them was taken from a recording. */
export const SCENES: readonly SyntheticScene[] = [
  { name: "street", egoMps: 8, groundM: kerbed(0.15, 6.5), boxes: street },
  { name: "climb of 12 % from 15 m", egoMps: 8, groundM: bend(0, 0.12, 12, 20), boxes: few },
  { name: "descent of 12 % from 15 m", egoMps: 8, groundM: bend(0, -0.12, 12, 20), boxes: few },
  { name: "crest, +10 % to −10 %", egoMps: 8, groundM: bend(0.1, -0.1, 20, 45), boxes: few },
  { name: "sharp crest, +12 % to −6 %", egoMps: 5, groundM: bend(0.12, -0.06, 20, 28), boxes: few },
  { name: "dip, −10 % to +10 %", egoMps: 8, groundM: bend(-0.1, 0.1, 20, 40), boxes: few },
  { name: "ramp of 12 %, no rounding", egoMps: 4, groundM: bend(0, 0.12, 13, 13.5), boxes: few },
  { name: "banked by 8 %", egoMps: 8, groundM: (_, y) => 0.08 * y, boxes: few },
  {
    name: "banked by 6 % on a climb of 8 %",
    egoMps: 8,
    groundM: (x, y) => 0.06 * y + bend(0, 0.08, 10, 25)(x),
    boxes: few,
  },
  ...[0.08, 0.15, 0.25].map((h) => ({
    name: `kerbs of ${h} m at 2.2 m`,
    egoMps: 6,
    groundM: kerbed(h, 2.2),
    boxes: [car(24, 0, { vxMps: 6 }), walker(22, -3)],
  })),
  {
    name: "speed bumps",
    egoMps: 5,
    groundM: (x: number) => bump(14, 0.8, 0.09)(x) + bump(26, 3.6, 0.1)(x),
    boxes: [walker(24, 2.8)],
  },
  { name: "rain on every 50th ray", egoMps: 8, rainRatio: 0.02, dropoutRatio: 0.2, boxes: street },
  { name: "70 % of points missing", egoMps: 8, dropoutRatio: 0.7, boxes: street },
  { name: "90 % of points missing", egoMps: 8, dropoutRatio: 0.9, boxes: street },
  {
    name: "hedges, overhanging branches",
    egoMps: 8,
    boxes: [...few, hedge(5), hedge(-4), ...branches],
  },
  {
    name: "bridge in a dip, wires",
    egoMps: 8,
    groundM: bend(-0.06, 0.06, 18, 32),
    boxes: [
      ...few,
      block("overhead", [34, 0, 4.5], [12, 30, 1]),
      ...[12, 20, 50].map((x) => block("overhead", [x, 0, 5.2], [0.05, 40, 0.05])),
    ],
  },
  {
    name: "exhaust behind a queue, spray",
    egoMps: 2,
    boxes: [
      car(15, 0, { vxMps: 2 }),
      block("air", [11.8, -0.3, 0.1], [1.8, 1.2, 1.1], { hitsPerM: 0.25, vxMps: 2 }),
      car(24, 3.5, { vxMps: 14 }),
      block("air", [19, 3.5, 0], [4, 2, 1.2], { hitsPerM: 0.15, vxMps: 14 }),
    ],
  },
  { name: "mirror images in a wet road", egoMps: 8, mirrorRatio: 0.03, boxes: street },
  {
    name: "trailers",
    egoMps: 6,
    boxes: [
      block("truck", [17, 0, 0], [0.4, 2, 0.9], { vxMps: 6 }),
      block("truck", [22, 0, 0.9], [11, 2.4, 0.25], { vxMps: 6 }),
      block("truck", [29.4, 0, 0.4], [2.4, 2.4, 2.6], { vxMps: 6 }),
      block("truck", [24, 3.6, 0.5], [3.5, 1.8, 1.4], { vxMps: 3 }),
      block("truck", [28.5, 3.6, 0.3], [4.2, 1.8, 1.3], { vxMps: 3 }),
    ],
  },
  {
    name: "dark cars",
    egoMps: 7,
    boxes: [
      car(20, 0, { vxMps: 7, returnRatio: 0.06, kind: "dark car" }),
      car(26, -3.6, { returnRatio: 0.06, kind: "dark car" }),
      car(38, 3.6, { vxMps: -6, returnRatio: 0.1, kind: "dark car" }),
    ],
  },
  {
    name: "low objects",
    egoMps: 6,
    boxes: [low(21, 0.3, 0.3), low(26, -1.6, 0.45), low(33, 0, 0.6)],
  },
  {
    name: "people out from between parked cars",
    egoMps: 5,
    boxes: [
      ...parked.map((c) => ({ ...c, yM: -3.2 })),
      walker(18.6, -5.2, { vyMps: 1.5 }),
      walker(29, -5, { vyMps: 1.1 }),
      walker(12.6, 4, { vyMps: -1.2 }),
    ],
  },
  ...[1, 3, 8].map((count) => ({
    name: `${count} sweeps missing`,
    egoMps: 8,
    missing: Array.from({ length: count }, (_, i) => i + 6),
    boxes: [
      car(24, 0, { vxMps: 9, axMps2: -2.5 }),
      walker(26, -3.4, { vyMps: 1.2 }),
      cyclist(22, 3, { vxMps: 5 }),
    ],
  })),
];
