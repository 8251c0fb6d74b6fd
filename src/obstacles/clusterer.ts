import { CLUSTER_GRID, JOIN_THREE_CELLS_FROM_M, JOIN_TWO_CELLS_FROM_M } from "./limits.ts";

const NX = Math.round((CLUSTER_GRID.xMaxM - CLUSTER_GRID.xMinM) / CLUSTER_GRID.cellM);
const NY = Math.round((2 * CLUSTER_GRID.yAbsM) / CLUSTER_GRID.cellM);

/** Rings that join, at most; as many columns and rows around the grid stay empty. */
const RINGS_MAX = 3;
const ROW = NY + 2 * RINGS_MAX;

/** Half of the neighbours within k rings, as steps of a cell; the other half is met from there. */
const halfRing = (k: number): Int32Array => {
  const out: number[] = [];
  for (let dx = 0; dx <= k; dx++)
    for (let dy = dx === 0 ? 1 : -k; dy <= k; dy++)
      if (dx * dx + dy * dy <= k * k + k) out.push(dx * ROW + dy);
  return Int32Array.from(out);
};
const HALF_RINGS = [halfRing(1), halfRing(2), halfRing(RINGS_MAX)] as const;

/** Lower corner of a cell, m, ego. */
const cellX = (cell: number): number =>
  CLUSTER_GRID.xMinM + ((cell / ROW) | 0) * CLUSTER_GRID.cellM;
const cellY = (cell: number): number =>
  -CLUSTER_GRID.yAbsM + ((cell % ROW) - RINGS_MAX) * CLUSTER_GRID.cellM;

/** Connected components of points on the ground plane; linear in points. */
export class Clusterer {
  /** Components of the last `update`. */
  count = 0;
  /** [count + 1] where each component's points start in `order`. */
  start = new Int32Array(64);
  /** [M] point indices, grouped by component. */
  order = new Int32Array(0);
  /** [count] heights of each component, m, ego. */
  zMinM = new Float32Array(64);
  zMaxM = new Float32Array(64);

  /** −1 where empty; else the slot of an occupied cell, in the order of their first points. */
  readonly #slotOfCell = new Int32Array((NX + RINGS_MAX) * ROW).fill(-1);
  #slots = slotArrays(1024);
  #slotOfPoint = new Int32Array(0);

  /**
   * `xyz` [M, 3] m, ego. `lockAt` may give places a lock (> 0): cells join only within one lock,
   * so a vehicle that is already tracked does not melt into the hedge it passes.
   */
  update(
    xyz: Float32Array,
    pointCount: number,
    lockAt: ((xM: number, yM: number) => number) | undefined,
    sparseness: number,
  ): void {
    const slots = this.#occupy(xyz, pointCount);
    const { cell, lock } = this.#slots;
    lock.fill(0, 0, slots);
    if (lockAt !== undefined)
      for (let a = 0; a < slots; a++)
        lock[a] = lockAt(
          CLUSTER_GRID.xMinM + (Math.floor(cell[a]! / ROW) + 0.5) * CLUSTER_GRID.cellM,
          -CLUSTER_GRID.yAbsM + ((cell[a]! % ROW) - RINGS_MAX + 0.5) * CLUSTER_GRID.cellM,
        );
    this.#join(slots, sparseness);
    this.#group(slots, pointCount);
    for (let a = 0; a < slots; a++) this.#slotOfCell[cell[a]!] = -1;
  }

  #occupy(xyz: Float32Array, pointCount: number): number {
    if (this.#slotOfPoint.length < pointCount) {
      this.#slotOfPoint = new Int32Array(pointCount + (pointCount >> 2));
      this.order = new Int32Array(this.#slotOfPoint.length);
    }
    const slotOfCell = this.#slotOfCell;
    const slotOfPoint = this.#slotOfPoint;
    let { cell: cells, points, zMinM, zMaxM } = this.#slots;
    let slots = 0;
    for (let i = 0, k = 0; i < pointCount; i++, k += 3) {
      const ix = Math.floor((xyz[k]! - CLUSTER_GRID.xMinM) / CLUSTER_GRID.cellM);
      const iy = Math.floor((xyz[k + 1]! + CLUSTER_GRID.yAbsM) / CLUSTER_GRID.cellM);
      if (ix < 0 || ix >= NX || iy < 0 || iy >= NY) {
        slotOfPoint[i] = -1;
        continue;
      }
      const z = xyz[k + 2]!;
      const cell = ix * ROW + iy + RINGS_MAX;
      let slot = slotOfCell[cell]!;
      if (slot < 0) {
        if (slots === cells.length) {
          this.#slots = grown(this.#slots);
          ({ cell: cells, points, zMinM, zMaxM } = this.#slots);
        }
        slot = slots++;
        slotOfCell[cell] = slot;
        cells[slot] = cell;
        points[slot] = 0;
        zMinM[slot] = z;
        zMaxM[slot] = z;
      }
      points[slot]!++;
      if (z < zMinM[slot]!) zMinM[slot] = z;
      if (z > zMaxM[slot]!) zMaxM[slot] = z;
      slotOfPoint[i] = slot;
    }
    return slots;
  }

  #root(slot: number): number {
    const { parent } = this.#slots;
    let a = slot;
    while (parent[a] !== a) {
      parent[a] = parent[parent[a]!]!;
      a = parent[a]!;
    }
    return a;
  }

