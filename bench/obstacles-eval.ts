/**
 * How well does raw LiDAR find what stands and moves on the ego's path?
 * `node dist/bench/obstacles-eval.js [log.mcap]` compares ObstacleDetector with the labelled boxes
 * of a recording (foxglove.SceneUpdate on /markers/annotations). The recording is a test set: no
 * number of src/obstacles was chosen by it.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Observation } from "../src/contract/observation.ts";
import type { Obstacle } from "../src/contract/obstacle.ts";
import { openSource } from "../src/ingest/source.ts";
import { ObstacleDetector } from "../src/obstacles/detector.ts";
import {
  distanceToPolygonM,
  nearestTo,
  polygonDistanceM,
  polygonOf,
} from "./obstacles-geometry.ts";
import {
  type Label,
  nearestInside,
  pointsInside,
  readLabels,
  VEHICLE,
} from "./obstacles-labels.ts";
import { type Path, pathAhead, placeOnPath } from "./obstacles-path.ts";

const RANGE_M = 30;
const PEDESTRIAN_RANGE_M = 20;
/** Half widths of the corridor: the wide one of the question, and the vehicle's own. */
const WIDE_M = 2.5;
const OWN_M = 1.25;
const MATCH_M = 0.7;
/** A label that so few points meet cannot be found. */
const VISIBLE_POINTS = 5;
const EGO_FRONT: readonly [number, number] = [4, 0];

const shared = process.env.WAYWARDEN_SHARED ?? "../shared";
const log = process.argv[2] ?? resolve(shared, "data/logs/pandaset-002.mcap");

type Tick = {
  readonly observation: { readonly stampUs: number; readonly ego: Observation["ego"] };
  readonly carried: boolean;
  readonly obstacles: readonly Obstacle[];
  readonly labels: readonly Label[];
  readonly pointsIn: readonly number[];
  readonly nearestInM: readonly number[];
  readonly updateMs: number;
};

async function drive(): Promise<Tick[]> {
  const labels = await readLabels(log);
  const source = await openSource(log, { cameras: 0 });
  const detector = new ObstacleDetector();
  const ticks: Tick[] = [];
  for await (const observation of source.observations()) {
    const from = performance.now();
    const field = detector.update(observation);
    const updateMs = performance.now() - from;
    const here = nearestInTime(labels, observation.stampUs);
    ticks.push({
      observation: { stampUs: observation.stampUs, ego: observation.ego },
      carried: field.carried,
      obstacles: field.obstacles,
      labels: here,
      pointsIn: pointsInside(here, observation.sweeps),
      nearestInM: nearestInside(here, observation.sweeps),
      updateMs,
    });
  }
  await source.close();
  return ticks;
}

function nearestInTime(labels: ReadonlyMap<number, readonly Label[]>, stampUs: number) {
  let best: readonly Label[] = [];
  let bestUs = 50_000;
  for (const [us, list] of labels)
    if (Math.abs(us - stampUs) < bestUs) {
      bestUs = Math.abs(us - stampUs);
      best = list;
    }
  return best;
}

type Miss = { readonly tick: number; readonly what: string; readonly at: string };
const say = (x: number, y: number) => `(${x.toFixed(1)}, ${y.toFixed(1)})`;

