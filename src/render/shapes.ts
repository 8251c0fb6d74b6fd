import type { DetectedObject, SceneBlock } from "../contract/scene.ts";
import { hash01 } from "./rng.ts";

export type Look =
  | "PAINT"
  | "CARGO"
  | "CABIN"
  | "CLOTH"
  | "SKIN"
  | "DARK"
  | "FACADE"
  | "BARK"
  | "METAL"
  | "CONE"
  | "STRIPES"
  | "SIGN"
  | "CONCRETE";

export type Rgb = readonly [number, number, number];

/**
 * An upright solid in the frame of its body (x forward, y left, z up), m. The bottom is the
 * rectangle x0…x1 × y0…y1; the top is drawn in by topFront, topBack and topSide.
 */
export type Solid = {
  readonly x0: number;
  readonly x1: number;
  readonly y0: number;
  readonly y1: number;
  readonly z0: number;
  readonly z1: number;
  readonly topFront: number;
  readonly topBack: number;
  readonly topSide: number;
  readonly rgb: Rgb;
  readonly look: Look;
  /** Share of laser light that comes back, 0..1. */
  readonly reflectance: number;
};

const NO_TAPER = { topFront: 0, topBack: 0, topSide: 0 };
const SKIN: readonly Rgb[] = [
  [224, 180, 150],
  [198, 140, 105],
  [141, 92, 62],
  [88, 58, 42],
];
const DARK: Rgb = [28, 28, 30];

/** Solids of an object, in its own frame with the origin under its centre. */
export function objectSolids(o: DetectedObject): readonly Solid[] {
  switch (o.kind) {
    case "CAR":
      return carSolids(o);
    case "VAN":
      return vanSolids(o);
    case "TRUCK":
      return truckSolids(o);
    case "BUS":
      return busSolids(o);
    case "MOTORCYCLE":
    case "CYCLIST":
      return riderSolids(o);
    case "PEDESTRIAN":
      return walkerSolids(o);
    case "STATIC":
      return staticSolids(o);
  }
}

const paintReflectance = (o: DetectedObject) => 0.12 + 0.5 * hash01(o.id, 11) ** 1.5;

function carSolids(o: DetectedObject): Solid[] {
  const hl = o.lengthM / 2;
  const hw = o.widthM / 2;
  const style = hash01(o.id, 3);
  const belt = o.heightM * (0.52 + 0.1 * hash01(o.id, 4));
  // Hatchbacks and estates carry the cabin to the tail; saloons have a boot.
  const back = style < 0.4 ? -hl * 0.97 : style < 0.7 ? -hl * 0.8 : -hl * 0.62;
  const reflectance = paintReflectance(o);
  return [
    {
      ...{ x0: -hl, x1: hl, y0: -hw, y1: hw, z0: 0.2, z1: belt },
      ...{ topFront: 0.12, topBack: 0.06, topSide: 0.05 },
      ...{ rgb: o.rgb, look: "PAINT", reflectance },
    },
    {
      ...{ x0: back, x1: hl * 0.42, y0: -hw + 0.05, y1: hw - 0.05, z0: belt, z1: o.heightM },
      ...{ topFront: o.lengthM * 0.14, topBack: style < 0.4 ? 0.25 : 0.55, topSide: 0.16 },
      ...{ rgb: o.rgb, look: "CABIN", reflectance },
    },
  ];
}

function vanSolids(o: DetectedObject): Solid[] {
  const hl = o.lengthM / 2;
  const hw = o.widthM / 2;
  const belt = o.heightM * 0.5;
  const reflectance = paintReflectance(o);
  return [
    {
      ...{ x0: -hl, x1: hl, y0: -hw, y1: hw, z0: 0.25, z1: belt },
      ...{ topFront: 0.25, topBack: 0.02, topSide: 0.03 },
      ...{ rgb: o.rgb, look: "PAINT", reflectance },
    },
    {
      ...{ x0: -hl + 0.02, x1: hl - 0.45, y0: -hw + 0.03, y1: hw - 0.03, z0: belt, z1: o.heightM },
      ...{ topFront: 0.7, topBack: 0.08, topSide: 0.12 },
      ...{ rgb: o.rgb, look: "CABIN", reflectance },
    },
  ];
}

