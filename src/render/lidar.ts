import type { PointCloud } from "../contract/observation.ts";
import type { RigLidar, Scene } from "../contract/scene.ts";
import { transformPointsInto } from "../geometry/se3.ts";
import {
  ASPHALT,
  type GroundRaster,
  groundCell,
  groundRasterView,
  OUTSIDE,
  SIDEWALK,
} from "./ground-raster.ts";
import { type LaserBoxes, LEAVES, laserBoxesOf, VEHICLE_BODY } from "./lidar-boxes.ts";
import { noiseAt } from "./noise.ts";
import { prepareScene } from "./prepare.ts";
import { between, makeRng, mixSeed, type Rng } from "./rng.ts";

/** Nearest range a unit reports, m. */
const MIN_RANGE_M = 0.7;
/** Ground steps, m: kerb-high sidewalks; rough ground outside the road. */
const SIDEWALK_HEIGHT_M = 0.12;
const ROUGH_M = 0.05;
const UNDULATION_M = 0.03;

type Surface = {
  readonly ground: GroundRaster;
  readonly cos: number;
  readonly sin: number;
  readonly xM: number;
  readonly yM: number;
};

/** How this scene's LiDAR answers; the same for all sweeps of a drive. */
type Response = {
  readonly gain: number;
  readonly bend: number;
  readonly byMaterial: readonly number[];
  readonly paint: number;
};

let scratch = new Float32Array(0);

/** One turn of the LiDAR in the sensor's own frame: [N, 3] m and [N] 0..1. */
export function castLidar(scene: Scene, lidar: RigLidar, seed: number): PointCloud {
  const prepared = prepareScene(scene);
  const boxes = laserBoxesOf(prepared);
  const rng = makeRng(mixSeed(seed, 0x11da));
  const response = responseOf(scene.textureSeed);
  const surface: Surface = {
    ground: groundRasterView(prepared),
    cos: Math.cos(scene.ego.yawRad),
    sin: Math.sin(scene.ego.yawRad),
    xM: scene.ego.xM,
    yM: scene.ego.yM,
  };
  const rayCount = lidar.beamCount * lidar.azimuthCount;
  if (scratch.length < rayCount * 4) scratch = new Float32Array(rayCount * 4);
  const count = castAll(lidar, boxes, surface, response, rng, scratch);
  const xyz = new Float32Array(count * 3);
  const intensity = new Float32Array(count);
  for (let i = 0; i < count; i++) {
    xyz[3 * i] = scratch[4 * i]!;
    xyz[3 * i + 1] = scratch[4 * i + 1]!;
    xyz[3 * i + 2] = scratch[4 * i + 2]!;
    intensity[i] = scratch[4 * i + 3]!;
  }
  return { xyz, intensity };
}

/** castLidar with the points brought to `ego`. */
export function castLidarEgo(scene: Scene, lidar: RigLidar, seed: number): PointCloud {
  const cloud = castLidar(scene, lidar, seed);
  transformPointsInto(lidar.egoFromLidar, cloud.xyz, cloud.xyz);
  return cloud;
}

function responseOf(textureSeed: number): Response {
  const rng = makeRng(mixSeed(textureSeed, 0x1e5));
  const asphalt = between(rng, 0.08, 0.24);
  return {
    gain: between(rng, 0.55, 1.5),
    bend: between(rng, 0.7, 1.3),
    byMaterial: [
      between(rng, 0.18, 0.45),
      asphalt,
      asphalt * 1.1,
      asphalt * 1.05,
      between(rng, 0.2, 0.4),
    ],
    paint: between(rng, 0.5, 0.95),
  };
}

/** Boxes by direction: for each azimuth column the boxes it can meet, near ones first. */
type Buckets = {
  readonly start: Int32Array;
  readonly list: Int32Array;
  readonly nearM: Float64Array;
};

