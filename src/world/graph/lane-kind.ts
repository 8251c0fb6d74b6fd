import type { GraphLaneKind } from "../../contract/lane-graph.ts";
import type { MarkKind } from "../../contract/scene.ts";

const DRIVABLE = [
  ...["driving", "entry", "exit", "onRamp", "offRamp", "connectingRamp", "slipLane"],
  ...["mwyEntry", "mwyExit", "bidirectional", "bus", "taxi", "HOV"],
];

const OTHERS: Readonly<Record<string, GraphLaneKind>> = {
  shoulder: "SHOULDER",
  stop: "SHOULDER",
  parking: "PARKING",
  sidewalk: "SIDEWALK",
  walking: "SIDEWALK",
  biking: "BIKING",
  median: "MEDIAN",
  border: "BORDER",
  curb: "BORDER",
};

/** What OpenDRIVE's lane type (1.4–1.7) means here. */
export const laneKind = (type: string): GraphLaneKind =>
  DRIVABLE.includes(type) ? "DRIVING" : Object.hasOwn(OTHERS, type) ? OTHERS[type]! : "OTHER";

/**
 * What a driver sees of an OpenDRIVE road mark from its inner side or, of two strokes that differ, the
 * outer one ("solid broken" is written from the inside to the outside).
 */
export function markKind(type: string, side: "INNER" | "OUTER"): MarkKind {
  const strokes = type.split(/\s+/).filter((stroke) => stroke in STROKES);
  if (strokes.length === 0) return "NONE";
  const nearer = STROKES[(side === "INNER" ? strokes[0] : strokes.at(-1)) as keyof typeof STROKES];
  return strokes.length > 1 && nearer === "SOLID" ? "DOUBLE" : nearer;
}

const STROKES = { solid: "SOLID", broken: "DASHED", botts: "DASHED", edge: "SOLID" } as const;
