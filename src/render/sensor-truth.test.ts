import { expect, test } from "vitest";
import type { DetectedObject, ObjectKind, RigCamera } from "../contract/scene.ts";
import { projectPoint } from "../geometry/camera.ts";
import { invert, transformPoint } from "../geometry/se3.ts";
import { renderCamera } from "./camera.ts";
import { castLidarEgo } from "./lidar.ts";
import { laserBoxesOf } from "./lidar-boxes.ts";
import { prepareScene } from "./prepare.ts";
import { randomRig, scaleCamera } from "./rigs.ts";
import { between, makeRng, type Rng } from "./rng.ts";
import { anObject, aScene, aStreetScene } from "./testing/a-scene.ts";

const RIGS = Array.from({ length: 20 }, (_, i) => randomRig(900 + i));
const SIZES: Readonly<Record<ObjectKind, readonly [number, number, number]>> = {
  ...{ CAR: [4.5, 1.85, 1.5], VAN: [5.4, 2, 2.3], TRUCK: [9, 2.5, 3.6], BUS: [12, 2.55, 3.2] },
  ...{ MOTORCYCLE: [2.1, 0.8, 1.5], CYCLIST: [1.8, 0.6, 1.75], PEDESTRIAN: [0.5, 0.6, 1.75] },
  STATIC: [1.2, 1, 1.1],
};
const KINDS = Object.keys(SIZES) as ObjectKind[];

function randomObject(rng: Rng, id: number, xM: number, yM: number): DetectedObject {
  const kind = KINDS[id % KINDS.length]!;
  const [lengthM, widthM, heightM] = SIZES[kind];
  const rgb = [between(rng, 120, 255), between(rng, 0, 60), between(rng, 120, 255)] as const;
  const yawRad = between(rng, -Math.PI, Math.PI);
  return anObject({ id, kind, xM, yM, yawRad, lengthM, widthM, heightM, speedMps: 0, rgb });
}

/** How far an ego point lies outside an object's box, m; 0 or less inside. */
function outsideM(o: DetectedObject, x: number, y: number, z: number): number {
  const c = Math.cos(o.yawRad);
  const s = Math.sin(o.yawRad);
  const along = Math.abs((x - o.xM) * c + (y - o.yM) * s) - o.lengthM / 2;
  const across = Math.abs((y - o.yM) * c - (x - o.xM) * s) - o.widthM / 2;
  return Math.max(along, across, z - o.heightM);
}

test("LiDAR points of 20 random rigs lie on the bodies and in the objects' boxes", () => {
  let [points, worstFaceM, worstBoxM] = [0, 0, 0];
  RIGS.forEach((rig, i) => {
    const rng = makeRng(i);
    const objects = Array.from({ length: 14 }, (_, k) => {
      const angle = (2 * Math.PI * k) / 14;
      const far = between(rng, 9, 35);
      return randomObject(rng, i + k, far * Math.cos(angle), far * Math.sin(angle));
    });
    const scene = aScene({ objects, textureSeed: i });
    const boxes = laserBoxesOf(prepareScene(scene));
    for (const lidar of rig.lidars) {
      const { xyz } = castLidarEgo(scene, { ...lidar, noiseM: 0 }, i);
      for (let p = 0; p < xyz.length; p += 3) {
        const [x, y, z] = [xyz[p]!, xyz[p + 1]!, xyz[p + 2]!];
        if (z < 0.25) continue;
        points++;
        worstBoxM = Math.max(worstBoxM, Math.min(...objects.map((o) => outsideM(o, x, y, z))));
        let faceM = Infinity;
        for (let b = 0; b < boxes.count; b++) {
          const dx = x - boxes.x[b]!;
          const dy = y - boxes.y[b]!;
          const lx = Math.abs(dx * boxes.cos[b]! + dy * boxes.sin[b]!) - boxes.hl[b]!;
          const ly = Math.abs(dy * boxes.cos[b]! - dx * boxes.sin[b]!) - boxes.hw[b]!;
          const lz = Math.max(boxes.z0[b]! - z, z - boxes.z1[b]!);
          faceM = Math.min(faceM, Math.abs(Math.max(lx, ly, lz)));
        }
        worstFaceM = Math.max(worstFaceM, faceM);
      }
    }
  });
  console.log(
    `LiDAR truth, 20 rigs, ${points} points: ${worstFaceM.toExponential(1)} m from a face at most, ` +
      `${worstBoxM.toExponential(1)} m outside the object's box at most`,
  );
  expect(points).toBeGreaterThan(20_000);
  expect(worstFaceM).toBeLessThan(1e-4);
  expect(worstBoxM).toBeLessThan(1e-4);
});

