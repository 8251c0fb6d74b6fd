import type { SignalState } from "../contract/scene.ts";
import type { Layout } from "./layout.ts";
import type { Random } from "./random.ts";

/** A lamp in road coordinates. */
export type Lamp = { readonly s: number; readonly d: number; readonly zM: number };

/** One stop line across the ego lanes; without lamps it is a stop sign. */
export type SignalPlan = {
  readonly stopS: number;
  readonly lamps: readonly Lamp[];
  readonly redS: number;
  readonly greenS: number;
  readonly yellowS: number;
  readonly offsetS: number;
  /** Crossing road: from, to along the reference curve. */
  readonly crossing?: { readonly fromS: number; readonly toS: number };
};

/** State of the lamps at `timeS` of the world. */
export function signalStateAt(plan: SignalPlan, timeS: number): SignalState {
  if (plan.lamps.length === 0) return "OFF";
  const cycle = plan.redS + plan.greenS + plan.yellowS;
  const t = (timeS + plan.offsetS) % cycle;
  return t < plan.redS ? "RED" : t < plan.redS + plan.greenS ? "GREEN" : "YELLOW";
}

/** A stop line at `stopS`; `sign` leaves out the lamps. */
export function drawSignalPlan(
  rng: Random,
  layout: Layout,
  stopS: number,
  sign: boolean,
): SignalPlan {
  const startS = stopS + rng.range(2, 6);
  const widthM = rng.range(6, 13);
  const crossing = rng.chance(0.7) ? { fromS: startS, toS: startS + widthM } : undefined;
  const lamps: Lamp[] = [];
  if (!sign) {
    const near = { s: stopS + rng.range(0, 2), d: layout.rightEdgeM - 0.8, zM: rng.range(3, 4) };
    const far = {
      s: Math.min(stopS + 25, (crossing?.toS ?? stopS + 4) + rng.range(0.5, 4)),
      d: rng.chance(0.5) ? layout.rightEdgeM - 0.8 : layout.leftEdgeM + 0.8,
      zM: rng.range(3.2, 5.5),
    };
    const overhead = { s: far.s, d: layout.lanes[0]!.dM, zM: 5.5 };
    lamps.push(...rng.pick([[near, far], [far], [far], [near, overhead], [overhead], [near]]));
  }
  const redS = rng.range(5, 20);
  const greenS = rng.range(8, 20);
  const yellowS = Math.max(3, layout.limitMps / 6 + 0.7);
  return {
    stopS,
    lamps,
    redS,
    greenS,
    yellowS,
    offsetS: rng.range(0, redS + greenS + yellowS),
    ...(crossing === undefined ? {} : { crossing }),
  };
}
