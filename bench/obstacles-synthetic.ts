/**
 * How well does raw LiDAR see generated roads: slopes, crests, kerbs, rain, leaves, dark cars, few
 * beams? `node dist/bench/obstacles-synthetic.js [scene filter]`. Truth is exact here, so this is
 * what src/obstacles is developed against; recordings stay test sets.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import type { ObstacleField } from "../src/contract/obstacle.ts";
import { ObstacleDetector } from "../src/obstacles/detector.ts";
import {
  type CastEgo,
  type CastLidar,
  castEgoState,
  castLabelled,
  castObservation,
  type LabelledSweep,
  ROOF_16,
  ROOF_32,
  ROOF_64,
  standOn,
} from "../src/obstacles/testing/ray-caster.ts";
import { distanceToPolygonM, type Polygon, polygonDistanceM } from "./obstacles-geometry.ts";
import { type Kind, SCENES, type SceneBox, type SyntheticScene } from "./obstacles-scenes.ts";
import { footprintsAt, isSolid, SIGHT_MAX_M, SightTruth } from "./obstacles-truth.ts";

const TICKS = 16;
const PERIOD_US = 100_000;
const START_US = 1_000_000_000;
const LIDARS: readonly (readonly [string, CastLidar])[] = [
  ["16", { ...ROOF_16, azimuthCount: 1200 }],
  ["32", { ...ROOF_32, azimuthCount: 900 }],
  ["64", { ...ROOF_64, azimuthCount: 900 }],
];
const BANDS_M = [10, 20, 30, 50] as const;
const MATCH_M = 0.5;
const PHANTOM_M = 0.7;
/** What a carried thing may be off beyond two of its sigmas. */
const CARRIED_M = 0.3;
/** A box that so few points meet cannot be found. */
const VISIBLE_POINTS = 5;
const CORRIDOR_M = 1.25;
const FRONT_M = 4;
const PHANTOM_RANGE_M = 30;

type Count = { seen: number; found: number };
type Result = {
  readonly scene: string;
  readonly beams: string;
  readonly recall: Record<string, Count>;
  phantoms: number;
  loosePhantomTicks: number;
  ticks: number;
  sightShort: number;
  sightLong: number;
  readonly sightErrorsM: number[];
  readonly distanceErrorsM: number[];
  readonly leadErrorsMps: number[];
  carriedOutside: number;
  carriedCount: number;
  readonly notes: string[];
};

const isRoadUser = (kind: Kind) => kind !== "scenery" && kind !== "overhead" && kind !== "air";

function measure(scene: SyntheticScene, beams: string, lidar: CastLidar, seed: number): Result {
  const result: Result = {
    ...{ scene: scene.name, beams, recall: {}, phantoms: 0, loosePhantomTicks: 0, ticks: 0 },
    ...{ sightShort: 0, sightLong: 0, sightErrorsM: [], distanceErrorsM: [], leadErrorsMps: [] },
    ...{ carriedOutside: 0, carriedCount: 0, notes: [] },
  };
  const detector = new ObstacleDetector();
  const boxes = scene.boxes ?? [];
  let seenBefore = new Set<number>();
  for (let i = 0; i < TICKS; i++) {
    const timeS = (i * PERIOD_US) / 1e6;
    const stampUs = START_US + i * PERIOD_US;
    const flat: CastEgo = { xM: scene.egoMps * timeS, yM: 0, yawRad: 0 };
    const ego = scene.groundM ? standOn(scene.groundM, flat) : flat;
    const sweep = castLabelled(lidar, scene, ego, timeS, seed + i);
    const missing = scene.missing?.includes(i) ?? false;
    const field = detector.update(
      castObservation(
        i,
        stampUs,
        missing ? undefined : sweep.xyz,
        castEgoState(stampUs, scene.egoMps),
      ),
    );
    const footprints = footprintsAt(boxes, ego, timeS);
    result.ticks++;
    const points = pointsPerBox(sweep, boxes.length);
    if (i > 0) judgeBoxes(result, field, boxes, footprints, points, seenBefore, missing);
    judgePhantoms(result, field, boxes, footprints, i);
    if (!missing) judgeSight(result, field, scene, sweep, ego, lidar, footprints, i);
    if (i >= 6) judgeLead(result, field, boxes, footprints, timeS, missing);
    seenBefore = new Set(points.flatMap((n, k) => (n >= VISIBLE_POINTS ? [k] : [])));
  }
  return result;
}

function pointsPerBox(sweep: LabelledSweep, count: number): number[] {
  const points = new Array<number>(count).fill(0);
  for (const hit of sweep.hitOf) if (hit >= 0) points[hit]!++;
  return points;
}

