import type {
  GraphLane,
  GraphSignal,
  GraphStopLine,
  LaneGraph,
  Turn,
} from "../../contract/lane-graph.ts";

/** A point of a centre line, m, map. */
export type Point = readonly [xM: number, yM: number];

type Draft = { -readonly [K in keyof GraphLane]: GraphLane[K] } & {
  successors: number[];
  predecessors: number[];
  stops: { sM: number; stopLine: number }[];
};

export type LaneParts = Partial<
  Pick<
    GraphLane,
    "kind" | "junctionId" | "speedLimitMps" | "mayChangeLeft" | "mayChangeRight" | "roadId"
  >
> & { readonly widthM?: number; readonly turn?: Turn };

/** Small lane graphs by hand for tests: lanes from points, links, lights and crossings. */
export class GraphBuilder {
  readonly #lanes: Draft[] = [];
  readonly #signals: GraphSignal[] = [];
  readonly #stopLines: GraphStopLine[] = [];
  readonly #crossings: { outline: Float64Array }[] = [];

  /** A lane along points (each piece ≤ 2 m after refining); returns its index. */
  lane(points: readonly Point[], parts: LaneParts = {}): number {
    const { widthM = 3.5, ...rest } = parts;
    const fine = refine(points);
    const n = fine.length;
    const columns = { sM: new Float64Array(n), xM: new Float64Array(n), yM: new Float64Array(n) };
    const yawRad = new Float64Array(n);
    for (let i = 0; i < n; i++) {
      const [x, y] = fine[i]!;
      columns.xM[i] = x;
      columns.yM[i] = y;
      if (i > 0) columns.sM[i] = columns.sM[i - 1]! + distance(fine[i - 1]!, fine[i]!);
      const a = fine[Math.max(0, i - 1)]!;
      const b = fine[Math.min(n - 1, i + 1)]!;
      const yaw = Math.atan2(b[1] - a[1], b[0] - a[0]);
      const before = i > 0 ? yawRad[i - 1]! : yaw;
      yawRad[i] = before + Math.atan2(Math.sin(yaw - before), Math.cos(yaw - before));
    }
    const curvatureInvm = yawRad.map((_, i) => {
      const [a, b] = [Math.max(0, i - 1), Math.min(n - 1, i + 1)];
      return (yawRad[b]! - yawRad[a]!) / (columns.sM[b]! - columns.sM[a]!);
    });
    const index = this.#lanes.length;
    this.#lanes.push({
      index,
      roadId: String(index),
      section: 0,
      laneId: -1,
      kind: "DRIVING",
      lengthM: columns.sM[n - 1]!,
      ...columns,
      zM: new Float64Array(n),
      yawRad,
      curvatureInvm,
      widthM: new Float64Array(n).fill(widthM),
      leftMark: "DASHED",
      rightMark: "SOLID",
      successors: [],
      predecessors: [],
      mayChangeLeft: true,
      mayChangeRight: true,
      stops: [],
      conflicts: [],
      ...rest,
    });
    return index;
  }

  link(from: number, to: number): void {
    this.#lanes[from]!.successors.push(to);
    this.#lanes[to]!.predecessors.push(from);
  }

  /** Neighbours of one direction, left first. */
  beside(left: number, right: number): void {
    this.#lanes[left]!.rightIndex = right;
    this.#lanes[right]!.leftIndex = left;
  }

  oncoming(a: number, b: number): void {
    this.#lanes[a]!.oncomingIndex = b;
    this.#lanes[b]!.oncomingIndex = a;
  }

  /** A stop line across one lane; lights stand 15 m behind it. Returns its index. */
  stop(lane: number, sM: number, kind: GraphStopLine["kind"], junctionId = "", group = 0): number {
    const l = this.#lanes[lane]!;
    const i = l.sM.findIndex((s) => s >= sM);
    const [x, y, yaw, half] = [l.xM[i]!, l.yM[i]!, l.yawRad[i]!, l.widthM[i]! / 2];
    const index = this.#stopLines.length;
    const signals: number[] = [];
    if (kind === "LIGHT") {
      signals.push(this.#signals.length);
      this.#signals.push({
        index: this.#signals.length,
        id: `light-${this.#signals.length}`,
        xM: x + 15 * Math.cos(yaw) + half * Math.sin(yaw),
        yM: y + 15 * Math.sin(yaw) - half * Math.cos(yaw),
        zM: 4,
        yawRad: yaw + Math.PI,
        junctionId,
        group,
      });
    }
    this.#stopLines.push({
      index,
      kind,
      x0M: x - half * Math.sin(yaw),
      y0M: y + half * Math.cos(yaw),
      x1M: x + half * Math.sin(yaw),
      y1M: y - half * Math.cos(yaw),
      signals,
    });
    l.stops.push({ sM, stopLine: index });
    return index;
  }

  crossing(outline: readonly Point[]): void {
    this.#crossings.push({ outline: Float64Array.from(outline.flat()) });
  }

  build(name: string): LaneGraph {
    return {
      name,
      lanes: this.#lanes,
      signals: this.#signals,
      stopLines: this.#stopLines,
      kerbs: [],
      crossings: this.#crossings,
    };
  }
}

const distance = (a: Point, b: Point): number => Math.hypot(b[0] - a[0], b[1] - a[1]);

function refine(points: readonly Point[]): Point[] {
  const out: Point[] = [points[0]!];
  for (let i = 1; i < points.length; i++) {
    const [a, b] = [points[i - 1]!, points[i]!];
    const n = Math.max(1, Math.ceil(distance(a, b) / 2 - 1e-9));
    for (let k = 1; k <= n; k++)
      out.push([a[0] + ((b[0] - a[0]) * k) / n, a[1] + ((b[1] - a[1]) * k) / n]);
  }
  return out;
}

/** Points of a smooth curve between two poses. */
export function curve(from: Point, fromYaw: number, to: Point, toYaw: number): Point[] {
  const reach = distance(from, to) * 0.55 * (1 + Math.abs(Math.sin((toYaw - fromYaw) / 2)) * 0.1);
  const p1 = [from[0] + reach * Math.cos(fromYaw), from[1] + reach * Math.sin(fromYaw)] as const;
  const p2 = [to[0] - reach * Math.cos(toYaw), to[1] - reach * Math.sin(toYaw)] as const;
  const n = Math.max(8, Math.ceil(distance(from, to)));
  return Array.from({ length: n + 1 }, (_, i): Point => {
    const t = i / n;
    const u = 1 - t;
    const [a, b, c, d] = [u * u * u, 3 * u * u * t, 3 * u * t * t, t * t * t];
    return [
      a * from[0] + b * p1[0] + c * p2[0] + d * to[0],
      a * from[1] + b * p1[1] + c * p2[1] + d * to[1],
    ];
  });
}
