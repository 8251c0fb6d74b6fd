/** S06: sources that must agree: two speeds, camera and LiDAR stamps, a mount and a vehicle. */
import type { EgoState } from "../contract/observation.ts";
import type { Se3 } from "../contract/se3.ts";
import type { SafetyStream } from "./input.ts";
import {
  ABSENCE_CAUTION_US,
  MOUNT_REACH_M,
  ROTATION_TOLERANCE,
  SKEW_PERIODS,
  SPEED_DIFFERENCE_MPS,
} from "./limits.ts";
import { type Demand, demand } from "./rule.ts";
import { usablePeriodUs } from "./s03-freshness.ts";

/**
 * Why a mount is none, or undefined: a rotation without scale or mirror, on the vehicle. `movedM`:
 * how far the vehicle may have driven since, where its motion is part of the transform.
 */
export function mountProblem(mount: Se3, movedM: number): string | undefined {
  const { r, t } = mount;
  const row = (i: number) => [r[3 * i]!, r[3 * i + 1]!, r[3 * i + 2]!] as const;
  const dot = (a: readonly number[], b: readonly number[]) =>
    a[0]! * b[0]! + a[1]! * b[1]! + a[2]! * b[2]!;
  const [x, y, z] = [row(0), row(1), row(2)];
  const cross = [x[1] * y[2] - x[2] * y[1], x[2] * y[0] - x[0] * y[2], x[0] * y[1] - x[1] * y[0]];
  const off = [dot(x, x) - 1, dot(y, y) - 1, dot(z, z) - 1, dot(x, y), dot(cross, z) - 1];
  const worst = Math.max(...off.map(Math.abs));
  if (!(worst <= ROTATION_TOLERANCE)) return `a rotation expected, found one off by ${worst}`;
  const reachM = Math.hypot(...t);
  if (!(reachM <= MOUNT_REACH_M + movedM))
    return `a mount within ${MOUNT_REACH_M} m expected, found one ${reachM.toFixed(1)} m away`;
  return undefined;
}

/** Periods between a picture and the nearest sweep, or undefined without a sweep. */
function skewRatio(
  streams: readonly SafetyStream[],
  stampUs: number,
  periodUs: number,
): number | undefined {
  let least: number | undefined;
  for (const s of streams) {
    if (s.kind !== "lidar" || s.stampUs === undefined) continue;
    const longerUs = Math.max(periodUs, usablePeriodUs(s.periodUs));
    const ratio = Math.abs(s.stampUs - stampUs) / longerUs;
    least = least === undefined ? ratio : Math.min(least, ratio);
  }
  return least;
}

/** Remembers how long two speeds have disagreed, and which pictures are new. */
export class CrossWatch {
  #disagreeSinceUs: number | undefined;
  readonly #lastUs = new Map<string, number>();

  /** Demand where the second speed source contradicts the first: CAUTION, after 300 ms a stop. */
  speeds(ego: EgoState, tUs: number): Demand | undefined {
    const second = ego.secondSpeed;
    const apartMps = second === undefined ? 0 : Math.abs(ego.speedMps - second.speedMps);
    if (second === undefined || apartMps <= SPEED_DIFFERENCE_MPS) {
      this.#disagreeSinceUs = undefined;
      return undefined;
    }
    this.#disagreeSinceUs ??= tUs;
    const mode = tUs - this.#disagreeSinceUs < ABSENCE_CAUTION_US ? "CAUTION" : "COMFORT_STOP";
    const detail =
      `speed within ${SPEED_DIFFERENCE_MPS} m/s of ${second.source} expected, ` +
      `found ${ego.speedMps.toFixed(2)} and ${second.speedMps.toFixed(2)} m/s`;
    return demand("S06", mode, apartMps, SPEED_DIFFERENCE_MPS, "mps", detail);
  }

  /** CAUTION for each new picture that is from another time than every sweep of this tick. */
  skews(streams: readonly SafetyStream[]): Demand[] {
    const demands: Demand[] = [];
    for (const { kind, name, stampUs, periodUs } of streams) {
      if (kind !== "camera" || stampUs === undefined) continue;
      const isNew = this.#lastUs.get(name) !== stampUs;
      if (!isNew) continue;
      this.#lastUs.set(name, stampUs);
      const skew = skewRatio(streams, stampUs, usablePeriodUs(periodUs));
      if (skew === undefined || skew <= SKEW_PERIODS) continue;
      const detail = `${name}: skew to LiDAR of at most ${SKEW_PERIODS} periods expected, found ${skew.toFixed(2)}`;
      demands.push(demand("S06", "CAUTION", skew, SKEW_PERIODS, "", detail));
    }
    return demands;
  }
}
