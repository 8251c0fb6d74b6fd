import { CLUSTER_GRID, JOIN_THREE_CELLS_FROM_M, JOIN_TWO_CELLS_FROM_M } from "./limits.ts";
import { isWithin, type Lock } from "./lock.ts";

// In loops over points only constants of this module are constants to the compiler.
const { xMinM: X_MIN_M, xMaxM: X_MAX_M, yAbsM: Y_ABS_M, cellM: CELL_M } = CLUSTER_GRID;
const NX = Math.round((X_MAX_M - X_MIN_M) / CELL_M);
const NY = Math.round((2 * Y_ABS_M) / CELL_M);

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
const cellX = (cell: number): number => X_MIN_M + ((cell / ROW) | 0) * CELL_M;
const cellY = (cell: number): number => -Y_ABS_M + ((cell % ROW) - RINGS_MAX) * CELL_M;

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
   * `xyz` [M, 3] m, ego. Cells whose middle lies within one of `locks`, the first one that it lies in,
   * join only among each other, so a vehicle that is already tracked does not melt into the hedge it
   * passes.
   */
  update(xyz: Float32Array, pointCount: number, locks: readonly Lock[], sparseness: number): void {
    const slots = this.#occupy(xyz, pointCount);
    this.#slots.lock.fill(0, 0, slots);
    for (const lock of locks) this.#lockCells(lock);
    this.#join(slots, sparseness);
    this.#group(xyz, slots, pointCount);
    const { cell } = this.#slots;
    for (let a = 0; a < slots; a++) this.#slotOfCell[cell[a]!] = -1;
  }

  #occupy(xyz: Float32Array, pointCount: number): number {
    if (this.#slotOfPoint.length < pointCount) {
      this.#slotOfPoint = new Int32Array(pointCount + (pointCount >> 2));
      this.order = new Int32Array(this.#slotOfPoint.length);
    }
    const slotOfCell = this.#slotOfCell;
    const slotOfPoint = this.#slotOfPoint;
    let { cell: cells, points } = this.#slots;
    let slots = 0;
    for (let i = 0, k = 0; i < pointCount; i++, k += 3) {
      const x = (xyz[k]! - X_MIN_M) / CELL_M;
      const y = (xyz[k + 1]! + Y_ABS_M) / CELL_M;
      if (!(x >= 0 && x < NX && y >= 0 && y < NY)) {
        slotOfPoint[i] = -1;
        continue;
      }
      const cell = (x | 0) * ROW + (y | 0) + RINGS_MAX;
      let slot = slotOfCell[cell]!;
      if (slot < 0) {
        if (slots === cells.length) {
          this.#slots = grown(this.#slots);
          ({ cell: cells, points } = this.#slots);
        }
        slot = slots++;
        slotOfCell[cell] = slot;
        cells[slot] = cell;
        points[slot] = 0;
      }
      points[slot]!++;
      slotOfPoint[i] = slot;
    }
    return slots;
  }

  /** Gives the lock to the occupied cells below its box that have none yet. */
  #lockCells(lock: Lock): void {
    const ix1 = Math.min(NX - 1, Math.floor((lock.x + lock.reach - X_MIN_M) / CELL_M));
    const iy1 = Math.min(NY - 1, Math.floor((lock.y + lock.reach + Y_ABS_M) / CELL_M));
    const iy0 = Math.max(0, Math.floor((lock.y - lock.reach + Y_ABS_M) / CELL_M));
    let ix = Math.max(0, Math.floor((lock.x - lock.reach - X_MIN_M) / CELL_M));
    for (; ix <= ix1; ix++)
      for (let iy = iy0; iy <= iy1; iy++) {
        const slot = this.#slotOfCell[ix * ROW + iy + RINGS_MAX]!;
        if (slot < 0 || this.#slots.lock[slot] !== 0) continue;
        const middleX = X_MIN_M + (ix + 0.5) * CELL_M;
        const middleY = -Y_ABS_M + (iy + 0.5) * CELL_M;
        if (isWithin(lock, middleX, middleY)) this.#slots.lock[slot] = lock.id;
      }
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

  #group(xyz: Float32Array, slots: number, pointCount: number): void {
    const { component, points } = this.#slots;
    this.count = 0;
    for (let a = 0; a < slots; a++) if (this.#root(a) === a) component[a] = this.count++;
    if (this.start.length < this.count + 2) {
      this.start = new Int32Array(2 * this.count + 2);
      this.zMinM = new Float32Array(2 * this.count);
      this.zMaxM = new Float32Array(2 * this.count);
    }
    const start = this.start.fill(0, 0, this.count + 2);
    for (let a = 0; a < slots; a++) {
      const c = component[this.#root(a)]!;
      component[a] = c;
      start[c + 2]! += points[a]!;
    }
    for (let c = 2; c < this.count + 2; c++) start[c]! += start[c - 1]!;
    this.#sortPoints(xyz, pointCount);
  }

  /** Fills `order`, and the heights of each component. */
  #sortPoints(xyz: Float32Array, pointCount: number): void {
    const { order, start } = this;
    const { component } = this.#slots;
    const slotOfPoint = this.#slotOfPoint;
    const zMin = this.zMinM.fill(Number.POSITIVE_INFINITY);
    const zMax = this.zMaxM.fill(Number.NEGATIVE_INFINITY);
    for (let i = 0; i < pointCount; i++) {
      const slot = slotOfPoint[i]!;
      if (slot < 0) continue;
      const c = component[slot]!;
      order[start[c + 1]!++] = i;
      const z = xyz[3 * i + 2]!;
      if (z < zMin[c]!) zMin[c] = z;
      if (z > zMax[c]!) zMax[c] = z;
    }
  }
}

/** Per occupied cell. */
type SlotArrays = {
  readonly cell: Int32Array;
  readonly lock: Int32Array;
  readonly parent: Int32Array;
  readonly component: Int32Array;
  /** How many. */
  readonly points: Int32Array;
};

const slotArrays = (length: number): SlotArrays => ({
  cell: new Int32Array(length),
  lock: new Int32Array(length),
  parent: new Int32Array(length),
  component: new Int32Array(length),
  points: new Int32Array(length),
});

/** Twice as many, with what `#occupy` has written so far. */
function grown(slots: SlotArrays): SlotArrays {
  const out = slotArrays(2 * slots.cell.length);
  for (const name of ["cell", "points"] as const) out[name].set(slots[name]);
  return out;
}
