import type { LaneGraph, Turn } from "../../contract/lane-graph.ts";
import { curve, GraphBuilder, type LaneParts, type Point } from "./graph-builder.ts";

const WIDTH_M = 3.5;

export type StraightOptions = {
  readonly laneCount: number;
  readonly lengthM?: number;
  readonly oncomingCount?: number;
  readonly speedLimitMps?: number;
};

/** Lanes along +x, lane 0 leftmost at y = 0; oncoming lanes to the left of it. */
export function straightGraph(options: StraightOptions): LaneGraph {
  const { laneCount, lengthM = 1000, oncomingCount = 0, speedLimitMps = 30 } = options;
  const b = new GraphBuilder();
  const half = lengthM / 2;
  const lanes = Array.from({ length: laneCount }, (_, i) => {
    const y = -i * WIDTH_M;
    const lane = [-half, half].map((x): Point => [x, y]);
    const first = b.lane([lane[0]!, [0, y]], { speedLimitMps });
    const second = b.lane([[0, y], lane[1]!], { speedLimitMps });
    b.link(first, second);
    return [first, second] as const;
  });
  for (let i = 1; i < laneCount; i++)
    for (const k of [0, 1] as const) b.beside(lanes[i - 1]![k], lanes[i]![k]);
  const against = Array.from({ length: oncomingCount }, (_, i) => {
    const y = (i + 1) * WIDTH_M;
    return b.lane(
      [
        [half, y],
        [-half, y],
      ],
      { speedLimitMps },
    );
  });
  for (let i = 1; i < oncomingCount; i++) b.beside(against[i - 1]!, against[i]!);
  return b.build(`straight-${laneCount}`);
}

/** A closed ring of `laneCount` lanes in eight pieces each; lane 0 (inner) first, driven leftwards. */
export function ringGraph(options: {
  readonly laneCount: number;
  readonly circumferenceM: number;
  readonly speedLimitMps: number;
}): LaneGraph {
  const { laneCount, circumferenceM, speedLimitMps } = options;
  const b = new GraphBuilder();
  const rings = Array.from({ length: laneCount }, (_, i) => {
    const radius = circumferenceM / (2 * Math.PI) + i * WIDTH_M;
    return Array.from({ length: 8 }, (_, k) => {
      const n = Math.ceil((radius * Math.PI) / 4);
      const points = Array.from({ length: n + 1 }, (_, j): Point => {
        const angle = ((k + j / n) * Math.PI) / 4;
        return [radius * Math.cos(angle), radius * Math.sin(angle)];
      });
      return b.lane(points, { speedLimitMps });
    });
  });
  for (const ring of rings) for (let k = 0; k < 8; k++) b.link(ring[k]!, ring[(k + 1) % 8]!);
  for (let i = 1; i < laneCount; i++)
    for (let k = 0; k < 8; k++) b.beside(rings[i - 1]![k]!, rings[i]![k]!);
  return b.build(`ring-${laneCount}`);
}

export type JunctionOptions = {
  /** What the drivers of the arms find: lights, stop signs all round, nothing, or a priority road along x. */
  readonly control: "LIGHTS" | "ALL_STOP" | "NOTHING" | "PRIORITY";
  /** Lanes per direction of each arm: 1 or 2. */
  readonly laneCount?: 1 | 2;
  readonly armM?: number;
  readonly speedLimitMps?: number;
  readonly crossings?: boolean;
};

const CORNER_M = 16;
/** The arms turn back this far beyond their ends: gently enough for trucks side by side. */
const TURN_BACK_M = 110;