function recall(
  ticks: readonly Tick[],
  paths: readonly Path[],
  group: Label["group"],
  reachM: number,
) {
  let all = 0;
  let visible = 0;
  let foundVisible = 0;
  let found = 0;
  const errors: number[] = [];
  const off: (Miss & { readonly errorM: number })[] = [];
  const misses: Miss[] = [];
  ticks.forEach((tick, i) => {
    tick.labels.forEach((label, k) => {
      if (label.group !== group) return;
      const polygon = polygonOf(label);
      const place = placeOnPath(polygon, paths[i]!, WIDE_M);
      if (place === undefined || place.alongM > reachM) return;
      all++;
      const seen = tick.carried || tick.pointsIn[k]! >= VISIBLE_POINTS;
      if (seen) visible++;
      const matched = tick.obstacles.filter((o) => polygonDistanceM(o.hull, polygon) <= MATCH_M);
      if (matched.length === 0) {
        if (seen)
          misses.push({
            tick: i,
            what: `${label.category} ${label.id} (${tick.pointsIn[k]} points${tick.carried ? ", carried" : ""})`,
            at: say(label.xM, label.yM),
          });
        return;
      }
      found++;
      if (seen) foundVisible++;
      const truth = nearestTo(polygon, EGO_FRONT);
      const inside = matched.flatMap((o) =>
        o.hull.filter((p) => distanceToPolygonM(p, polygon) < 0.5),
      );
      const nearest = inside.length
        ? Math.min(...inside.map((p) => Math.hypot(p[0] - EGO_FRONT[0], p[1] - EGO_FRONT[1])))
        : Math.min(...matched.map((o) => nearestTo(o.hull, EGO_FRONT)));
      errors.push(nearest - truth);
      off.push({
        tick: i,
        what: `${label.category} ${label.id} (${tick.pointsIn[k]} points)`,
        at: say(label.xM, label.yM),
        errorM: nearest - truth,
      });
    });
  });
  const absolute = errors.map(Math.abs).sort((a, b) => a - b);
  const signed = [...errors].sort((a, b) => a - b);
  return {
    labels: all,
    labelsVisible: visible,
    recall: all ? found / all : null,
    recallVisible: visible ? foundVisible / visible : null,
    medianAbsDistanceErrorM: absolute[absolute.length >> 1] ?? null,
    p95AbsDistanceErrorM: absolute[Math.floor(absolute.length * 0.95)] ?? null,
    medianDistanceErrorM: signed[signed.length >> 1] ?? null,
    misses,
    furthestOff: off.sort((a, b) => Math.abs(b.errorM) - Math.abs(a.errorM)).slice(0, 10),
  };
}

/** Labels of a kind at any bearing: the corridor alone holds too few people to count. */
function recallAround(ticks: readonly Tick[], kind: RegExp, reachM: number) {
  let all = 0;
  let visible = 0;
  let found = 0;
  const labels = new Set<string>();
  const errors: number[] = [];
  /** Of what was found against the nearest return on the thing, and of that against the label. */
  const fromReturn: number[] = [];
  const returnFromLabel: number[] = [];
  const misses: Miss[] = [];
  ticks.forEach((tick, i) => {
    tick.labels.forEach((label, k) => {
      const rangeM = Math.hypot(label.xM, label.yM);
      if (!kind.test(label.category) || rangeM > reachM || tick.carried) return;
      all++;
      if (tick.pointsIn[k]! < VISIBLE_POINTS) return;
      visible++;
      labels.add(label.id);
      const polygon = polygonOf(label);
      const near = tick.obstacles.filter((o) => polygonDistanceM(o.hull, polygon) <= MATCH_M);
      if (near.length === 0) {
        const what = `${label.category} ${label.id} (${tick.pointsIn[k]} points)`;
        misses.push({ tick: i, what, at: say(label.xM, label.yM) });
        return;
      }
      found++;
      const inside = near.flatMap((o) =>
        o.hull.filter((p) => distanceToPolygonM(p, polygon) < 0.3),
      );
      if (inside.length === 0) return;
      const foundM = Math.min(...inside.map((p) => Math.hypot(p[0], p[1])));
      const faceM = nearestTo(polygon, [0, 0]);
      errors.push(foundM - faceM);
      fromReturn.push(foundM - tick.nearestInM[k]!);
      returnFromLabel.push(tick.nearestInM[k]! - faceM);
    });
  });
  return {
    labels: all,
    labelsVisible: visible,
    people: labels.size,
    recallVisible: visible ? found / visible : null,
    medianAbsDistanceErrorM: median(errors.map(Math.abs)),
    medianDistanceErrorM: median(errors),
    medianAbsFromNearestReturnM: median(fromReturn.map(Math.abs)),
    medianNearestReturnFromLabelM: median(returnFromLabel),
    misses,
  };
}

