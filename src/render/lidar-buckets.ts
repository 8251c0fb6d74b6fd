import { directionSpan } from "./direction-span.ts";
import type { LaserBoxes } from "./lidar-boxes.ts";

/** Boxes by direction: for each azimuth column the boxes it can meet, near ones first. */
export type Buckets = {
  readonly start: Int32Array;
  readonly list: Int32Array;
  readonly nearM: Float64Array;
};

/** What a sensor and its turn ask of the buckets. */
export type BucketPlan = {
  readonly sx: number;
  readonly sy: number;
  readonly columns: number;
  /** Direction of column 0, ego. */
  readonly yaw0: number;
  readonly maxRangeM: number;
  /** Boxes are listed this much wider, for sensors that lean. */
  readonly slackRad: number;
  /** A turn takes this long while ego drives on; 0 = at once. */
  readonly turnS: number;
  readonly egoMps: number;
  readonly yawRateRadps: number;
};

export function bucketBoxes(boxes: LaserBoxes, plan: BucketPlan): Buckets {
  const { sx, sy, columns, yaw0, maxRangeM, turnS } = plan;
  const turnSlackRad = plan.slackRad + Math.abs(plan.yawRateRadps) * turnS;
  const nearM = new Float64Array(boxes.count);
  const slackRad = new Float64Array(boxes.count);
  const order: number[] = [];
  for (let i = 0; i < boxes.count; i++) {
    const ox = sx - boxes.x[i]!;
    const oy = sy - boxes.y[i]!;
    const lx = Math.abs(ox * boxes.cos[i]! + oy * boxes.sin[i]!) - boxes.hl[i]!;
    const ly = Math.abs(oy * boxes.cos[i]! - ox * boxes.sin[i]!) - boxes.hw[i]!;
    const moveM = turnS * (Math.abs(plan.egoMps) + Math.hypot(boxes.vx[i]!, boxes.vy[i]!));
    const d = Math.max(0, Math.hypot(Math.max(0, lx), Math.max(0, ly)) - moveM);
    slackRad[i] = turnSlackRad + (moveM > 0 ? Math.min(Math.PI, moveM / Math.max(0.2, d)) : 0);
    nearM[i] = d;
    if (d < maxRangeM) order.push(i);
  }
  order.sort((a, b) => nearM[a]! - nearM[b]!);
  const step = (2 * Math.PI) / columns;
  const first = new Int32Array(order.length);
  const width = new Int32Array(order.length);
  const start = new Int32Array(columns + 1);
  order.forEach((i, k) => {
    const [from, to] = spanOf(boxes, i, sx, sy) ?? ALL_ROUND;
    const c0 = Math.floor((from - slackRad[i]! - yaw0) / step);
    const c1 = Math.ceil((to + slackRad[i]! - yaw0) / step);
    first[k] = ((c0 % columns) + columns) % columns;
    width[k] = Math.min(columns, c1 - c0 + 1);
    for (let w = 0; w < width[k]!; w++) {
      const at = ((first[k]! + w) % columns) + 1;
      start[at] = start[at]! + 1;
    }
  });
  for (let c = 0; c < columns; c++) start[c + 1] = start[c + 1]! + start[c]!;
  const list = new Int32Array(start[columns]!);
  const fill = start.slice(0, columns);
  order.forEach((i, k) => {
    for (let w = 0; w < width[k]!; w++) {
      const c = (first[k]! + w) % columns;
      const at = fill[c]!;
      list[at] = i;
      fill[c] = at + 1;
    }
  });
  return { start, list, nearM };
}

/** A sensor inside a box may meet it in every direction. */
const ALL_ROUND = [-Math.PI, Math.PI] as const;

const spanOf = (b: LaserBoxes, i: number, sx: number, sy: number) =>
  directionSpan(b.x[i]! - sx, b.y[i]! - sy, b.cos[i]!, b.sin[i]!, b.hl[i]!, b.hw[i]!);