function judgeBoxes(
  result: Result,
  field: ObstacleField,
  boxes: readonly SceneBox[],
  footprints: readonly Polygon[],
  points: readonly number[],
  seenBefore: ReadonlySet<number>,
  missing: boolean,
): void {
  boxes.forEach((box, k) => {
    // Things of the first sighting are given the second one.
    if (!isRoadUser(box.kind) || points[k]! < VISIBLE_POINTS || !seenBefore.has(k)) return;
    const footprint = footprints[k]!;
    const rangeM = distanceToPolygonM([0, 0], footprint);
    const band = BANDS_M.find((b) => rangeM <= b);
    if (band === undefined) return;
    const key = `${box.kind} ≤ ${band} m`;
    result.recall[key] ??= { seen: 0, found: 0 };
    const count = result.recall[key];
    count.seen++;
    const near = field.obstacles.filter((o) => polygonDistanceM(o.hull, footprint) <= MATCH_M);
    if (missing) {
      result.carriedCount++;
      const held = field.obstacles.some(
        (o) => polygonDistanceM(o.hull, footprint) <= CARRIED_M + 2 * o.sigmaM,
      );
      if (!held) result.carriedOutside++;
    }
    if (near.length > 0) {
      count.found++;
      const inside = near.flatMap((o) =>
        o.hull.filter((p) => distanceToPolygonM(p, footprint) < 0.5),
      );
      if (inside.length > 0 && box.kind === "car")
        result.distanceErrorsM.push(
          Math.min(...inside.map(([x, y]) => Math.hypot(x - FRONT_M, y))) -
            distanceToPolygonM([FRONT_M, 0], footprint),
        );
    } else if (result.notes.length < 200)
      result.notes.push(`missed ${key} with ${points[k]} points at ${rangeM.toFixed(1)} m`);
  });
}

function judgePhantoms(
  result: Result,
  field: ObstacleField,
  boxes: readonly SceneBox[],
  footprints: readonly Polygon[],
  tick: number,
): void {
  const solid = footprints.filter((_, k) => isSolid(boxes[k]));
  for (const o of field.obstacles) {
    const inside = o.hull.some(
      ([x, y]) => Math.abs(y) <= CORRIDOR_M && x > FRONT_M && x < FRONT_M + PHANTOM_RANGE_M,
    );
    if (
      !inside ||
      solid.some(
        (p) => polygonDistanceM(o.hull, p) <= PHANTOM_M + o.sigmaM * (o.unseenUs > 0 ? 2 : 0),
      )
    )
      continue;
    result.phantoms++;
    result.notes.push(
      `phantom #${o.id} at tick ${tick}: (${o.xM.toFixed(1)}, ${o.yM.toFixed(1)}) ${o.lengthM.toFixed(1)} × ${o.widthM.toFixed(1)} m, z ${o.zMinM.toFixed(2)}…${o.zMaxM.toFixed(2)}, ${o.pointCount} points, unseen ${o.unseenUs}`,
    );
  }
  const { untrackedXyz: loose } = field;
  let count = 0;
  for (let i = 0; i < loose.length; i += 3) {
    const x = loose[i]!;
    const y = loose[i + 1]!;
    if (Math.abs(y) > CORRIDOR_M || x < FRONT_M || x > FRONT_M + PHANTOM_RANGE_M) continue;
    if (!solid.some((p) => distanceToPolygonM([x, y], p) <= PHANTOM_M)) count++;
  }
  if (count >= 3) result.loosePhantomTicks++;
}

function judgeSight(
  result: Result,
  field: ObstacleField,
  scene: SyntheticScene,
  sweep: LabelledSweep,
  ego: CastEgo,
  lidar: CastLidar,
  footprints: readonly Polygon[],
  tick: number,
): void {
  const truths = new SightTruth(scene, sweep, ego, lidar, footprints);
  for (const sector of [357, 358, 359, 0, 1, 2, 3]) {
    const truth = truths.at(sector);
    if (truth === undefined) continue;
    const error = Math.min(SIGHT_MAX_M, field.freeSightM[sector]!) - truth;
    result.sightErrorsM.push(error);
    if (error > 2) result.sightLong++;
    if (error < -1 - 0.25 * truth) result.sightShort++;
    if (Math.abs(error) > 2 + 0.25 * truth && sector === 0)
      result.notes.push(
        `sight at tick ${tick}: ${field.freeSightM[sector]!.toFixed(1)} m, truth ${truth.toFixed(1)} m`,
      );
  }
}