function phantoms(
  ticks: readonly Tick[],
  paths: readonly Path[],
  halfWidthM: number,
  trackedOnly: boolean,
) {
  const list: (Miss & { readonly id: number })[] = [];
  ticks.forEach((tick, i) => {
    const polygons = tick.labels.map(polygonOf);
    for (const o of tick.obstacles) {
      if (trackedOnly && !o.tracked) continue;
      const place = placeOnPath(o.hull, paths[i]!, halfWidthM);
      if (place === undefined || place.alongM > RANGE_M) continue;
      if (polygons.some((p) => polygonDistanceM(o.hull, p) <= MATCH_M)) continue;
      list.push({
        tick: i,
        id: o.id,
        what: `${o.lengthM.toFixed(1)} × ${o.widthM.toFixed(1)} m, z ${o.zMinM.toFixed(1)}…${o.zMaxM.toFixed(1)}, ${o.pointCount} points, v ${Math.hypot(o.vxMps, o.vyMps).toFixed(1)}${o.tracked ? ", tracked" : ""}${tick.carried ? ", carried" : ""}`,
        at: `${say(o.xM, o.yM)} lateral ${place.lateralM.toFixed(1)}`,
      });
    }
  });
  const ids = new Map<number, { count: number; first: Miss }>();
  for (const p of list) {
    const known = ids.get(p.id);
    if (known) known.count++;
    else ids.set(p.id, { count: 1, first: p });
  }
  return {
    per100: (100 * list.length) / ticks.length,
    count: list.length,
    things: [...ids.entries()].map(([id, { count, first }]) => ({ id, ticks: count, ...first })),
  };
}

/** Ground-truth velocity from where the same label is 0.3 s before and after, ego axes of tick i. */
function trueSpeed(ticks: readonly Tick[], i: number, id: string): number | undefined {
  const at = (k: number) => {
    const tick = ticks[k];
    const label = tick?.labels.find((l) => l.id === id);
    const odom = tick?.observation.ego?.odomFromEgo;
    if (!tick || !label || !odom) return undefined;
    return {
      us: tick.observation.stampUs,
      x: odom.r[0]! * label.xM + odom.r[1]! * label.yM + odom.t[0],
      y: odom.r[3]! * label.xM + odom.r[4]! * label.yM + odom.t[1],
    };
  };
  const a = at(i - 3);
  const b = at(i + 3);
  const odom = ticks[i]?.observation.ego?.odomFromEgo;
  if (!a || !b || !odom) return undefined;
  const dt = (b.us - a.us) / 1e6;
  return (odom.r[0]! * (b.x - a.x) + odom.r[3]! * (b.y - a.y)) / dt;
}

const median = (values: readonly number[]): number | null =>
  [...values].sort((a, b) => a - b)[values.length >> 1] ?? null;

function leadSpeed(ticks: readonly Tick[], paths: readonly Path[]) {
  const errors: number[] = [];
  const rows: {
    tick: number;
    label: string;
    trueMps: number;
    foundMps: number;
    tracked: boolean;
  }[] = [];
  const distances: number[] = [];
  let leads = 0;
  let untracked = 0;
  ticks.forEach((tick, i) => {
    let best: { label: Label; alongM: number } | undefined;
    for (const label of tick.labels) {
      if (label.group !== "vehicle") continue;
      const place = placeOnPath(polygonOf(label), paths[i]!, OWN_M);
      if (place && place.alongM < (best?.alongM ?? RANGE_M)) best = { label, alongM: place.alongM };
    }
    if (!best) return;
    const truth = trueSpeed(ticks, i, best.label.id);
    const polygon = polygonOf(best.label);
    const matched = tick.obstacles
      .filter((o) => polygonDistanceM(o.hull, polygon) <= 0.3)
      .sort((a, b) => b.pointCount - a.pointCount)[0];
    if (matched) distances.push(nearestTo(matched.hull, EGO_FRONT) - nearestTo(polygon, EGO_FRONT));
    if (truth === undefined || !matched || matched.ageUs < 500_000) return;
    leads++;
    if (!matched.tracked) untracked++;
    else errors.push(matched.vxMps - truth);
    rows.push({
      tick: i,
      label: best.label.id,
      trueMps: truth,
      foundMps: matched.vxMps,
      tracked: matched.tracked,
    });
  });
  const absolute = errors.map(Math.abs).sort((a, b) => a - b);
  return {
    ticksWithLead: leads,
    medianDistanceErrorM: median(distances),
    maxAbsDistanceErrorM: Math.max(...distances.map(Math.abs)),
    untracked,
    withinHalfMpsShare: leads ? errors.filter((e) => Math.abs(e) <= 0.5).length / leads : null,
    medianAbsErrorMps: absolute[absolute.length >> 1] ?? null,
    p95AbsErrorMps: absolute[Math.floor(absolute.length * 0.95)] ?? null,
    maxAbsErrorMps: absolute[absolute.length - 1] ?? null,
    worst: [...rows]
      .sort((a, b) => Math.abs(b.foundMps - b.trueMps) - Math.abs(a.foundMps - a.trueMps))
      .slice(0, 8),
  };
}