/** Rectangle around the projected corners of a box, or undefined where it leaves the picture. */
function projectedBox(camera: RigCamera, o: DetectedObject) {
  const { widthPx, heightPx } = camera.intrinsics;
  const cameraFromEgo = invert(camera.egoFromCamera);
  let [u0, u1, v0, v1] = [Infinity, -Infinity, Infinity, -Infinity];
  for (let k = 0; k < 8; k++) {
    const lx = ((k & 1 ? 1 : -1) * o.lengthM) / 2;
    const ly = ((k & 2 ? 1 : -1) * o.widthM) / 2;
    const [c, s] = [Math.cos(o.yawRad), Math.sin(o.yawRad)];
    const z = k & 4 ? o.heightM : 0;
    const p = transformPoint(cameraFromEgo, [o.xM + lx * c - ly * s, o.yM + lx * s + ly * c, z]);
    const q = p[2] > 0.5 ? projectPoint(camera.intrinsics, p[0], p[1], p[2]) : undefined;
    if (!q) return undefined;
    u0 = Math.min(u0, q.uPx);
    u1 = Math.max(u1, q.uPx);
    v0 = Math.min(v0, q.vPx);
    v1 = Math.max(v1, q.vPx);
  }
  const inside = u0 >= 0 && v0 >= 0 && u1 < widthPx && v1 < heightPx;
  return inside ? { u0, u1, v0, v1 } : undefined;
}

test("projected boxes of 20 random rigs overlap the pixels that the object paints", () => {
  let [boxes, leastShare, above] = [0, 1, 0];
  RIGS.forEach((rig, i) => {
    const rng = makeRng(77 + i);
    for (const own of rig.cameras) {
      const camera = scaleCamera(own, 288, 162);
      const r = camera.egoFromCamera.r;
      const yaw = Math.atan2(r[5]!, r[2]!) + between(rng, -0.2, 0.2);
      const far = between(rng, 14, 22);
      const object = randomObject(rng, i + boxes, far * Math.cos(yaw), far * Math.sin(yaw));
      const box = projectedBox(camera, object);
      if (!box) continue;
      boxes++;
      const a = renderCamera(aScene({ textureSeed: 3 }), camera, 1);
      const b = renderCamera(aScene({ textureSeed: 3, objects: [object] }), camera, 1);
      let inside = 0;
      for (let p = 0; p < a.length; p += 3) {
        const change = [0, 1, 2].reduce((n, c) => n + Math.abs(a[p + c]! - b[p + c]!), 0);
        if (change <= 12) continue;
        const u = (p / 3) % 288;
        const v = Math.floor(p / 3 / 288);
        if (v < box.v0 - 1.5) above++;
        if (u >= box.u0 - 1 && u <= box.u1 + 1 && v >= box.v0 - 1 && v <= box.v1 + 1) inside++;
      }
      leastShare = Math.min(leastShare, inside / ((box.u1 - box.u0) * (box.v1 - box.v0)));
    }
  });
  console.log(
    `camera truth, 20 rigs: ${boxes} boxes, at least ${(100 * leastShare).toFixed(0)} % of each painted, ` +
      `${above} pixels changed above one`,
  );
  expect(boxes).toBeGreaterThan(20);
  // A walker with legs apart or a cyclist fills a good quarter of its rectangle.
  expect(leastShare).toBeGreaterThan(0.2);
  expect(above).toBe(0);
});

test("with its own noise and a diverging beam, points stay near the bodies of a street", () => {
  const scene = aStreetScene({ blocks: [] });
  const lidar = { ...RIGS[0]!.lidars[0]!, noiseM: 0.02, divergenceRad: 0.003 };
  const { xyz } = castLidarEgo(scene, lidar, 1);
  const errors: number[] = [];
  for (let p = 0; p < xyz.length; p += 3) {
    const [x, y, z] = [xyz[p]!, xyz[p + 1]!, xyz[p + 2]!];
    const near = Math.min(...scene.objects.map((o) => outsideM(o, x, y, z)));
    if (z > 0.3 && near < 0.5) errors.push(Math.max(0, near));
  }
  errors.sort((a, b) => a - b);
  expect(errors.length).toBeGreaterThan(200);
  expect(errors[Math.floor(errors.length * 0.99)]!).toBeLessThan(0.15);
});