function judgeLead(
  result: Result,
  field: ObstacleField,
  boxes: readonly SceneBox[],
  footprints: readonly Polygon[],
  timeS: number,
  missing: boolean,
): void {
  if (missing) return;
  boxes.forEach((box, k) => {
    if (!isRoadUser(box.kind) || Math.abs(box.yM) > CORRIDOR_M || !box.vxMps) return;
    if (distanceToPolygonM([0, 0], footprints[k]!) > 40) return;
    const near = field.obstacles
      .filter((o) => o.tracked && polygonDistanceM(o.hull, footprints[k]!) <= 0.3)
      .sort((a, b) => b.pointCount - a.pointCount)[0];
    const trueMps = Math.max(0, box.vxMps + (box.axMps2 ?? 0) * timeS);
    result.leadErrorsMps.push(near ? Math.abs(near.vxMps - trueMps) : Number.POSITIVE_INFINITY);
  });
}

const quantile = (values: readonly number[], q: number): number | null => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? null;
};
const share = (part: number, all: number): number | null => (all ? part / all : null);
const show = (v: number | null, digits = 2) => (v === null ? "–" : v.toFixed(digits));

function summary(results: readonly Result[]) {
  const recall: Record<string, Count> = {};
  for (const r of results)
    for (const [key, { seen, found }] of Object.entries(r.recall)) {
      recall[key] ??= { seen: 0, found: 0 };
      recall[key].seen += seen;
      recall[key].found += found;
    }
  const sum = (f: (r: Result) => number) => results.reduce((a, r) => a + f(r), 0);
  const ticks = sum((r) => r.ticks);
  const sights = results.flatMap((r) => r.sightErrorsM);
  const lead = results.flatMap((r) => r.leadErrorsMps);
  const distances = results.flatMap((r) => r.distanceErrorsM).map(Math.abs);
  return {
    recall: Object.fromEntries(
      Object.entries(recall)
        .sort(([a], [b]) => a.localeCompare(b))
        .map(([key, { seen, found }]) => [key, { seen, recall: share(found, seen) }]),
    ),
    phantomsPer100: (100 * sum((r) => r.phantoms)) / ticks,
    loosePhantomTicksPer100: (100 * sum((r) => r.loosePhantomTicks)) / ticks,
    sightShortShare: share(
      sum((r) => r.sightShort),
      sights.length,
    ),
    sightLongShare: share(
      sum((r) => r.sightLong),
      sights.length,
    ),
    sightErrorP5M: quantile(sights, 0.05),
    sightErrorMedianM: quantile(sights, 0.5),
    sightErrorP95M: quantile(sights, 0.95),
    carDistanceErrorMedianM: quantile(distances, 0.5),
    leadWithinHalfMps: share(lead.filter((e) => e <= 0.5).length, lead.length),
    carriedOutsideTwoSigma: share(
      sum((r) => r.carriedOutside),
      sum((r) => r.carriedCount),
    ),
  };
}

const filter = process.argv[2] ?? "";
const verbose = process.argv.includes("--notes");
const results: Result[] = [];
for (const [beams, lidar] of LIDARS)
  SCENES.forEach((scene, k) => {
    if (!scene.name.includes(filter)) return;
    const r = measure(scene, beams, lidar, 1000 * k + 1);
    results.push(r);
    const s = summary([r]);
    const missed = Object.entries(r.recall).filter(([, c]) => c.found < c.seen);
    console.log(
      `${beams} beams, ${scene.name}: phantoms ${r.phantoms}, loose ${r.loosePhantomTicks}; sight short ${show(s.sightShortShare)} long ${show(s.sightLongShare)} ` +
        `(p5 ${show(s.sightErrorP5M, 1)} p95 ${show(s.sightErrorP95M, 1)} m); lead ≤ 0.5 m/s ${show(s.leadWithinHalfMps)}` +
        (missed.length
          ? `; missed ${missed.map(([key, c]) => `${key} ${c.seen - c.found}/${c.seen}`).join(", ")}`
          : ""),
    );
    if (verbose) for (const note of r.notes) console.log(`    ${note}`);
  });
const byBeams = Object.fromEntries(
  LIDARS.map(([beams]) => [beams, summary(results.filter((r) => r.beams === beams))]),
);
for (const [beams, s] of Object.entries(byBeams)) {
  console.log(`\n${beams} beams`);
  for (const [key, { seen, recall }] of Object.entries(s.recall))
    console.log(`  ${key}: recall ${show(recall, 3)} of ${seen}`);
  const { recall: _, ...rest } = s;
  for (const [key, value] of Object.entries(rest)) console.log(`  ${key}: ${show(value, 3)}`);
}
if (filter === "") {
  mkdirSync("bench/results", { recursive: true });
  const rounded = (_: string, v: unknown) =>
    typeof v === "number" ? Math.round(v * 1000) / 1000 : v;
  writeFileSync(
    "bench/results/obstacles-synthetic.json",
    `${JSON.stringify({ scenes: SCENES.length, ticksPerScene: TICKS, byBeams }, rounded, 2)}\n`,
  );
}