/** Four arms along +x, +y, −x, −y that meet at the origin; every arm leads back into itself at its end. */
export function junctionGraph(options: JunctionOptions): LaneGraph {
  const { control, laneCount = 1, armM = 220, speedLimitMps = 13.9, crossings = false } = options;
  const b = new GraphBuilder();
  const arms = [0, 1, 2, 3].map((k) => {
    const yaw = (k * Math.PI) / 2;
    const u: Point = [Math.round(Math.cos(yaw)), Math.round(Math.sin(yaw))];
    const at = (alongM: number, leftM: number): Point => [
      u[0] * alongM - u[1] * leftM,
      u[1] * alongM + u[0] * leftM,
    ];
    const parts: LaneParts = { speedLimitMps };
    const inbound = Array.from({ length: laneCount }, (_, i) =>
      b.lane([at(CORNER_M + armM, (i + 0.5) * WIDTH_M), at(CORNER_M, (i + 0.5) * WIDTH_M)], parts),
    );
    const outbound = Array.from({ length: laneCount }, (_, i) =>
      b.lane(
        [at(CORNER_M, -(i + 0.5) * WIDTH_M), at(CORNER_M + armM, -(i + 0.5) * WIDTH_M)],
        parts,
      ),
    );
    for (let i = 1; i < laneCount; i++) {
      b.beside(inbound[i - 1]!, inbound[i]!);
      b.beside(outbound[i - 1]!, outbound[i]!);
    }
    b.oncoming(inbound[0]!, outbound[0]!);
    const kind = stopKind(control, k);
    if (kind !== undefined) for (const lane of inbound) b.stop(lane, armM - 6, kind, "j", k % 2);
    const half = laneCount * WIDTH_M + 0.8;
    if (crossings)
      b.crossing([
        at(CORNER_M + 1, half),
        at(CORNER_M + 4, half),
        at(CORNER_M + 4, -half),
        at(CORNER_M + 1, -half),
      ]);
    const far = CORNER_M + armM;
    for (let i = 0; i < laneCount; i++) {
      const d = (i + 0.5) * WIDTH_M;
      const radius = d + 18;
      const circle = Array.from({ length: 20 }, (_, j) => {
        const angle = ((j + 1) / 20 - 0.5) * Math.PI;
        return at(far + TURN_BACK_M + radius * Math.cos(angle), radius * Math.sin(angle));
      });
      const away = curve(at(far, -d), yaw, at(far + TURN_BACK_M, -radius), yaw);
      const back = curve(at(far + TURN_BACK_M, radius), yaw + Math.PI, at(far, d), yaw + Math.PI);
      const turn = b.lane([...away, ...circle, ...back.slice(1)], parts);
      b.link(outbound[i]!, turn);
      b.link(turn, inbound[i]!);
    }
    return { yaw, inbound, outbound, at };
  });
  for (const [k, from] of arms.entries())
    for (const [turn, step] of TURNS) {
      const to = arms[(k + step) % 4]!;
      for (let i = 0; i < laneCount; i++) {
        if (turn === "LEFT" && i > 0) continue;
        if (turn === "RIGHT" && i < laneCount - 1) continue;
        const a = from.at(CORNER_M, (i + 0.5) * WIDTH_M);
        const z = to.at(CORNER_M, -(i + 0.5) * WIDTH_M);
        const lane = b.lane(curve(a, from.yaw + Math.PI, z, to.yaw), {
          speedLimitMps,
          junctionId: "j",
          turn,
        });
        b.link(from.inbound[i]!, lane);
        b.link(lane, to.outbound[i]!);
      }
    }
  return b.build(`junction-${control}-${laneCount}`);
}

/** Steps to the arm that a turn leads to, arms counted anticlockwise. */
const TURNS: readonly (readonly [Turn, number])[] = [
  ["STRAIGHT", 2],
  ["LEFT", 3],
  ["RIGHT", 1],
];

function stopKind(control: JunctionOptions["control"], arm: number) {
  if (control === "LIGHTS") return "LIGHT" as const;
  if (control === "ALL_STOP") return "STOP" as const;
  return control === "PRIORITY" && arm % 2 === 1 ? ("YIELD" as const) : undefined;
}