function truckSolids(o: DetectedObject): Solid[] {
  const hl = o.lengthM / 2;
  const hw = o.widthM / 2;
  const cabM = Math.min(2.3, o.lengthM * 0.32);
  const tone = 90 + 160 * hash01(o.id, 5);
  const box: Rgb =
    hash01(o.id, 6) < 0.6 ? [tone, tone, tone * 0.97] : [o.rgb[2], o.rgb[0], o.rgb[1]];
  const reflectance = paintReflectance(o);
  return [
    {
      ...{ x0: -hl, x1: hl - cabM - 0.25, y0: -hw, y1: hw, z0: 0.95, z1: o.heightM },
      ...{ ...NO_TAPER, rgb: box, look: "CARGO", reflectance: 0.2 + 0.4 * hash01(o.id, 7) },
    },
    {
      ...{ x0: -hl + 0.1, x1: hl - cabM, y0: -hw * 0.9, y1: hw * 0.9, z0: 0.45, z1: 0.95 },
      ...{ ...NO_TAPER, rgb: DARK, look: "DARK", reflectance: 0.1 },
    },
    {
      ...{ x0: hl - cabM, x1: hl, y0: -hw * 0.97, y1: hw * 0.97, z0: 0.35, z1: o.heightM * 0.46 },
      ...{ ...NO_TAPER, rgb: o.rgb, look: "PAINT", reflectance },
    },
    {
      ...{ x0: hl - cabM, x1: hl, y0: -hw * 0.97, y1: hw * 0.97 },
      ...{ z0: o.heightM * 0.46, z1: o.heightM * 0.85, topFront: 0.25, topBack: 0, topSide: 0.08 },
      ...{ rgb: o.rgb, look: "CABIN", reflectance },
    },
  ];
}

function busSolids(o: DetectedObject): Solid[] {
  const hl = o.lengthM / 2;
  const hw = o.widthM / 2;
  const belt = o.heightM * 0.4;
  const reflectance = paintReflectance(o);
  return [
    {
      ...{ x0: -hl, x1: hl, y0: -hw, y1: hw, z0: 0.3, z1: belt },
      ...{ ...NO_TAPER, rgb: o.rgb, look: "PAINT", reflectance },
    },
    {
      ...{ x0: -hl, x1: hl, y0: -hw, y1: hw, z0: belt, z1: o.heightM },
      ...{ topFront: 0.15, topBack: 0.05, topSide: 0.06 },
      ...{ rgb: o.rgb, look: "CABIN", reflectance },
    },
  ];
}

function riderSolids(o: DetectedObject): Solid[] {
  const hl = o.lengthM / 2;
  const h = o.heightM;
  const hw = Math.min(0.28, o.widthM / 2);
  const motor = o.kind === "MOTORCYCLE";
  const thick = motor ? 0.16 : 0.04;
  const frameRgb: Rgb = motor ? o.rgb : [70, 70, 74];
  const skin = SKIN[Math.floor(hash01(o.id, 8) * 4)]!;
  return [
    {
      ...{ x0: -hl, x1: hl, y0: -thick, y1: thick, z0: 0.28, z1: motor ? 0.85 : 0.7 },
      ...{ topFront: 0.3, topBack: 0.3, topSide: 0, rgb: frameRgb },
      ...{ look: "METAL", reflectance: 0.35 },
    },
    {
      ...{ x0: -0.2, x1: 0.15, y0: -hw * 0.7, y1: hw * 0.7, z0: 0.45, z1: h * 0.58 },
      ...{ ...NO_TAPER, rgb: [45, 48, 62], look: "CLOTH", reflectance: 0.25 },
    },
    {
      ...{ x0: -0.22, x1: 0.16, y0: -hw, y1: hw, z0: h * 0.58, z1: h * 0.87 },
      ...{ topFront: 0.05, topBack: 0.05, topSide: 0.05, rgb: o.rgb },
      ...{ look: "CLOTH", reflectance: 0.35 },
    },
    {
      ...{ x0: -0.06, x1: 0.16, y0: -0.11, y1: 0.11, z0: h * 0.87, z1: h },
      ...{ topFront: 0.03, topBack: 0.03, topSide: 0.03, rgb: motor ? DARK : skin },
      ...{ look: "SKIN", reflectance: 0.3 },
    },
  ];
}

