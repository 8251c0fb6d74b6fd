import { heightAt, type LaneNet, poseInto, projectOn, type TrackPose } from "./lane-net.ts";
import type { LaneSpots } from "./lane-spots.ts";

/** Where a way on foot meets a lane: along the lane, and from where to where along the way. */
export type CrossHit = {
  readonly lane: number;
  readonly sM: number;
  readonly fromM: number;
  readonly toM: number;
  /** Lights that hold the vehicles of this lane back. */
  readonly signals: readonly number[];
};

/** A straight way over the road. */
export type CrossLine = {
  readonly x0M: number;
  readonly y0M: number;
  readonly x1M: number;
  readonly y1M: number;
  /** Height of the road there. */
  readonly zM: number;
  readonly lengthM: number;
  readonly yawRad: number;
  /** Painted: drivers let those who wait go first. */
  readonly zebra: boolean;
  readonly hits: readonly CrossHit[];
};

const STEP_M = 0.5;
const LANE_REACH_M = 7;
/** People stand this far from the edge of the outermost lane, m. */
const KERB_M = 0.9;
/** An outline may end short of the road's edge: the way is looked for this far beyond it, m. */
const BEYOND_M = 6;
/** A light this far before a crossing belongs to it, m. */
const LIGHT_REACH_M = 30;

/**
 * A way from one point to another with the lanes that it meets; undefined where it meets none, or where
 * one of the points is on a lane: nobody waits on the road.
 */
export function crossLine(
  net: LaneNet,
  spots: LaneSpots,
  from: readonly [number, number],
  to: readonly [number, number],
  zebra: boolean,
): CrossLine | undefined {
  const fullM = Math.hypot(to[0] - from[0], to[1] - from[1]);
  const ux = (to[0] - from[0]) / fullM;
  const uy = (to[1] - from[1]) / fullM;
  const found = new Map<number, { sM: number; fromM: number; toM: number; bestD: number }>();
  for (let at = 0; at <= fullM; at += STEP_M) {
    const x = from[0] + ux * at;
    const y = from[1] + uy * at;
    for (const spot of spots.lanesNear(x, y, LANE_REACH_M)) {
      const track = net.tracks[spot.lane];
      if (track === undefined) continue;
      const p = projectOn(track, x, y, spot.sM);
      if (p.sM <= 0 || p.sM >= track.lengthM || Math.abs(p.dM) > track.halfWidthM) continue;
      const known = found.get(spot.lane);
      if (known === undefined)
        found.set(spot.lane, { sM: p.sM, fromM: at, toM: at, bestD: Math.abs(p.dM) });
      else {
        known.toM = at;
        if (Math.abs(p.dM) < known.bestD) {
          known.bestD = Math.abs(p.dM);
          known.sM = p.sM;
        }
      }
    }
  }
  if (found.size === 0) return undefined;
  const ways = [...found].sort((a, b) => a[1].fromM - b[1].fromM || a[0] - b[0]);
  if (ways.some(([, w]) => w.fromM < STEP_M || w.toM > fullM - 2 * STEP_M)) return undefined;
  const firstM = Math.min(...ways.map(([, w]) => w.fromM)) - KERB_M;
  const lastM = Math.max(...ways.map(([, w]) => w.toM)) + KERB_M;
  return {
    x0M: from[0] + ux * firstM,
    y0M: from[1] + uy * firstM,
    x1M: from[0] + ux * lastM,
    y1M: from[1] + uy * lastM,
    zM: heightAt(net.tracks[ways[0]![0]]!, ways[0]![1].sM),
    lengthM: lastM - firstM,
    yawRad: Math.atan2(uy, ux),
    zebra,
    hits: ways.map(([lane, w]) => ({
      lane,
      sM: w.sM,
      fromM: w.fromM - firstM,
      toM: w.toM - firstM,
      signals: signalsBefore(net, lane, w.sM),
    })),
  };
}

/** The same way from its other end. */
export const reversed = (line: CrossLine): CrossLine => ({
  ...line,
  x0M: line.x1M,
  y0M: line.y1M,
  x1M: line.x0M,
  y1M: line.y0M,
  yawRad: line.yawRad + Math.PI,
  hits: line.hits
    .map((hit) => ({ ...hit, fromM: line.lengthM - hit.toM, toM: line.lengthM - hit.fromM }))
    .reverse(),
});

/** Lights at the last gate before a place, on the lane or on those that lead into it. */
function signalsBefore(net: LaneNet, lane: number, sM: number): readonly number[] {
  const track = net.tracks[lane]!;
  const gate = track.gates.findLast((g) => g.sM <= sM && sM - g.sM < LIGHT_REACH_M);
  if (gate !== undefined) return gate.signals;
  for (const prev of track.prev) {
    const before = net.tracks[prev]!;
    const last = before.gates.at(-1);
    if (last !== undefined && before.lengthM - last.sM + sM < LIGHT_REACH_M) return last.signals;
  }
  return [];
}

/** Ways over all painted crossings of a graph: along the middle of each outline, square to the lane. */
export function zebraLines(net: LaneNet, spots: LaneSpots): CrossLine[] {
  const out: CrossLine[] = [];
  const pose: TrackPose = { xM: 0, yM: 0, yawRad: 0 };
  for (const { outline } of net.graph.crossings) {
    const n = outline.length / 2;
    let x = 0;
    let y = 0;
    for (let i = 0; i < n; i++) {
      x += outline[2 * i]! / n;
      y += outline[2 * i + 1]! / n;
    }
    const near = spots
      .lanesNear(x, y, 12)
      .filter((spot) => net.tracks[spot.lane] !== undefined)
      .sort((a, b) => (a.xM - x) ** 2 + (a.yM - y) ** 2 - (b.xM - x) ** 2 - (b.yM - y) ** 2)[0];
    if (near === undefined) continue;
    poseInto(net.tracks[near.lane]!, near.sM, pose);
    const nx = -Math.sin(pose.yawRad);
    const ny = Math.cos(pose.yawRad);
    let [min, max] = [0, 0];
    for (let i = 0; i < n; i++) {
      const d = nx * (outline[2 * i]! - x) + ny * (outline[2 * i + 1]! - y);
      min = Math.min(min, d);
      max = Math.max(max, d);
    }
    const line = crossLine(
      net,
      spots,
      [x + nx * (min - BEYOND_M), y + ny * (min - BEYOND_M)],
      [x + nx * (max + BEYOND_M), y + ny * (max + BEYOND_M)],
      true,
    );
    if (line !== undefined) out.push(line);
  }
  return out;
}
