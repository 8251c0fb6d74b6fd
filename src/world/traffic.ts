import { idmAccel } from "./idm.ts";
import type { Mover } from "./mover.ts";
import { type Road, sampleAt } from "./road.ts";
import { type SignalPlan, signalStateAt } from "./signal-plan.ts";

/** What drivers see besides each other. */
export type TrafficContext = {
  readonly road: Road;
  readonly timeS: number;
  readonly signal: SignalPlan | undefined;
  /** ego as a road user. */
  readonly ego: Mover;
  readonly walkers: readonly Mover[];
};

type Leader = { gapM: number; speedMps: number };

function considerLeader(
  m: Mover,
  o: Mover,
  widenM: number,
  /** Metres driven per metre of s: less than 1 on the inside of a bend. */
  scale: number,
  best: Leader,
): void {
  const gapM = m.dir * (o.s - m.s) * scale - (o.lengthM + m.lengthM) / 2;
  if (gapM > 150 || m.dir * (o.s - m.s) <= 0) return;
  const reach = (o.widthM + m.widthM) / 2 + 0.15 + widenM;
  const inWay = Math.abs(o.d - m.d) < reach || Math.abs(o.d - m.targetD) < reach;
  if (!inWay || gapM >= best.gapM) return;
  best.gapM = Math.max(gapM, 0);
  best.speedMps = o.dir * m.dir * o.speedMps * Math.cos(o.yawOffsetRad);
}

function findLeader(m: Mover, movers: readonly Mover[], context: TrafficContext): Leader {
  const scale = Math.min(1, 1 - m.d * sampleAt(context.road, context.road.curvatureInvm, m.s));
  const best: Leader = { gapM: Number.POSITIVE_INFINITY, speedMps: 0 };
  for (const o of movers) if (o !== m) considerLeader(m, o, 0, scale, best);
  for (const w of context.walkers)
    considerLeader(
      m,
      w,
      w.speedMps > 0 && Math.abs(Math.sin(w.yawOffsetRad)) > 0.5 ? 2 : 0,
      scale,
      best,
    );
  considerLeader(m, context.ego, 0, scale, best);
  return best;
}

/** Gap to the stop line where it must be obeyed, else Infinity. */
function stopGap(m: Mover, context: TrafficContext): number {
  const { signal, timeS } = context;
  const gapM = signal === undefined ? -1 : signal.stopS - 1 - (m.s + m.lengthM / 2);
  if (signal === undefined || m.dir < 0 || gapM < -0.9) return Number.POSITIVE_INFINITY;
  if (signal.lamps.length === 0) {
    if (m.signUntilS === undefined && m.speedMps < 0.3 && gapM < 4) m.signUntilS = timeS + 1.2;
    return m.signUntilS !== undefined && timeS > m.signUntilS ? Number.POSITIVE_INFINITY : gapM;
  }
  if (signalStateAt(signal, timeS) === "GREEN") return Number.POSITIVE_INFINITY;
  const needed = (m.speedMps * m.speedMps) / (2 * Math.max(gapM, 0.1));
  return needed > 4 ? Number.POSITIVE_INFINITY : gapM;
}

function accelerate(m: Mover, movers: readonly Mover[], context: TrafficContext): number {
  const { road, timeS } = context;
  const curveMps = sampleAt(road, m.dir > 0 ? road.speedAlongMps : road.speedAgainstMps, m.s);
  const desired = Math.min(m.desiredMps, curveMps);
  const leader = findLeader(m, movers, context);
  let accel = idmAccel(m.driver, m.speedMps, desired, leader.gapM, leader.speedMps);
  const lineM = stopGap(m, context);
  if (lineM < 150)
    accel = Math.min(
      accel,
      idmAccel(
        { ...m.driver, timeGapS: 0.3, standstillGapM: 0.3 },
        m.speedMps,
        desired,
        Math.max(lineM, 0),
        0,
      ),
    );
  if (timeS < m.episodeUntilS)
    accel = Math.min(accel, Math.max(-m.episodeDecelMps2, (m.episodeMps - m.speedMps) / 0.5));
  const room = Math.max(0, leader.gapM - 0.3);
  const hardMps = leader.speedMps >= 0 ? leader.speedMps + room / 0.4 : Number.POSITIVE_INFINITY;
  return Math.min(accel, (hardMps - m.speedMps) / 0.1);
}

/** Moves sideways to targetD with a bounded, smooth rate; never faster than it can steer. */
function moveSideways(m: Mover, dtS: number): void {
  const limit = Math.min(m.lateralMaxMps, 0.25 * m.speedMps);
  const wanted = Math.max(-limit, Math.min(limit, (m.targetD - m.d) * 1.2));
  const change = 1.5 * dtS;
  m.lateralMps += Math.max(-change, Math.min(change, wanted - m.lateralMps));
  if (m.speedMps < 0.05) m.lateralMps = 0;
  m.d += m.lateralMps * dtS;
}

/** One step of all vehicles; accelerations are taken from one instant. */
export function stepTraffic(movers: readonly Mover[], context: TrafficContext, dtS: number): void {
  for (const m of movers) if (!m.parked) m.accelMps2 = Math.max(-9, accelerate(m, movers, context));
  for (const m of movers) {
    if (m.parked) continue;
    const v0 = m.speedMps;
    m.speedMps = Math.max(0, v0 + m.accelMps2 * dtS);
    if (m.speedMps === 0 && v0 === 0) m.accelMps2 = 0;
    const scale = 1 - m.d * sampleAt(context.road, context.road.curvatureInvm, m.s);
    m.s += (m.dir * ((v0 + m.speedMps) / 2) * dtS) / Math.max(scale, 0.4);
    moveSideways(m, dtS);
  }
}
