import type { LaneGraph } from "../../contract/lane-graph.ts";
import { columnAt } from "../graph/polyline.ts";

/** Distance of the spots along a lane, m, to within half of it: less than a car's length. */
const SPACING_M = 2.5;
/** Each so many-th spot is enough where the radius is large, m. */
const COARSE_EVERY = 4;
const COARSE_FROM_M = 60;
const CELL_M = 20;

/** A place on a lane's centre line. */
export type Spot = {
  readonly lane: number;
  readonly sM: number;
  readonly xM: number;
  readonly yM: number;
  readonly zM: number;
};

/** Places on all lanes of a graph, found by position. */
export class LaneSpots {
  readonly spacingM = SPACING_M;
  readonly #cells = new Map<number, Spot[]>();
  /** Some of the spots: the ends of each lane, and others 10 m apart. */
  readonly #coarse = new Map<number, Spot[]>();
  /** The newest answer of lanesNear: one scene asks for the same more than once. */
  #last: { xM: number; yM: number; radiusM: number; spots: readonly Spot[] } | undefined;

  /** By lane, in use while lanes are looked for: how near a spot was found, and which. */
  readonly #squares: Float64Array;
  readonly #nearest: (Spot | undefined)[];

  constructor(graph: LaneGraph) {
    this.#squares = new Float64Array(graph.lanes.length).fill(Number.POSITIVE_INFINITY);
    this.#nearest = graph.lanes.map(() => undefined);
    for (const lane of graph.lanes) {
      const count = Math.max(1, Math.round(lane.lengthM / SPACING_M));
      for (let n = 0; n <= count; n++) {
        const sM = (lane.lengthM * n) / count;
        const at = (column: Float64Array) => columnAt(lane.sM, column, sM);
        const spot = { lane: lane.index, sM, xM: at(lane.xM), yM: at(lane.yM), zM: at(lane.zM) };
        add(this.#cells, spot);
        if (n % COARSE_EVERY === 0 || n === count) add(this.#coarse, spot);
      }
    }
  }

  /** Visits all spots within a distance, always in the same order. */
  near(xM: number, yM: number, radiusM: number, visit: (spot: Spot) => void): void {
    this.#visit(this.#cells, xM, yM, radiusM, visit);
  }

  #visit(
    cells: ReadonlyMap<number, readonly Spot[]>,
    xM: number,
    yM: number,
    radiusM: number,
    visit: (spot: Spot) => void,
  ): void {
    const x1 = Math.floor((xM + radiusM) / CELL_M);
    const y1 = Math.floor((yM + radiusM) / CELL_M);
    const square = radiusM * radiusM;
    for (let cx = Math.floor((xM - radiusM) / CELL_M); cx <= x1; cx++)
      for (let cy = Math.floor((yM - radiusM) / CELL_M); cy <= y1; cy++) {
        const cell = cells.get(keyOf(cx, cy));
        if (cell === undefined) continue;
        for (const spot of cell) {
          const dx = spot.xM - xM;
          const dy = spot.yM - yM;
          if (dx * dx + dy * dy <= square) visit(spot);
        }
      }
  }

  /**
   * Lanes with a spot within a distance, each with its spot nearest to the point, by lane index; of a lane
   * that is looked for from afar, about the nearest.
   */
  lanesNear(xM: number, yM: number, radiusM: number): readonly Spot[] {
    const last = this.#last;
    if (last !== undefined && last.xM === xM && last.yM === yM && last.radiusM === radiusM)
      return last.spots;
    const spots = this.#lanesNear(xM, yM, radiusM);
    this.#last = { xM, yM, radiusM, spots };
    return spots;
  }

  #lanesNear(xM: number, yM: number, radiusM: number): Spot[] {
    const best: Spot[] = [];
    const squares = this.#squares;
    const cells = radiusM < COARSE_FROM_M ? this.#cells : this.#coarse;
    this.#visit(cells, xM, yM, radiusM, (spot) => {
      const square = (spot.xM - xM) ** 2 + (spot.yM - yM) ** 2;
      const known = squares[spot.lane]!;
      if (square >= known) return;
      if (known === Number.POSITIVE_INFINITY) best.push(spot);
      squares[spot.lane] = square;
      this.#nearest[spot.lane] = spot;
    });
    for (let i = 0; i < best.length; i++) {
      const { lane } = best[i]!;
      best[i] = this.#nearest[lane]!;
      squares[lane] = Number.POSITIVE_INFINITY;
    }
    return best.sort((a, b) => a.lane - b.lane);
  }
}

const kept = new WeakMap<LaneGraph, LaneSpots>();

/** The places of a graph; kept per graph. */
export function spotsOf(graph: LaneGraph): LaneSpots {
  const known = kept.get(graph);
  if (known !== undefined) return known;
  const spots = new LaneSpots(graph);
  kept.set(graph, spots);
  return spots;
}

function add(cells: Map<number, Spot[]>, spot: Spot): void {
  const key = keyOf(Math.floor(spot.xM / CELL_M), Math.floor(spot.yM / CELL_M));
  const cell = cells.get(key);
  if (cell === undefined) cells.set(key, [spot]);
  else cell.push(spot);
}

const keyOf = (cx: number, cy: number): number => (cx + 32768) * 65536 + (cy + 32768);
