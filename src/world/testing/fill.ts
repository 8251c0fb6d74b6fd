import { boxesOverlap, type GroundBox } from "../box.ts";
import type { Random } from "../random.ts";
import type { TrafficFlow } from "../traffic/flow.ts";
import { laneOf } from "../traffic/path.ts";
import { drawRider, type Rider, type RiderKind, type Temper } from "../traffic/rider.ts";

export const CALM: Temper = { aggressiveness: 0.5, slowShare: 0, blindShare: 0 };

/** Puts vehicles on every lane outside junctions, about `spacingM` apart. */
export function fillLanes(
  flow: TrafficFlow,
  rng: Random,
  spacingM: number,
  kinds: readonly RiderKind[] = ["CAR", "VAN", "TRUCK", "MOTORCYCLE"],
  temper: Temper = CALM,
): void {
  let id = flow.riders.length;
  for (const track of flow.net.tracks) {
    if (track === undefined || track.junction) continue;
    for (let s = 8; s < track.lengthM - 18; s += spacingM * rng.range(0.8, 1.2)) {
      const rider = drawRider(rng, ++id, rng.pick(kinds), temper);
      // slow enough to stop before the lane ends
      const stopMps = Math.sqrt(3 * Math.max(0, track.lengthM - s - 16));
      flow.add(rider, track.lane.index, s, Math.min(track.limitMps, (spacingM - 8) / 3, stopMps));
    }
  }
}

export const boxOf = (rider: Rider): GroundBox => rider;

/** Pairs of vehicles whose boxes touch now. */
export function touching(riders: readonly Rider[]): (readonly [Rider, Rider])[] {
  const out: (readonly [Rider, Rider])[] = [];
  const sorted = [...riders].sort((a, b) => a.xM - b.xM);
  for (let i = 0; i < sorted.length; i++)
    for (let k = i + 1; k < sorted.length; k++) {
      const [a, b] = [sorted[i]!, sorted[k]!];
      if (b.xM - a.xM > 13) break;
      if (boxesOverlap(a, b)) out.push([a, b]);
    }
  return out;
}

/** One line about a vehicle, for messages of failing tests. */
export const tellRider = (r: Rider): string =>
  `${r.kind} ${r.id} on lane ${laneOf(r)} s ${r.sM.toFixed(1)} d ${r.dM.toFixed(2)} ` +
  `v ${r.speedMps.toFixed(1)} a ${r.accelMps2.toFixed(1)} claim ${r.claim} hold ${r.hold} ` +
  `change ${r.change?.side ?? 0} path ${r.path.slice(r.at, r.at + 4).join(">")}`;