/** Labels that stand: how often does what is found there claim to move? */
function standingClaims(ticks: readonly Tick[]) {
  let seen = 0;
  let moving = 0;
  const speeds: number[] = [];
  const claims: Record<string, number> = {};
  const fastest: { tick: number; label: string; at: string; foundMps: number }[] = [];
  ticks.forEach((tick, i) => {
    for (const label of tick.labels) {
      if (label.motion !== "Parked" || Math.hypot(label.xM, label.yM) > 40) continue;
      for (const o of tick.obstacles) {
        if (!o.tracked || distanceToPolygonM([o.xM, o.yM], polygonOf(label)) > 0) continue;
        const speed = Math.hypot(o.vxMps, o.vyMps);
        seen++;
        if (speed > 0.5) {
          moving++;
          claims[label.id] = (claims[label.id] ?? 0) + 1;
          fastest.push({ tick: i, label: label.id, at: say(o.xM, o.yM), foundMps: speed });
        }
        speeds.push(speed);
      }
    }
  });
  speeds.sort((a, b) => a - b);
  return {
    trackedSightings: seen,
    movingShare: seen ? moving / seen : null,
    p95Mps: speeds[Math.floor(speeds.length * 0.95)] ?? null,
    p99Mps: speeds[Math.floor(speeds.length * 0.99)] ?? null,
    maxMps: speeds[speeds.length - 1] ?? null,
    claimsByLabel: claims,
    fastest: fastest.sort((a, b) => b.foundMps - a.foundMps).slice(0, 12),
  };
}