function bucketBoxes(
  boxes: LaserBoxes,
  sx: number,
  sy: number,
  columns: number,
  yaw0: number,
  maxRangeM: number,
  slackRad: number,
): Buckets {
  const nearM = new Float64Array(boxes.count);
  const order: number[] = [];
  for (let i = 0; i < boxes.count; i++) {
    const ox = sx - boxes.x[i]!;
    const oy = sy - boxes.y[i]!;
    const lx = Math.abs(ox * boxes.cos[i]! + oy * boxes.sin[i]!) - boxes.hl[i]!;
    const ly = Math.abs(oy * boxes.cos[i]! - ox * boxes.sin[i]!) - boxes.hw[i]!;
    const d = Math.hypot(Math.max(0, lx), Math.max(0, ly));
    nearM[i] = d;
    if (d < maxRangeM) order.push(i);
  }
  order.sort((a, b) => nearM[a]! - nearM[b]!);
  const step = (2 * Math.PI) / columns;
  const first = new Int32Array(order.length);
  const width = new Int32Array(order.length);
  const start = new Int32Array(columns + 1);
  order.forEach((i, k) => {
    const [from, to] = directionSpan(boxes, i, sx, sy);
    const c0 = Math.floor((from - slackRad - yaw0) / step);
    const c1 = Math.ceil((to + slackRad - yaw0) / step);
    first[k] = ((c0 % columns) + columns) % columns;
    width[k] = Math.min(columns, c1 - c0 + 1);
    for (let w = 0; w < width[k]!; w++) {
      const at = ((first[k]! + w) % columns) + 1;
      start[at] = start[at]! + 1;
    }
  });
  for (let c = 0; c < columns; c++) start[c + 1] = start[c + 1]! + start[c]!;
  const list = new Int32Array(start[columns]!);
  const fill = start.slice(0, columns);
  order.forEach((i, k) => {
    for (let w = 0; w < width[k]!; w++) {
      const c = (first[k]! + w) % columns;
      const at = fill[c]!;
      list[at] = i;
      fill[c] = at + 1;
    }
  });
  return { start, list, nearM };
}

function directionSpan(b: LaserBoxes, i: number, sx: number, sy: number): [number, number] {
  const cx = b.x[i]! - sx;
  const cy = b.y[i]! - sy;
  const cos = b.cos[i]!;
  const sin = b.sin[i]!;
  const hl = b.hl[i]!;
  const hw = b.hw[i]!;
  if (Math.abs(cx * cos + cy * sin) <= hl && Math.abs(cy * cos - cx * sin) <= hw)
    return [-Math.PI, Math.PI];
  const middle = Math.atan2(cy, cx);
  let low = 0;
  let high = 0;
  for (let k = 0; k < 4; k++) {
    const lx = k & 1 ? hl : -hl;
    const ly = k & 2 ? hw : -hw;
    let a = Math.atan2(cy + lx * sin + ly * cos, cx + lx * cos - ly * sin) - middle;
    if (a > Math.PI) a -= 2 * Math.PI;
    else if (a < -Math.PI) a += 2 * Math.PI;
    if (a < low) low = a;
    if (a > high) high = a;
  }
  return [middle + low, middle + high];
}

