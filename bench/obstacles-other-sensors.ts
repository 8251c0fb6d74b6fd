/**
 * Single sweeps of other sensors: nuScenes (32 beams, x to the right) and Argoverse 2 (two 32-beam
 * units). `node dist/bench/obstacles-other-sensors.js`: how many labelled boxes with five points or
 * more are found at the first or second sighting. Reported only; nothing was chosen by it.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { ObstacleField } from "../src/contract/obstacle.ts";
import type { Se3 } from "../src/contract/se3.ts";
import { transformPoint, transformPointsInto } from "../src/geometry/se3.ts";
import { ObstacleDetector } from "../src/obstacles/detector.ts";
import { castEgoState, castObservation } from "../src/obstacles/testing/ray-caster.ts";
import { polygonDistanceM, polygonOf } from "./obstacles-geometry.ts";
import { type Label, labelOf, pointsInside } from "./obstacles-labels.ts";

const MATCH_M = 0.7;
const VISIBLE_POINTS = 5;
const shared = resolve(process.env.WAYWARDEN_SHARED ?? "../shared", "data");

type Shot = {
  readonly name: string;
  readonly sweeps: readonly { readonly stampUs: number; readonly xyz: Float32Array }[];
  readonly speedMps: number;
  /** At the last sweep, m, ego. */
  readonly labels: readonly Label[];
};

/** `stride` float32 per point, x y z first. */
function pointsOf(path: string, stride: number): Float32Array {
  const bytes = readFileSync(path);
  const all = new Float32Array(
    bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length),
  );
  const xyz = new Float32Array((all.length / stride) * 3);
  for (let i = 0, k = 0; k < xyz.length; i += stride, k += 3) xyz.set(all.subarray(i, i + 3), k);
  return xyz;
}

function nuScenes(folder: string): Shot[] {
  if (!existsSync(folder)) return [];
  const infos = JSON.parse(readFileSync(join(folder, "infos.json"), "utf8"));
  const names = Object.entries(infos.metainfo.categories as Record<string, number>);
  const [sample] = infos.data_list;
  const m = sample.lidar_points.lidar2ego as number[][];
  const egoFromLidar: Se3 = {
    r: m.slice(0, 3).flatMap((row) => row.slice(0, 3)) as unknown as Se3["r"],
    t: m.slice(0, 3).map((row) => row[3]!) as unknown as Se3["t"],
  };
  const xyz = pointsOf(join(folder, sample.lidar_points.lidar_path), 5);
  transformPointsInto(egoFromLidar, xyz, xyz);
  const turnRad = Math.atan2(m[1]![0]!, m[0]![0]!);
  const labels = sample.instances.map((box: { bbox_3d: number[]; bbox_label_3d: number }) => {
    const [x, y, z, lengthM, widthM, heightM, yaw] = box.bbox_3d as [
      number,
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    const [xM, yM, zM] = transformPoint(egoFromLidar, [x, y, z]);
    const category = names.find(([, index]) => index === box.bbox_label_3d)?.[0] ?? "unknown";
    return labelOf(category, { xM, yM, zM, yawRad: yaw + turnRad, lengthM, widthM, heightM });
  });
  const sweeps = [{ stampUs: 1e9, xyz }];
  return [{ name: "nuScenes keyframe, 32 beams", sweeps, speedMps: 0, labels }];
}

function argoverse(folder: string): Shot[] {
  if (!existsSync(folder)) return [];
  const shots: Shot[] = [];
  for (const file of readdirSync(folder).filter((f) => /^[^_]+\.json$/.test(f))) {
    const log = file.replace(".json", "");
    const bins = readdirSync(folder).filter((f) => f.startsWith(`${log}__`));
    const sweeps = bins.sort().map((f) => ({
      stampUs: Math.round(Number(f.split("__")[1]!.replace(".bin", "")) / 1000),
      xyz: pointsOf(join(folder, f), 4),
    }));
    const { frames } = JSON.parse(readFileSync(join(folder, file), "utf8"));
    const lastUs = sweeps[sweeps.length - 1]?.stampUs;
    if (lastUs === undefined) continue;
    const at = (f: { t_ns: string }) => Math.abs(Number(f.t_ns) / 1000 - lastUs);
    const frame = frames.reduce((a: { t_ns: string }, b: { t_ns: string }) =>
      at(b) < at(a) ? b : a,
    );
    const labels = frame.objects.map((o: (string | number)[]) => {
      const [, category, xM, yM, zM, yawRad, lengthM, widthM, heightM] = o as never as [
        number,
        string,
        ...number[],
      ] as never as [number, string, number, number, number, number, number, number, number];
      return labelOf(category, { xM, yM, zM, yawRad, lengthM, widthM, heightM });
    });
    const name = `Argoverse 2 ${log.slice(0, 8)}, 2 × 32 beams, ${sweeps.length} sweeps`;
    shots.push({ name, sweeps, speedMps: frame.ego.v, labels });
  }
  return shots;
}

function measure(shot: Shot): void {
  const detector = new ObstacleDetector();
  let field: ObstacleField | undefined;
  shot.sweeps.forEach(({ stampUs, xyz }, i) => {
    field = detector.update(castObservation(i, stampUs, xyz, castEgoState(stampUs, shot.speedMps)));
  });
  const { xyz } = shot.sweeps[shot.sweeps.length - 1]!;
  const points = pointsInside(shot.labels, [{ xyz }]);
  console.log(
    `${shot.name}: ${xyz.length / 3} points, sight ahead ${field!.freeSightM[0]!.toFixed(1)} m`,
  );
  for (const [what, group, reachM] of [
    ["vehicles ≤ 30 m", "vehicle", 30],
    ["people and two-wheelers ≤ 20 m", "vulnerable", 20],
  ] as const) {
    let seen = 0;
    const missed: string[] = [];
    shot.labels.forEach((label, k) => {
      const rangeM = Math.hypot(label.xM, label.yM);
      if (label.group !== group || rangeM > reachM || points[k]! < VISIBLE_POINTS) return;
      seen++;
      const polygon = polygonOf(label);
      if (!field!.obstacles.some((o) => polygonDistanceM(o.hull, polygon) <= MATCH_M))
        missed.push(`${label.category} at ${rangeM.toFixed(0)} m with ${points[k]} points`);
    });
    console.log(
      `  ${what}: ${seen - missed.length} of ${seen} found${missed.length ? `; not ${missed.join(", ")}` : ""}`,
    );
  }
  for (const o of field!.obstacles.filter((o) => o.xM > 4 && o.xM < 34 && Math.abs(o.yM) < 1.25))
    if (!shot.labels.some((label) => polygonDistanceM(o.hull, polygonOf(label)) <= MATCH_M))
      console.log(
        `  unlabelled ahead: (${o.xM.toFixed(1)}, ${o.yM.toFixed(1)}) ${o.lengthM.toFixed(1)} × ${o.widthM.toFixed(1)} m, z ${o.zMinM.toFixed(1)}…${o.zMaxM.toFixed(1)}, ${o.pointCount} points`,
      );
}

const shots = [
  ...nuScenes(join(shared, "nuscenes-keyframe")),
  ...argoverse(join(shared, "argoverse2")),
];
if (shots.length === 0) console.log(`no recordings under ${shared}`);
for (const shot of shots) measure(shot);