function walkerSolids(o: DetectedObject): Solid[] {
  const h = o.heightM;
  const hw = Math.min(o.widthM / 2, h * 0.15);
  const depth = Math.min(o.lengthM / 2, h * 0.085);
  const stride = Math.abs(o.speedMps) > 0.2 ? h * 0.11 : 0.01;
  const skin = SKIN[Math.floor(hash01(o.id, 8) * 4)]!;
  const trousers: Rgb = [
    20 + 90 * hash01(o.id, 21),
    20 + 80 * hash01(o.id, 22),
    25 + 110 * hash01(o.id, 23),
  ];
  const leg = { topFront: 0, topBack: 0, topSide: 0, rgb: trousers, reflectance: 0.25 };
  return [
    {
      ...{ x0: stride - 0.08, x1: stride + 0.08, y0: 0.01, y1: hw * 0.75, z0: 0, z1: h * 0.47 },
      ...{ ...leg, look: "CLOTH" },
    },
    {
      ...{ x0: -stride - 0.08, x1: -stride + 0.08, y0: -hw * 0.75, y1: -0.01, z0: 0, z1: h * 0.47 },
      ...{ ...leg, look: "CLOTH" },
    },
    {
      ...{ x0: -depth, x1: depth, y0: -hw, y1: hw, z0: h * 0.45, z1: h * 0.84 },
      ...{ topFront: 0.02, topBack: 0.02, topSide: 0.04, rgb: o.rgb },
      ...{ look: "CLOTH", reflectance: 0.3 },
    },
    {
      ...{ x0: -0.09, x1: 0.11, y0: -0.09, y1: 0.09, z0: h * 0.86, z1: h },
      ...{ topFront: 0.03, topBack: 0.03, topSide: 0.03, rgb: skin },
      ...{ look: "SKIN", reflectance: 0.35 },
    },
  ];
}

function staticSolids(o: DetectedObject): Solid[] {
  const hl = o.lengthM / 2;
  const hw = o.widthM / 2;
  const base = { x0: -hl, x1: hl, y0: -hw, y1: hw, z0: 0, z1: o.heightM };
  if (hl <= 0.4 && hw <= 0.4 && o.heightM <= 1.2) {
    const taper = Math.min(hl, hw) * 0.8;
    return [
      {
        ...base,
        ...{ topFront: taper, topBack: taper, topSide: taper, rgb: [236, 92, 24] },
        ...{ look: "CONE", reflectance: 0.75 },
      },
    ];
  }
  const striped = hash01(o.id, 9) < 0.5 && o.heightM < 1.6;
  return [
    {
      ...{ ...base, ...NO_TAPER, rgb: o.rgb },
      ...{ look: striped ? "STRIPES" : "CONCRETE", reflectance: striped ? 0.7 : 0.35 },
    },
  ];
}

const BLOCK_REFLECTANCE = { BUILDING: 0.35, TREE: 0.25, BUSH: 0.35, POLE: 0.5 } as const;

/** Solid of a block (for a tree: its trunk; the crown is apart). */
export function blockSolid(b: SceneBlock): Solid {
  const hl = b.lengthM / 2;
  const hw = b.widthM / 2;
  const look: Look = b.kind === "BUILDING" ? "FACADE" : b.kind === "TREE" ? "BARK" : "METAL";
  const z1 = b.kind === "TREE" ? Math.max(1.5, b.heightM * 0.6) : b.heightM;
  return {
    ...{ x0: -hl, x1: hl, y0: -hw, y1: hw, z0: 0, z1, ...NO_TAPER, rgb: b.rgb, look },
    reflectance: BLOCK_REFLECTANCE[b.kind],
  };
}
