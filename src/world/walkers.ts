import type { Mover } from "./mover.ts";
import type { Random } from "./random.ts";

/** A walker and what it is about to do. */
export type Walker = {
  readonly mover: Mover;
  /** Starts to cross when ego is this far away, m; absent: never crosses. */
  crossAtM?: number;
  /** Offset at which the crossing ends. */
  readonly crossToD: number;
  readonly crossMps: number;
  /** Deceleration that it expects of ego when it steps out. */
  readonly askedMps2: number;
  crossing: boolean;
};

/** Walking along, standing and crossing. ego is a road user; its speed decides a safe trigger. */
export function stepWalkers(walkers: readonly Walker[], ego: Mover, dtS: number): void {
  for (const w of walkers) {
    const m = w.mover;
    const aheadM = m.s - (ego.s + ego.lengthM / 2);
    const neededM = (ego.speedMps * ego.speedMps) / (2 * w.askedMps2) + ego.speedMps * 0.8 + 5;
    if (!w.crossing && w.crossAtM !== undefined && aheadM < neededM + w.crossAtM) {
      if (aheadM > neededM) {
        w.crossing = true;
        m.yawOffsetRad = w.crossToD > m.d ? Math.PI / 2 : -Math.PI / 2;
        m.speedMps = w.crossMps;
      }
      delete w.crossAtM;
    }
    if (w.crossing && Math.abs(w.crossToD - m.d) < 0.2) {
      w.crossing = false;
      m.speedMps = 0;
    }
    m.s += m.speedMps * Math.cos(m.yawOffsetRad) * dtS;
    m.d += m.speedMps * Math.sin(m.yawOffsetRad) * dtS;
  }
}

/** Extra distance at which a crossing starts. */
export const drawCrossAtM = (rng: Random): number => rng.range(4, 30);
