import { CLUSTER_GRID, JOIN_THREE_CELLS_FROM_M, JOIN_TWO_CELLS_FROM_M } from "./limits.ts";

const NX = Math.round((CLUSTER_GRID.xMaxM - CLUSTER_GRID.xMinM) / CLUSTER_GRID.cellM);
const NY = Math.round((2 * CLUSTER_GRID.yAbsM) / CLUSTER_GRID.cellM);

/** Half of the neighbours within k rings, as [dx, dy]; the other half is met from the other side. */
const halfRing = (k: number): readonly (readonly [number, number])[] => {
  const out: (readonly [number, number])[] = [];
  for (let dx = 0; dx <= k; dx++)
    for (let dy = dx === 0 ? 1 : -k; dy <= k; dy++)
      if (dx * dx + dy * dy <= k * k + k) out.push([dx, dy]);
  return out;
};
const HALF_RINGS = [halfRing(1), halfRing(2), halfRing(3)] as const;

/** Connected components of points on the ground plane; linear in points. */
export class Clusterer {
  /** Components of the last `update`. */
  count = 0;
  /** [count + 1] where each component's points start in `order`. */
  start = new Int32Array(64);
  /** [M] point indices, grouped by component. */
  order = new Int32Array(0);

  readonly #slotOfCell = new Int32Array(NX * NY).fill(-1);
  #cells = new Int32Array(1024);
  #parent = new Int32Array(1024);
  #component = new Int32Array(1024);
  #slotOfPoint = new Int32Array(0);

  /**
   * `xyz` [M, 3] m, ego. `lockOfCell` may give cells a lock (> 0): cells join only within one lock,
   * so a vehicle that is already tracked does not melt into the hedge it passes.
   */
  update(
    xyz: Float32Array,
    pointCount: number,
    lockAt: (xM: number, yM: number) => number,
    sparseness: number,
  ): void {
    const slots = this.#occupy(xyz, pointCount);
    const lock = new Int32Array(slots);
    for (let a = 0; a < slots; a++) {
      const cell = this.#cells[a]!;
      lock[a] = lockAt(
        CLUSTER_GRID.xMinM + (Math.floor(cell / NY) + 0.5) * CLUSTER_GRID.cellM,
        -CLUSTER_GRID.yAbsM + ((cell % NY) + 0.5) * CLUSTER_GRID.cellM,
      );
    }
    this.#join(slots, lock, sparseness);
    this.#group(slots, pointCount);
    for (let a = 0; a < slots; a++) this.#slotOfCell[this.#cells[a]!] = -1;
  }

  #occupy(xyz: Float32Array, pointCount: number): number {
    if (this.#slotOfPoint.length < pointCount) {
      this.#slotOfPoint = new Int32Array(pointCount + (pointCount >> 2));
      this.order = new Int32Array(this.#slotOfPoint.length);
    }
    let slots = 0;
    for (let i = 0, k = 0; i < pointCount; i++, k += 3) {
      const ix = Math.floor((xyz[k]! - CLUSTER_GRID.xMinM) / CLUSTER_GRID.cellM);
      const iy = Math.floor((xyz[k + 1]! + CLUSTER_GRID.yAbsM) / CLUSTER_GRID.cellM);
      if (ix < 0 || ix >= NX || iy < 0 || iy >= NY) {
        this.#slotOfPoint[i] = -1;
        continue;
      }
      const cell = ix * NY + iy;
      let slot = this.#slotOfCell[cell]!;
      if (slot < 0) {
        if (slots === this.#cells.length) this.#grow();
        slot = slots++;
        this.#slotOfCell[cell] = slot;
        this.#cells[slot] = cell;
      }
      this.#slotOfPoint[i] = slot;
    }
    return slots;
  }

  #grow(): void {
    const cells = new Int32Array(this.#cells.length * 2);
    cells.set(this.#cells);
    this.#cells = cells;
    this.#parent = new Int32Array(cells.length);
    this.#component = new Int32Array(cells.length);
  }

  #root(slot: number): number {
    const parent = this.#parent;
    let a = slot;
    while (parent[a] !== a) {
      parent[a] = parent[parent[a]!]!;
      a = parent[a]!;
    }
    return a;
  }

  /** Beams as far apart as at `sparseness` times the range. */
  #join(slots: number, lock: Int32Array, sparseness: number): void {
    for (let a = 0; a < slots; a++) this.#parent[a] = a;
    for (let a = 0; a < slots; a++) {
      const cell = this.#cells[a]!;
      const ix = Math.floor(cell / NY);
      const iy = cell - ix * NY;
      const x = CLUSTER_GRID.xMinM + ix * CLUSTER_GRID.cellM;
      const y = -CLUSTER_GRID.yAbsM + iy * CLUSTER_GRID.cellM;
      const r2 = (x * x + y * y) * sparseness * sparseness;
      const rings = r2 < JOIN_TWO_CELLS_FROM_M ** 2 ? 0 : r2 < JOIN_THREE_CELLS_FROM_M ** 2 ? 1 : 2;
      for (const [dx, dy] of HALF_RINGS[rings]!) {
        const jx = ix + dx;
        const jy = iy + dy;
        if (jx >= NX || jy < 0 || jy >= NY) continue;
        const b = this.#slotOfCell[jx * NY + jy]!;
        if (b < 0 || lock[a] !== lock[b]) continue;
        const ra = this.#root(a);
        const rb = this.#root(b);
        if (ra < rb) this.#parent[rb] = ra;
        else this.#parent[ra] = rb;
      }
    }
  }

  #group(slots: number, pointCount: number): void {
    this.count = 0;
    for (let a = 0; a < slots; a++) if (this.#root(a) === a) this.#component[a] = this.count++;
    if (this.start.length < this.count + 2) this.start = new Int32Array(2 * this.count + 2);
    const start = this.start.fill(0, 0, this.count + 2);
    for (let a = 0; a < slots; a++) this.#component[a] = this.#component[this.#root(a)]!;
    for (let i = 0; i < pointCount; i++) {
      const slot = this.#slotOfPoint[i]!;
      if (slot >= 0) start[this.#component[slot]! + 2]!++;
    }
    for (let c = 2; c < this.count + 2; c++) start[c]! += start[c - 1]!;
    for (let i = 0; i < pointCount; i++) {
      const slot = this.#slotOfPoint[i]!;
      if (slot >= 0) this.order[start[this.#component[slot]! + 1]!++] = i;
    }
  }
}
