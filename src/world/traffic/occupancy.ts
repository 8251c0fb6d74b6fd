import { type LaneNet, trackOf } from "./lane-net.ts";
import type { Rider } from "./rider.ts";

/** A body on a lane, in that lane's coordinates; s may lie beyond its ends where the body sticks out. */
export type Entry = {
  /** 0 is ego. */
  id: number;
  rider: Rider | undefined;
  sM: number;
  halfM: number;
  /** Along the lane. */
  speedMps: number;
  /** true on the lane that a rider is leaving or only touches. */
  aside: boolean;
};

const NONE: readonly Entry[] = [];

/** Who is on which lane, sorted along each lane; filled anew each step. */
export class Occupancy {
  readonly #lanes: (Entry[] | undefined)[] = [];
  readonly #touched: number[] = [];
  readonly #pool: Entry[] = [];
  #used = 0;

  clear(): void {
    for (const lane of this.#touched) this.#lanes[lane]!.length = 0;
    this.#touched.length = 0;
    this.#used = 0;
  }

  /** Entries of a lane, ascending in s. */
  on(lane: number): readonly Entry[] {
    return this.#lanes[lane] ?? NONE;
  }

  put(
    lane: number,
    rider: Rider | undefined,
    sM: number,
    halfM: number,
    speedMps: number,
    aside: boolean,
  ): void {
    const entry = this.#next();
    entry.id = rider?.id ?? 0;
    entry.rider = rider;
    entry.sM = sM;
    entry.halfM = halfM;
    entry.speedMps = speedMps;
    entry.aside = aside;
    let list = this.#lanes[lane];
    if (list === undefined) {
      list = [];
      this.#lanes[lane] = list;
    }
    if (list.length === 0) this.#touched.push(lane);
    let i = list.length;
    list.push(entry);
    while (i > 0 && list[i - 1]!.sM > sM) {
      list[i] = list[i - 1]!;
      i--;
    }
    list[i] = entry;
  }

  #next(): Entry {
    let entry = this.#pool[this.#used];
    if (entry === undefined) {
      entry = { id: 0, rider: undefined, sM: 0, halfM: 0, speedMps: 0, aside: false };
      this.#pool.push(entry);
    }
    this.#used++;
    return entry;
  }

  /** Registers a rider on every lane that its body is on: its own, those before and after, and the left one. */
  putRider(net: LaneNet, rider: Rider): void {
    const half = rider.lengthM / 2;
    this.#putAlong(net, rider, half);
    const leaving = rider.change?.leaving;
    if (leaving === undefined) return;
    const own = trackOf(net, rider.path[rider.at]!);
    const old = trackOf(net, leaving);
    const s = (rider.sM / own.lengthM) * old.lengthM;
    this.put(leaving, rider, s, half, rider.speedMps, true);
    if (s - half < 0)
      for (const prev of old.prev)
        this.put(prev, rider, s + trackOf(net, prev).lengthM, half, rider.speedMps, true);
    if (s + half > old.lengthM)
      for (const next of old.next)
        this.put(next, rider, s - old.lengthM, half, rider.speedMps, true);
  }

  #putAlong(net: LaneNet, rider: Rider, half: number): void {
    this.put(rider.path[rider.at]!, rider, rider.sM, half, rider.speedMps, false);
    let s = rider.sM;
    for (let k = rider.at - 1; s - half < 0; k--) {
      const here = trackOf(net, rider.path[k + 1]!);
      const lane = k >= 0 ? rider.path[k]! : here.prev[0];
      if (lane === undefined) break;
      s += trackOf(net, lane).lengthM;
      this.put(lane, rider, s, half, rider.speedMps, true);
      if (k <= 0) break;
    }
    s = rider.sM;
    for (let k = rider.at; k + 1 < rider.path.length; k++) {
      const length = trackOf(net, rider.path[k]!).lengthM;
      if (s + half <= length) break;
      s -= length;
      this.put(rider.path[k + 1]!, rider, s, half, rider.speedMps, true);
    }
  }
}
