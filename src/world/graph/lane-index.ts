import type {
  GraphLane,
  GraphLaneKind,
  LaneGraph,
  LanePosition,
} from "../../contract/lane-graph.ts";

/**
 * A grid over the segments of lane centre lines, for "which lane is here" in microseconds. Cells hold the
 * segments whose boxes touch them.
 */
export type LaneIndex = {
  readonly graph: LaneGraph;
  readonly xMinM: number;
  readonly yMinM: number;
  readonly cellM: number;
  readonly nx: number;
  readonly ny: number;
  /** Cell (ix, iy) holds the entries starts[ix·ny + iy] … starts[ix·ny + iy + 1] − 1. [nx·ny + 1] */
  readonly starts: Int32Array;
  /** Lane and sample of each entry's segment. [E] */
  readonly laneOf: Int32Array;
  readonly sampleOf: Int32Array;
};

/** A little more than a lane's width, so that one cell and its neighbours decide most queries. */
const CELL_M = 8;
/** Long thin maps get larger cells rather than more of them. */
const CELLS_MAX = 2_000_000;

export function indexLanes(
  graph: LaneGraph,
  kinds: readonly GraphLaneKind[] = ["DRIVING"],
): LaneIndex {
  const lanes = graph.lanes.filter(({ kind }) => kinds.includes(kind));
  const bounds = boundsOf(lanes);
  let cellM = CELL_M;
  const count = (lengthM: number) => Math.floor(lengthM / cellM) + 1;
  while (count(bounds.widthM) * count(bounds.heightM) > CELLS_MAX) cellM *= 2;
  const [nx, ny] = [count(bounds.widthM), count(bounds.heightM)];
  const grid = { graph, xMinM: bounds.xMinM, yMinM: bounds.yMinM, cellM, nx, ny };
  const starts = new Int32Array(nx * ny + 1);
  forEachCell(lanes, grid, (cell) => {
    starts[cell + 1]!++;
  });
  for (let i = 0; i < nx * ny; i++) starts[i + 1]! += starts[i]!;
  const laneOf = new Int32Array(starts[nx * ny]!);
  const sampleOf = new Int32Array(laneOf.length);
  const next = starts.slice();
  forEachCell(lanes, grid, (cell, lane, sample) => {
    const at = next[cell]!++;
    laneOf[at] = lane;
    sampleOf[at] = sample;
  });
  return { ...grid, starts, laneOf, sampleOf };
}

function boundsOf(lanes: readonly GraphLane[]) {
  let [xMinM, yMinM, xMaxM, yMaxM] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const { xM, yM } of lanes)
    for (let i = 0; i < xM.length; i++) {
      xMinM = Math.min(xMinM, xM[i]!);
      yMinM = Math.min(yMinM, yM[i]!);
      xMaxM = Math.max(xMaxM, xM[i]!);
      yMaxM = Math.max(yMaxM, yM[i]!);
    }
  if (lanes.length === 0) return { xMinM: 0, yMinM: 0, widthM: 0, heightM: 0 };
  return { xMinM, yMinM, widthM: xMaxM - xMinM, heightM: yMaxM - yMinM };
}

type Grid = Pick<LaneIndex, "xMinM" | "yMinM" | "cellM" | "nx" | "ny">;

function forEachCell(
  lanes: readonly GraphLane[],
  { xMinM, yMinM, cellM, ny }: Grid,
  visit: (cell: number, lane: number, sample: number) => void,
): void {
  const cell = (m: number, minM: number) => Math.floor((m - minM) / cellM);
  for (const { index, xM, yM } of lanes)
    for (let i = 0; i + 1 < xM.length; i++) {
      const [x0, x1] = [cell(xM[i]!, xMinM), cell(xM[i + 1]!, xMinM)];
      const [y0, y1] = [cell(yM[i]!, yMinM), cell(yM[i + 1]!, yMinM)];
      for (let ix = Math.min(x0, x1); ix <= Math.max(x0, x1); ix++)
        for (let iy = Math.min(y0, y1); iy <= Math.max(y0, y1); iy++) visit(ix * ny + iy, index, i);
    }
}

export type NearestOptions = {
  /** Heading of who asks: of lanes alike near, the one that runs that way is meant. */
  readonly yawRad?: number;
  /** Height of who asks, where roads cross above one another. */
  readonly zM?: number;
  /** Lanes farther away than this are none. */
  readonly maxM?: number;
};