const ticks = await drive();
const poses = ticks.map((t) => t.observation.ego?.odomFromEgo);
const paths = ticks.map((_, i) => pathAhead(poses, i, RANGE_M + 10));
const times = ticks.map((t) => t.updateMs).sort((a, b) => a - b);
const result = {
  log: "pandaset-002.mcap",
  ticks: ticks.length,
  carried: ticks.flatMap((t, i) => (t.carried ? [i] : [])),
  vehicles: recall(ticks, paths, "vehicle", RANGE_M),
  pedestrians: recall(ticks, paths, "vulnerable", PEDESTRIAN_RANGE_M),
  pedestriansAround: recallAround(ticks, /pedestrian/i, PEDESTRIAN_RANGE_M),
  cyclistsAround: recallAround(ticks, /bicycl|cyclist|motorcycl|scooter/i, PEDESTRIAN_RANGE_M),
  vehiclesAround: recallAround(ticks, VEHICLE, RANGE_M),
  phantomsWide: phantoms(ticks, paths, WIDE_M, false),
  phantomsOwn: phantoms(ticks, paths, OWN_M, false),
  phantomsOwnTracked: phantoms(ticks, paths, OWN_M, true),
  lead: leadSpeed(ticks, paths),
  standing: standingClaims(ticks),
  updateP50Ms: times[times.length >> 1] ?? null,
  updateP99Ms: times[Math.floor(times.length * 0.99)] ?? null,
};
mkdirSync("bench/results", { recursive: true });
writeFileSync(
  "bench/results/obstacles-pandaset-002.json",
  `${JSON.stringify(result, (_, v) => (typeof v === "number" ? Math.round(v * 1000) / 1000 : v), 2)}\n`,
);
const show = (v: number | null, digits = 2) => (v === null ? "–" : v.toFixed(digits));
for (const [name, r] of [
  ["vehicles ≤ 30 m", result.vehicles],
  ["vulnerable ≤ 20 m", result.pedestrians],
] as const) {
  console.log(
    `${name}: ${r.labels} labels, ${r.labelsVisible} visible; recall ${show(r.recall, 3)}, of visible ${show(r.recallVisible, 3)}; ` +
      `|distance error| median ${show(r.medianAbsDistanceErrorM)} p95 ${show(r.p95AbsDistanceErrorM)} m (signed ${show(r.medianDistanceErrorM)})`,
  );
  for (const f of r.furthestOff.slice(0, 5))
    console.log(`  off by ${f.errorM.toFixed(2)} m at tick ${f.tick}: ${f.what} at ${f.at}`);
  for (const m of r.misses) console.log(`  missed at tick ${m.tick}: ${m.what} at ${m.at}`);
}
for (const [name, r] of [
  ["pedestrians around ≤ 20 m", result.pedestriansAround],
  ["two-wheelers around ≤ 20 m", result.cyclistsAround],
  ["vehicles around ≤ 30 m", result.vehiclesAround],
] as const) {
  console.log(
    `${name}: ${r.labels} labels, ${r.labelsVisible} visible of ${r.people} things; recall of visible ${show(r.recallVisible, 3)}; |distance error| median ${show(r.medianAbsDistanceErrorM)} m ` +
      `(signed ${show(r.medianDistanceErrorM)}); against the nearest return ${show(r.medianAbsFromNearestReturnM)} m, which lies ${show(r.medianNearestReturnFromLabelM)} m behind the face of the label`,
  );
  for (const m of r.misses.slice(0, 12))
    console.log(`  missed at tick ${m.tick}: ${m.what} at ${m.at}`);
}
for (const [name, p] of [
  ["phantoms |lateral| ≤ 2.5 m", result.phantomsWide],
  ["phantoms |lateral| ≤ 1.25 m", result.phantomsOwn],
  ["… of them tracked", result.phantomsOwnTracked],
] as const) {
  console.log(
    `${name}: ${p.count} = ${p.per100.toFixed(1)} per 100 ticks, ${p.things.length} things`,
  );
  for (const t of p.things)
    console.log(`  #${t.id} on ${t.ticks} ticks from ${t.tick}: ${t.what} at ${t.at}`);
}
const { lead } = result;
console.log(
  `lead: ${lead.ticksWithLead} ticks after 0.5 s, ${lead.untracked} untracked; ≤ 0.5 m/s ${show(lead.withinHalfMpsShare, 3)}; distance error median ${show(lead.medianDistanceErrorM)} max ${show(lead.maxAbsDistanceErrorM)} m; |speed error| median ${show(lead.medianAbsErrorMps)} ` +
    `p95 ${show(lead.p95AbsErrorMps)} max ${show(lead.maxAbsErrorMps)} m/s`,
);
for (const w of lead.worst)
  console.log(
    `  tick ${w.tick} label ${w.label}: true ${w.trueMps.toFixed(2)} found ${w.foundMps.toFixed(2)} ${w.tracked ? "" : "untracked"}`,
  );
const { standing } = result;
console.log(
  `parked labels ≤ 40 m: ${standing.trackedSightings} tracked sightings, moving > 0.5 m/s ${show(standing.movingShare, 3)}; ` +
    `speed p95 ${show(standing.p95Mps)} p99 ${show(standing.p99Mps)} max ${show(standing.maxMps)} m/s`,
);
for (const f of standing.fastest)
  console.log(`  tick ${f.tick} label ${f.label} at ${f.at}: ${f.foundMps.toFixed(2)} m/s`);
console.log(`update p50 ${show(result.updateP50Ms)} p99 ${show(result.updateP99Ms)} ms`);
