import type { GraphLane, LaneGraph } from "../../contract/lane-graph.ts";

export const drivingOf = (graph: LaneGraph): GraphLane[] =>
  graph.lanes.filter(({ kind }) => kind === "DRIVING");

export const laneName = ({ roadId, section, laneId }: GraphLane): string =>
  `${roadId}/${section}/${laneId}`;

/** Pairs of driving lanes that follow each other without touching, or with a bend at the seam. */
export function seamsApart(graph: LaneGraph, maxM: number, maxRad: number): string[] {
  return drivingOf(graph).flatMap((lane) =>
    lane.successors.flatMap((index) => {
      const next = graph.lanes[index]!;
      if (next.kind !== "DRIVING") return [];
      const away = Math.hypot(
        next.xM[0]! - lane.xM.at(-1)!,
        next.yM[0]! - lane.yM.at(-1)!,
        next.zM[0]! - lane.zM.at(-1)!,
      );
      const turn = next.yawRad[0]! - lane.yawRad.at(-1)!;
      const bend = Math.abs(Math.atan2(Math.sin(turn), Math.cos(turn)));
      return away <= maxM && bend <= maxRad
        ? []
        : [`${laneName(lane)} ${laneName(next)} ${away.toFixed(3)} m ${bend.toFixed(3)} rad`];
    }),
  );
}

/** Columns of a lane that are not finite everywhere. */
export const brokenColumns = (graph: LaneGraph): string[] =>
  graph.lanes
    .filter((lane) =>
      [lane.sM, lane.xM, lane.yM, lane.zM, lane.yawRad, lane.curvatureInvm, lane.widthM].some(
        (column) => column.some((value) => !Number.isFinite(value)),
      ),
    )
    .map(laneName);

const CELL_M = 10;
/** Lanes that touch may share this much of their strips, m. */
const SHARED_MAX_M = 0.25;
/** Roads on other levels do not meet, m. */
const LEVEL_MAX_M = 4;

/** Pairs of driving lanes outside of junctions whose strips share ground, though neither follows the other. */
export function overlaps(graph: LaneGraph): string[] {
  const lanes = drivingOf(graph).filter(({ junctionId }) => junctionId === undefined);
  const cells = new Map<string, (readonly [GraphLane, number])[]>();
  for (const lane of lanes)
    for (let i = 0; i < lane.xM.length; i++) {
      const key = `${Math.round(lane.xM[i]! / CELL_M)} ${Math.round(lane.yM[i]! / CELL_M)}`;
      const cell = cells.get(key) ?? [];
      cells.set(key, cell);
      cell.push([lane, i]);
    }
  const found = new Set<string>();
  for (const cell of cells.values())
    for (const [a, i] of cell)
      for (const [b, j] of cell) {
        if (a.index >= b.index || follows(graph, a, b) || follows(graph, b, a)) continue;
        const awayM = Math.hypot(a.xM[i]! - b.xM[j]!, a.yM[i]! - b.yM[j]!);
        const sharedM = (a.widthM[i]! + b.widthM[j]!) / 2 - awayM;
        const level = Math.abs(a.zM[i]! - b.zM[j]!) < LEVEL_MAX_M;
        if (sharedM > SHARED_MAX_M && level) found.add(`${laneName(a)} ${laneName(b)}`);
      }
  return [...found];
}

/** Whether the other lane comes next or, where sections are short, next but one. */
const follows = (graph: LaneGraph, one: GraphLane, other: GraphLane): boolean =>
  one.successors.some(
    (next) => next === other.index || graph.lanes[next]!.successors.includes(other.index),
  );