/** A lane that runs against the heading counts as this much farther away. */
const AGAINST_M = 20;
/** A level up or down counts as this much farther away per metre. */
const LEVEL_RATIO = 2;
const NEAREST_MAX_M = 50;

/** The nearest place on a centre line of the index; undefined where none is within `maxM`. */
export function nearestLane(
  index: LaneIndex,
  xM: number,
  yM: number,
  { yawRad, zM, maxM = NEAREST_MAX_M }: NearestOptions = {},
): LanePosition | undefined {
  const { graph, xMinM, yMinM, cellM, nx, ny, starts, laneOf, sampleOf } = index;
  const ix = Math.floor((xM - xMinM) / cellM);
  const iy = Math.floor((yM - yMinM) / cellM);
  const cos = yawRad === undefined ? 0 : Math.cos(yawRad);
  const sin = yawRad === undefined ? 0 : Math.sin(yawRad);
  let bestM = maxM;
  let [bestLane, bestSample, bestF] = [-1, 0, 0];
  const look = (cell: number) => {
    for (let at = starts[cell]!; at < starts[cell + 1]!; at++) {
      const lane = graph.lanes[laneOf[at]!]!;
      const i = sampleOf[at]!;
      const ex = lane.xM[i + 1]! - lane.xM[i]!;
      const ey = lane.yM[i + 1]! - lane.yM[i]!;
      const px = xM - lane.xM[i]!;
      const py = yM - lane.yM[i]!;
      const square = ex * ex + ey * ey;
      const f = square > 0 ? Math.min(1, Math.max(0, (px * ex + py * ey) / square)) : 0;
      const dx = px - f * ex;
      const dy = py - f * ey;
      let costM = Math.sqrt(dx * dx + dy * dy);
      if (costM >= bestM) continue;
      if (yawRad !== undefined && square > 0)
        costM += (AGAINST_M / 2) * (1 - (ex * cos + ey * sin) / Math.sqrt(square));
      if (zM !== undefined) costM += LEVEL_RATIO * Math.abs(zM - lane.zM[i]!);
      if (costM >= bestM) continue;
      bestM = costM;
      bestLane = lane.index;
      bestSample = i;
      bestF = f;
    }
  };
  // Rings of cells around the point; ring r is at least (r − 1) cells away.
  const rings = Math.ceil(maxM / cellM) + 1;
  for (let r = 0; r <= rings && (r - 1) * cellM < bestM; r++)
    for (let jx = Math.max(0, ix - r); jx <= Math.min(nx - 1, ix + r); jx++) {
      const step = jx === ix - r || jx === ix + r || r === 0 ? 1 : 2 * r;
      for (let jy = iy - r; jy <= iy + r; jy += step) if (jy >= 0 && jy < ny) look(jx * ny + jy);
    }
  return bestLane < 0 ? undefined : positionAt(graph.lanes[bestLane]!, bestSample, bestF, xM, yM);
}

function positionAt(lane: GraphLane, i: number, f: number, xM: number, yM: number): LanePosition {
  const ex = lane.xM[i + 1]! - lane.xM[i]!;
  const ey = lane.yM[i + 1]! - lane.yM[i]!;
  const dx = xM - lane.xM[i]! - f * ex;
  const dy = yM - lane.yM[i]! - f * ey;
  const left = ex * dy - ey * dx;
  return {
    lane: lane.index,
    sM: lane.sM[i]! + f * (lane.sM[i + 1]! - lane.sM[i]!),
    dM: Math.sign(left) * Math.hypot(dx, dy),
  };
}

/** The place on that lane nearest to the point. */
export function projectOnLane(lane: GraphLane, xM: number, yM: number): LanePosition {
  let [best, bestF, bestSquare] = [0, 0, Number.POSITIVE_INFINITY];
  for (let i = 0; i + 1 < lane.xM.length; i++) {
    const ex = lane.xM[i + 1]! - lane.xM[i]!;
    const ey = lane.yM[i + 1]! - lane.yM[i]!;
    const px = xM - lane.xM[i]!;
    const py = yM - lane.yM[i]!;
    const square = ex * ex + ey * ey;
    const f = square > 0 ? Math.min(1, Math.max(0, (px * ex + py * ey) / square)) : 0;
    const away = (px - f * ex) ** 2 + (py - f * ey) ** 2;
    if (away < bestSquare) [best, bestF, bestSquare] = [i, f, away];
  }
  return positionAt(lane, best, bestF, xM, yM);
}
