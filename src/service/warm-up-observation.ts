import type { CameraImage, Observation } from "../contract/observation.ts";

const WIDTH_PX = 640;
const HEIGHT_PX = 360;
const RINGS = 32;
const RAYS = 720;
const MOUNT_HEIGHT_M = 1.8;

/** A plain scene to warm the rooms up with: grey pictures, a flat road and a wall ahead. */
export function warmUpObservation(stampUs: number, cameraCount: number): Observation {
  const cameras = Array.from({ length: cameraCount }, (_, i) => `warm-up-${i}`);
  const xyz = new Float32Array(RINGS * RAYS * 3);
  for (let ring = 0; ring < RINGS; ring++)
    for (let ray = 0; ray < RAYS; ray++) {
      const angle = (2 * Math.PI * ray) / RAYS;
      const rangeM = 3 + 2 * ring;
      const at = (ring * RAYS + ray) * 3;
      xyz[at] = Math.min(25, rangeM * Math.cos(angle));
      xyz[at + 1] = rangeM * Math.sin(angle);
      xyz[at + 2] = rangeM > 25 && Math.cos(angle) > 0.9 ? 1 : 0;
    }
  const sweep = {
    name: "warm-up",
    stampUs,
    xyz,
    intensity: new Float32Array(RINGS * RAYS).fill(0.3),
    egoFromLidar: { r: [1, 0, 0, 0, 1, 0, 0, 0, 1], t: [0, 0, MOUNT_HEIGHT_M] },
    droppedCount: 0,
  } as const;
  return {
    id: 0,
    stampUs,
    arrivalUs: stampUs,
    images: cameras.map((name) => aPicture(name, stampUs)),
    sweeps: [sweep],
    ego: { stampUs, speedMps: 8, accelMps2: 0, yawRateRadps: 0, derived: false },
    route: { text: "follow the road", givenUs: stampUs },
    expectedCameras: cameras,
    expectedLidars: [sweep.name],
    periodUs: 100_000,
    faults: [],
  };
}

/** Looks straight ahead. */
function aPicture(name: string, stampUs: number): CameraImage {
  const egoFromCamera = { r: [0, 0, 1, -1, 0, 0, 0, -1, 0], t: [1.5, 0, 1.5] } as const;
  const intrinsics = {
    ...{ widthPx: WIDTH_PX, heightPx: HEIGHT_PX, fxPx: WIDTH_PX / 2, fyPx: WIDTH_PX / 2 },
    ...{ cxPx: WIDTH_PX / 2, cyPx: HEIGHT_PX / 2 },
  };
  return {
    name,
    stampUs,
    encoding: "rgb8",
    data: new Uint8Array(WIDTH_PX * HEIGHT_PX * 3).fill(90),
    camera: { intrinsics, mountEgoFromCamera: egoFromCamera },
    egoFromCamera,
  };
}
