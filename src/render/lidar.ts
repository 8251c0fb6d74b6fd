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
import { airOf, egoAt, type LaserAir, type Turn } from "./lidar-air.ts";
import { type LaserBoxes, LEAVES, laserBoxesOf, SPRAY, VEHICLE_BODY } from "./lidar-boxes.ts";
import { bucketBoxes } from "./lidar-buckets.ts";
import { noiseAt } from "./noise.ts";
import { prepareScene } from "./prepare.ts";
import { between, makeRng, mixSeed, type Rng } from "./rng.ts";

/** Nearest range a unit reports, m. */
const MIN_RANGE_M = 0.7;
/** Ground steps, m: kerb-high sidewalks; rough ground outside the road. */
const SIDEWALK_HEIGHT_M = 0.12;
const ROUGH_M = 0.05;
const UNDULATION_M = 0.03;

/** Range is rated for a surface that gives this share back (as makers do). */
const RATED_REFLECTANCE = 0.1;
/** A film of water on a body takes up to this share of what it gives back. */
const WET_BODY_LOSS = 0.35;
/** Share of the beams that a cloud of spray answers. */
const SPRAY_ANSWER_PROB = 0.12;

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

/** What a turn goes through, besides the bodies it meets. */
type Conditions = {
  readonly response: Response;
  readonly air: LaserAir | undefined;
  readonly turn: Turn;
};

let scratch = new Float32Array(0);

/**
 * One turn of the LiDAR: [N, 3] m in the sensor's frame at the scene's stamp, and [N] 0..1. Where a turn
 * takes time (`turnS`), each column is cast from where ego was then, at bodies where they were then; the
 * points are brought to the stamp by ego's motion, so what moves by itself is smeared.
 */
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
  const air = airOf(scene);
  const turn: Turn = {
    turnS: lidar.turnS ?? 0,
    egoMps: scene.ego.speedMps,
    yawRateRadps: scene.ego.yawRateRadps,
  };
  const count = castAll(lidar, boxes, surface, { response, air, turn }, rng, scratch);
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

/** Casts beams × azimuths; writes x, y, z, intensity per return and gives their number. */
function castAll(
  lidar: RigLidar,
  boxes: LaserBoxes,
  surface: Surface,
  { response, air, turn }: Conditions,
  rng: Rng,
  out: Float32Array,
): number {
  const { r, t } = lidar.egoFromLidar;
  const [r0, r1, r2, r3, r4, r5, r6, r7, r8] = r as readonly number[] & { length: 9 };
  const [restX, restY, sz] = t;
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
  const spread = (lidar.divergenceRad ?? 0) / 2;
  const { start, list, nearM } = bucketBoxes(boxes, {
    ...{ sx: restX, sy: restY, columns, yaw0, maxRangeM: lidar.maxRangeM },
    ...turn,
    slackRad: upside ? Math.PI : slack + spread,
  });
  const moves = turn.turnS > 0;
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
    const agoS = moves ? turn.turnS * ((c + 1) / columns - 1) : 0;
    const past = egoAt(turn, agoS);
    const sx = past.cos * restX - past.sin * restY + past.x;
    const sy = past.sin * restX + past.cos * restY + past.y;
    for (let e = 0; e < beams; e++) {
      if (rng() > keep) continue;
      const lx = cosE[e]! * ca;
      const ly = cosE[e]! * sa;
      const lz = sinE[e]!;
      const ax0 = r0! * lx + r1! * ly + r2! * lz;
      const ay0 = r3! * lx + r4! * ly + r5! * lz;
      let dx = moves ? past.cos * ax0 - past.sin * ay0 : ax0;
      let dy = moves ? past.sin * ax0 + past.cos * ay0 : ay0;
      let dz = r6! * lx + r7! * ly + r8! * lz;
      const aimX = dx;
      const aimY = dy;
      const aimZ = dz;
      if (spread > 0) {
        // The answer may come from anywhere in the cone; the unit reports the cone's axis.
        dx += spread * (2 * rng() - 1);
        dy += spread * (2 * rng() - 1);
        dz += spread * (2 * rng() - 1);
      }
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
        const ox = sx - bx[i]! - boxes.vx[i]! * agoS;
        const oy = sy - by[i]! - boxes.vy[i]! * agoS;
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
        } else if (boxes.surface[i] === SPRAY) {
          const deep = tIn + rng() * (tOut - tIn);
          if (rng() > SPRAY_ANSWER_PROB || deep >= best) continue;
          best = deep;
        } else best = tIn;
        hit = i;
      }
      let drop = false;
      if (air && rng() < air.scatterProb) {
        const near = MIN_RANGE_M - air.scatterM * Math.log(1 - rng());
        if (near < best) {
          best = near;
          drop = true;
        }
      }
      if (hit < 0 && ground < 0 && !drop) continue;
      const noisy = best + lidar.noiseM * (rng() + rng() + rng() + rng() - 2) * 1.732;
      if (noisy < MIN_RANGE_M || noisy > maxR) continue;
      let reflect: number;
      if (drop) reflect = 0.02 + 0.06 * rng();
      else if (hit >= 0) {
        reflect = boxes.reflectance[hit]!;
        if (boxes.surface[hit] === VEHICLE_BODY)
          reflect = bodyReflectance(
            boxes,
            hit,
            reflect,
            sx - boxes.vx[hit]! * agoS,
            sy - boxes.vy[hit]! * agoS,
            sz,
            dx,
            dy,
            dz,
            best,
            rng,
          );
      } else {
        const material = surface.ground.material[ground]!;
        const paint = Math.max(surface.ground.paint[ground]!, surface.ground.yellow[ground]!) / 255;
        const base = response.byMaterial[material]!;
        reflect = base + (response.paint - base) * paint;
        // Grazing ground gives little back; far returns are lost.
        const graze = Math.min(1, Math.max(0.02, -dz * 12));
        if (rng() > 0.35 + 0.65 * graze + 0.3 * paint) continue;
        reflect *= 0.55 + 0.45 * graze;
        // Wet ground throws the beam on, away from the unit.
        if (air) {
          if (rng() < 0.6 * air.wet * (1 - graze)) continue;
          reflect *= 1 - 0.55 * air.wet;
        }
      }
      if (air && !drop) {
        if (hit >= 0) reflect *= 1 - WET_BODY_LOSS * air.wet;
        const through = Math.exp(-2 * air.extinctionInvm * best);
        if (air.extinctionInvm > 0) {
          const margin = (reflect / RATED_REFLECTANCE) * (maxR / best) ** 2 * through;
          if (margin < 0.5 + rng()) continue;
        }
        reflect *= through;
      }
      const answer = (response.gain * reflect * (0.85 + 0.3 * rng())) ** response.bend;
      if (moves) {
        const px = sx + noisy * aimX - restX;
        const py = sy + noisy * aimY - restY;
        const pz = noisy * aimZ;
        out[4 * count] = r0! * px + r3! * py + r6! * pz;
        out[4 * count + 1] = r1! * px + r4! * py + r7! * pz;
        out[4 * count + 2] = r2! * px + r5! * py + r8! * pz;
      } else {
        out[4 * count] = noisy * lx;
        out[4 * count + 1] = noisy * ly;
        out[4 * count + 2] = noisy * lz;
      }
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
