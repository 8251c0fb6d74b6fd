/**
 * Could a competent and careful human driver have avoided this? Performance model of UN R157
 * (Annex 4, appendix 3, in later series annex 3: guidance on disturbance-critical scenarios): the danger
 * is perceived at 0.375 m of sideways motion (0.72 m when it has been weighed, at most), weighed for
 * 0.4 s, 0.75 s later braking begins and within 0.6 s (12.65 m/s³) grows to 0.774 g.
 *
 * One condition of the regulation is left out: there a cut-in counts as danger only once its time to
 * collision, after the weighing, is below 2.0 s. Ours brakes at once. Up to 14.5 m/s of closing speed
 * the verdict is the same, since 2.4 s are then room enough to stop closing in; above it, the driver of
 * the regulation, written for 60 km/h, waits too long, and ours is the stricter judge.
 */
import { boxesOverlap } from "../../world/box.ts";
import type { MovingBox } from "./pdms.ts";

/** A road user has begun to leave its place when its centre has moved this far aside, m. */
export const PERCEIVED_SHIFT_M = 0.375;
export const RISK_EVALUATION_S = 0.4;
export const BRAKE_DELAY_S = 0.75;
export const BRAKE_BUILD_UP_S = 0.6;
export const BRAKE_MAX_MPS2 = 0.774 * 9.81;
/** Something that closes in faster than this in the own lane is noticed, m/s. */
const CLOSING_MPS = 0.5;
/** Others are assumed to go on as they did when the record ends, for this long. */
const GO_ON_S = 4;

/** One instant before the collision; equal steps of time. */
export type EncounterSample = { readonly ego: MovingBox; readonly other: MovingBox };

export type CarefulDriver = {
  readonly avoids: boolean;
  /** When the danger could be perceived, seconds before the contact; undefined: it never could. */
  readonly perceivedBeforeS?: number;
};

/**
 * `samples` run up to the contact, `stepS` apart. The careful driver drives ego's own path with ego's
 * speed until braking begins; the other does what it did.
 */
export function judgeEncounter(samples: readonly EncounterSample[], stepS: number): CarefulDriver {
  const path = drivenPath(samples);
  const at = perceivedAt(samples, path, stepS);
  if (at === undefined) return { avoids: false };
  const perceivedBeforeS = (samples.length - 1 - at) * stepS;
  return { avoids: brakesInTime(samples, path, at, stepS), perceivedBeforeS };
}

type Path = { readonly sM: readonly number[]; readonly at: (sM: number) => MovingBox };

/** The way that ego's centre drove, which goes straight on at its end. */
function drivenPath(samples: readonly EncounterSample[]): Path {
  const sM = [0];
  for (let i = 1; i < samples.length; i++) {
    const a = samples[i - 1]!.ego;
    const b = samples[i]!.ego;
    sM.push(sM[i - 1]! + Math.hypot(b.xM - a.xM, b.yM - a.yM));
  }
  const at = (wanted: number): MovingBox => {
    let i = 0;
    while (i < sM.length - 2 && sM[i + 1]! <= wanted) i++;
    const a = samples[i]!.ego;
    const over = wanted - sM[i]!;
    const b = samples[i + 1]?.ego ?? a;
    const span = (sM[i + 1] ?? sM[i]!) - sM[i]!;
    const inside = span > 1e-6 && over <= span;
    const yawRad = inside ? Math.atan2(b.yM - a.yM, b.xM - a.xM) : b.yawRad;
    const from = inside ? a : b;
    const ds = inside ? over : over - span;
    return {
      ...a,
      xM: from.xM + ds * Math.cos(yawRad),
      yM: from.yM + ds * Math.sin(yawRad),
      yawRad: from.yawRad,
    };
  };
  return { sM, at };
}

/** Place of the other beside ego's path at one instant. */
function beside(sample: EncounterSample, path: Path) {
  const { ego, other } = sample;
  let best = Number.POSITIVE_INFINITY;
  let sM = 0;
  let dM = 0;
  let yawRad = ego.yawRad;
  const endM = path.sM[path.sM.length - 1]! + 40;
  for (let s = 0; s <= endM; s += 1) {
    const p = path.at(s);
    const dx = other.xM - p.xM;
    const dy = other.yM - p.yM;
    const sq = dx * dx + dy * dy;
    if (sq >= best) continue;
    best = sq;
    sM = s;
    yawRad = p.yawRad;
    dM = -Math.sin(p.yawRad) * dx + Math.cos(p.yawRad) * dy;
  }
  const turn = other.yawRad - yawRad;
  const halfAcrossM =
    (Math.abs(Math.sin(turn)) * other.lengthM + Math.abs(Math.cos(turn)) * other.widthM) / 2;
  return { sM, dM, vsMps: other.speedMps * Math.cos(turn), halfAcrossM };
}

/** First instant at which the danger can be perceived. */
function perceivedAt(
  samples: readonly EncounterSample[],
  path: Path,
  stepS: number,
): number | undefined {
  let reference: number | undefined;
  const first = Math.max(0, samples.length - Math.round(8 / stepS));
  for (let i = first; i < samples.length; i++) {
    const sample = samples[i]!;
    const place = beside(sample, path);
    if (place.sM < path.sM[i]!) continue;
    const inWay = Math.abs(place.dM) < place.halfAcrossM + sample.ego.widthM / 2;
    if (inWay && sample.ego.speedMps - place.vsMps > CLOSING_MPS) return i;
    reference = Math.max(reference ?? 0, Math.abs(place.dM));
    if (!inWay && reference - Math.abs(place.dM) > PERCEIVED_SHIFT_M) return i;
  }
  return undefined;
}

function brakesInTime(
  samples: readonly EncounterSample[],
  path: Path,
  perceived: number,
  stepS: number,
): boolean {
  let sM = path.sM[perceived]!;
  let v = samples[perceived]!.ego.speedMps;
  const lastIndex = samples.length - 1;
  const end = lastIndex + Math.round(GO_ON_S / stepS);
  for (let i = perceived; i <= end; i++) {
    const other = otherAt(samples, i, stepS);
    const ego = path.at(sM);
    if (boxesOverlap(ego, other)) return standsHit(v, ego, other);
    const sinceS = (i - perceived) * stepS - RISK_EVALUATION_S - BRAKE_DELAY_S;
    const brake = BRAKE_MAX_MPS2 * Math.min(1, Math.max(0, sinceS / BRAKE_BUILD_UP_S));
    const driven = samples[i]?.ego.speedMps;
    // until braking begins the careful driver goes at ego's speed, which may itself fall
    const free = sinceS < 0 && driven !== undefined ? Math.min(v, driven) : v;
    const next = Math.max(0, free - brake * stepS);
    sM += ((free + next) / 2) * stepS;
    v = next;
  }
  return true;
}

/** Who stands and is run into has avoided what could be avoided. */
const standsHit = (v: number, ego: MovingBox, other: MovingBox): boolean => {
  const ahead =
    Math.cos(ego.yawRad) * (other.xM - ego.xM) + Math.sin(ego.yawRad) * (other.yM - ego.yM);
  return v < 0.1 && (other.speedMps > 0.4 || ahead < 0);
};

function otherAt(samples: readonly EncounterSample[], i: number, stepS: number): MovingBox {
  const lastIndex = samples.length - 1;
  if (i <= lastIndex) return samples[i]!.other;
  const { other } = samples[lastIndex]!;
  const ds = other.speedMps * (i - lastIndex) * stepS;
  return {
    ...other,
    xM: other.xM + ds * Math.cos(other.yawRad),
    yM: other.yM + ds * Math.sin(other.yawRad),
  };
}