  /** Beams as far apart as at `sparseness` times the range. */
  #join(slots: number, sparseness: number): void {
    const { cell, lock, parent } = this.#slots;
    const slotOfCell = this.#slotOfCell;
    for (let a = 0; a < slots; a++) parent[a] = a;
    for (let a = 0; a < slots; a++) {
      const here = cell[a]!;
      const x = cellX(here);
      const y = cellY(here);
      const r2 = (x * x + y * y) * sparseness * sparseness;
      const rings = r2 < JOIN_TWO_CELLS_FROM_M ** 2 ? 0 : r2 < JOIN_THREE_CELLS_FROM_M ** 2 ? 1 : 2;
      const steps = HALF_RINGS[rings]!;
      for (let n = 0; n < steps.length; n++) {
        const b = slotOfCell[here + steps[n]!]!;
        if (b < 0 || lock[a] !== lock[b]) continue;
        const ra = this.#root(a);
        const rb = this.#root(b);
        if (ra < rb) parent[rb] = ra;
        else parent[ra] = rb;
      }
    }
  }

  #group(slots: number, pointCount: number): void {
    const { component, points, zMinM, zMaxM } = this.#slots;
    this.count = 0;
    for (let a = 0; a < slots; a++) if (this.#root(a) === a) component[a] = this.count++;
    if (this.start.length < this.count + 2) {
      this.start = new Int32Array(2 * this.count + 2);
      this.zMinM = new Float32Array(2 * this.count);
      this.zMaxM = new Float32Array(2 * this.count);
    }
    const start = this.start.fill(0, 0, this.count + 2);
    this.zMinM.fill(Number.POSITIVE_INFINITY);
    this.zMaxM.fill(Number.NEGATIVE_INFINITY);
    for (let a = 0; a < slots; a++) {
      const c = component[this.#root(a)]!;
      component[a] = c;
      start[c + 2]! += points[a]!;
      if (zMinM[a]! < this.zMinM[c]!) this.zMinM[c] = zMinM[a]!;
      if (zMaxM[a]! > this.zMaxM[c]!) this.zMaxM[c] = zMaxM[a]!;
    }
    for (let c = 2; c < this.count + 2; c++) start[c]! += start[c - 1]!;
    const { order } = this;
    const slotOfPoint = this.#slotOfPoint;
    for (let i = 0; i < pointCount; i++) {
      const slot = slotOfPoint[i]!;
      if (slot >= 0) order[start[component[slot]! + 1]!++] = i;
    }
  }
}

/** Per occupied cell. */
type SlotArrays = {
  readonly cell: Int32Array;
  readonly lock: Int32Array;
  readonly parent: Int32Array;
  readonly component: Int32Array;
  /** How many, and their heights, m, ego. */
  readonly points: Int32Array;
  readonly zMinM: Float32Array;
  readonly zMaxM: Float32Array;
};

const slotArrays = (length: number): SlotArrays => ({
  cell: new Int32Array(length),
  lock: new Int32Array(length),
  parent: new Int32Array(length),
  component: new Int32Array(length),
  points: new Int32Array(length),
  zMinM: new Float32Array(length),
  zMaxM: new Float32Array(length),
});

/** Twice as many, with what `#occupy` has written so far. */
function grown(slots: SlotArrays): SlotArrays {
  const out = slotArrays(2 * slots.cell.length);
  for (const name of ["cell", "points", "zMinM", "zMaxM"] as const) out[name].set(slots[name]);
  return out;
}