/** Casts beams × azimuths; writes x, y, z, intensity per return and gives their number. */
function castAll(
  lidar: RigLidar,
  boxes: LaserBoxes,
  surface: Surface,
  response: Response,
  rng: Rng,
  out: Float32Array,
): number {
  const { r, t } = lidar.egoFromLidar;
  const [r0, r1, r2, r3, r4, r5, r6, r7, r8] = r as readonly number[] & { length: 9 };
  const [sx, sy, sz] = t;
  const beams = lidar.beamCount;
  const cosE = Float64Array.from(lidar.elevationsRad, Math.cos);
  const sinE = Float64Array.from(lidar.elevationsRad, Math.sin);
  const yaw0 = Math.atan2(r3!, r0!);
  // A tilted sensor's columns lean: boxes are listed this much wider.
  const tilt = Math.acos(Math.min(1, Math.abs(r8!)));
  const steep = Math.max(...lidar.elevationsRad.map(Math.abs));
  const slack = tilt * (Math.tan(Math.min(1.2, steep + tilt)) + 0.02) + 1e-3;
  const columns = lidar.azimuthCount;
  const upside = r8! < 0;
  const { start, list, nearM } = bucketBoxes(
    boxes,
    sx,
    sy,
    columns,
    yaw0,
    lidar.maxRangeM,
    upside ? Math.PI : slack,
  );
  const { x: bx, y: by, cos: bc, sin: bs, hl, hw, z0, z1 } = boxes;
  const maxR = lidar.maxRangeM;
  const keep = 1 - lidar.dropoutProb;
  let count = 0;
  for (let c = 0; c < columns; c++) {
    const az = (2 * Math.PI * c) / columns;
    const ca = Math.cos(az);
    const sa = Math.sin(az);
    const from = start[c]!;
    const to = start[c + 1]!;
    for (let e = 0; e < beams; e++) {
      if (rng() > keep) continue;
      const lx = cosE[e]! * ca;
      const ly = cosE[e]! * sa;
      const lz = sinE[e]!;
      const dx = r0! * lx + r1! * ly + r2! * lz;
      const dy = r3! * lx + r4! * ly + r5! * lz;
      const dz = r6! * lx + r7! * ly + r8! * lz;
      let best = maxR;
      let hit = -1;
      let ground = -1;
      if (dz < -1e-6) {
        const flat = -sz / dz;
        if (flat < maxR * 1.05) {
          const cell = groundCell(sx + flat * dx, sy + flat * dy);
          const h = heightAt(surface, cell, sx + flat * dx, sy + flat * dy);
          const tt = (h - sz) / dz;
          if (tt < best) {
            best = tt;
            ground = cell;
          }
        }
      }
      for (let k = from; k < to; k++) {
        const i = list[k]!;
        if (nearM[i]! > best) break;
        const cos = bc[i]!;
        const sin = bs[i]!;
        const ox = sx - bx[i]!;
        const oy = sy - by[i]!;
        const px = ox * cos + oy * sin;
        const py = oy * cos - ox * sin;
        const qx = dx * cos + dy * sin;
        const qy = dy * cos - dx * sin;
        const ix = 1 / qx;
        const iy = 1 / qy;
        const iz = 1 / dz;
        const ax = Math.abs(ix) * hl[i]!;
        const ay = Math.abs(iy) * hw[i]!;
        const mz = ((z0[i]! + z1[i]!) / 2 - sz) * iz;
        const az2 = (Math.abs(iz) * (z1[i]! - z0[i]!)) / 2;
        const tIn = Math.max(-px * ix - ax, -py * iy - ay, mz - az2);
        const tOut = Math.min(-px * ix + ax, -py * iy + ay, mz + az2);
        if (!(tIn <= tOut) || tIn <= 0 || tIn >= best) continue;
        if (boxes.surface[i] === LEAVES) {
          // Leaves let half of the light pass and answer from within.
          const deep = tIn + rng() * (tOut - tIn);
          if (rng() < 0.45 || deep >= best) continue;
          best = deep;
        } else best = tIn;
        hit = i;
      }
      if (hit < 0 && ground < 0) continue;
      const noisy = best + lidar.noiseM * (rng() + rng() + rng() + rng() - 2) * 1.732;
      if (noisy < MIN_RANGE_M || noisy > maxR) continue;
      let reflect: number;
      if (hit >= 0) {
        reflect = boxes.reflectance[hit]!;
        if (boxes.surface[hit] === VEHICLE_BODY)
          reflect = bodyReflectance(boxes, hit, reflect, sx, sy, sz, dx, dy, dz, best, rng);
      } else {
        const material = surface.ground.material[ground]!;
        const paint = Math.max(surface.ground.paint[ground]!, surface.ground.yellow[ground]!) / 255;
        const base = response.byMaterial[material]!;
        reflect = base + (response.paint - base) * paint;
        // Grazing ground gives little back; far returns are lost.
        const graze = Math.min(1, Math.max(0.02, -dz * 12));
        if (rng() > 0.35 + 0.65 * graze + 0.3 * paint) continue;
        reflect *= 0.55 + 0.45 * graze;
      }
      const answer = (response.gain * reflect * (0.85 + 0.3 * rng())) ** response.bend;
      out[4 * count] = noisy * lx;
      out[4 * count + 1] = noisy * ly;
      out[4 * count + 2] = noisy * lz;
      out[4 * count + 3] = answer > 1 ? 1 : answer;
      count++;
    }
  }
  return count;
}

/** Paint answers by itself; plates and lamps at front and tail answer strongly. */
function bodyReflectance(
  b: LaserBoxes,
  i: number,
  paint: number,
  sx: number,
  sy: number,
  sz: number,
  dx: number,
  dy: number,
  dz: number,
  t: number,
  rng: Rng,
): number {
  const x = sx + t * dx - b.x[i]!;
  const y = sy + t * dy - b.y[i]!;
  const lx = x * b.cos[i]! + y * b.sin[i]!;
  const ly = y * b.cos[i]! - x * b.sin[i]!;
  const z = sz + t * dz;
  if (Math.abs(lx) > b.hl[i]! - 0.05) {
    if (Math.abs(ly) < 0.27 && z < 0.75) return 0.95;
    if (Math.abs(ly) > b.hw[i]! - 0.4 && z > b.z1[i]! - 0.35) return 0.6 + 0.3 * rng();
  }
  return paint * (0.7 + 0.6 * rng());
}

/** Ground height at ego (x, y), m: waves of ±3 cm, sidewalks and rough ground higher. */
function heightAt(s: Surface, cell: number, x: number, y: number): number {
  const mx = s.cos * x - s.sin * y + s.xM;
  const my = s.sin * x + s.cos * y + s.yM;
  const wave = noiseAt(mx * 6, my * 6) * UNDULATION_M;
  const material = s.ground.material[cell]!;
  if (material === SIDEWALK) return SIDEWALK_HEIGHT_M + wave * 0.5;
  if (material === OUTSIDE) return ROUGH_M * (0.6 + noiseAt(mx * 90, my * 90)) + wave;
  return wave * (material === ASPHALT ? 0.5 : 0.7);
}
