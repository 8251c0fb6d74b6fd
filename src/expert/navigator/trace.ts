import type { Answer } from "../../contract/maneuver.ts";
import type { ObjectKind, SignalState } from "../../contract/scene.ts";

/**
 * A drive as a score can know it after an instruction: equally spaced samples, truth of the world, and
 * the driver's answers. Nothing of it is shown to the driver.
 */
export type DriveTrace = {
  /** Between two samples; 0.1 s in the closed loop. */
  readonly stepS: number;
  /** The first sample is the instant of the words. */
  readonly samples: readonly TraceSample[];
  /** Of ego. */
  readonly lengthM: number;
  readonly widthM: number;
};

export type TraceSample = {
  /** Rear axle, map. */
  readonly xM: number;
  readonly yM: number;
  readonly yawRad: number;
  readonly speedMps: number;
  /** The DRIVING lane that ego's rear axle is on; unset beside all lanes. */
  readonly place?: TracePlace;
  /** Beside all lanes: where ego is along the nearest one of its direction. */
  readonly beside?: { readonly lane: number; readonly sM: number };
  /** What is under the middle of ego's box. */
  readonly footing: Footing;
  readonly limitMps?: number;
  /** What limits, bends and closed lines allow now, whoever drives ahead. */
  readonly freeMps?: number;
  /** The vehicle ahead in ego's lane, bumper to bumper. */
  readonly lead?: { readonly gapM: number; readonly speedMps: number };
  /** Vehicles and people around. */
  readonly others: readonly TraceOther[];
  /** The next light that governs ego's lane, from the front bumper; negative just behind the line. */
  readonly light?: { readonly distM: number; readonly state: SignalState };
  /** A change to that side would now be safe by the teacher's gap rule; unset where no lane is. */
  readonly leftIsFree?: boolean;
  readonly rightIsFree?: boolean;
  readonly answer: Answer;
};

export type TracePlace = {
  readonly lane: number;
  readonly sM: number;
  /** To the left of the lane's centre. */
  readonly dM: number;
  /** ego's heading less the lane's. */
  readonly headingRad: number;
};

export type Footing = "LANE" | "ONCOMING" | "SHOULDER" | "SIDEWALK" | "OTHER";

export type TraceOther = {
  readonly id: number;
  readonly kind: ObjectKind;
  /** Bumper to bumper along ego's heading: > 0 ahead of ego, < 0 behind it, 0 beside it. */
  readonly aheadM: number;
  /** Of its middle, to ego's left. */
  readonly leftM: number;
  /** Along ego's heading. */
  readonly speedMps?: number;
};

/** Standing is slower than this, m/s: wheel sensors read no less. */
export const STANDING_MPS = 0.3;

/** The part of a trace from a sample on. */
export const traceFrom = (trace: DriveTrace, from: number): DriveTrace => ({
  ...trace,
  samples: trace.samples.slice(from),
});

/** Samples that cover a time. */
export const samplesIn = (trace: DriveTrace, seconds: number): number =>
  Math.max(1, Math.round(seconds / trace.stepS));

/**
 * Index of the sample at which `holds` has been true without a break for `seconds`; undefined if it
 * never was.
 */
export function heldAt(
  trace: DriveTrace,
  seconds: number,
  holds: (sample: TraceSample, index: number) => boolean,
): number | undefined {
  const needed = samplesIn(trace, seconds);
  let since = 0;
  for (const [i, sample] of trace.samples.entries()) {
    since = holds(sample, i) ? since + 1 : 0;
    // n steps lie between n + 1 samples
    if (since > needed) return i;
  }
  return undefined;
}

/** Way driven up to each sample. [T] m */
export function drivenM(trace: DriveTrace): Float64Array {
  const out = new Float64Array(trace.samples.length);
  for (let i = 1; i < out.length; i++) {
    const [a, b] = [trace.samples[i - 1]!, trace.samples[i]!];
    out[i] = out[i - 1]! + Math.hypot(b.xM - a.xM, b.yM - a.yM);
  }
  return out;
}
