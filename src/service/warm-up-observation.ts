import type { CameraImage, Observation } from "../contract/observation.ts";
import { EGO_MPS, warmUpPoints } from "./warm-up-scene.ts";

const WIDTH_PX = 960;
const HEIGHT_PX = 540;
const MOUNT_HEIGHT_M = 1.8;
const PERIOD_US = 100_000;

/** Small, and no whole numbers, which V8 keeps in another form: code compiled for them would be thrown away. */
const SWAYING = { accelMps2: 0.2, yawRateRadps: 0.01 } as const;

/** Grey; nobody writes to it. */
let pixels = new Uint8Array(0);

/**
 * A tick of a made drive to warm the rooms up with: grey pictures, and a street in which things stand,
 * walk and drive, so that they are followed as on a real one.
 * @param startUs stamp of tick 0.
 */
export function warmUpObservation(startUs: number, cameraCount: number, tick = 0): Observation {
  const stampUs = startUs + tick * PERIOD_US;
  const cameras = Array.from({ length: cameraCount }, (_, i) => `warm-up-${i}`);
  const xyz = warmUpPoints((tick * PERIOD_US) / 1e6);
  const sweep = {
    name: "warm-up",
    stampUs,
    xyz,
    intensity: new Float32Array(xyz.length / 3).fill(0.3),
    egoFromLidar: { r: [1, 0, 0, 0, 1, 0, 0, 0, 1], t: [0, 0, MOUNT_HEIGHT_M] },
    droppedCount: 0,
  } as const;
  return {
    id: tick,
    stampUs,
    arrivalUs: stampUs,
    images: cameras.map((name) => aPicture(name, stampUs)),
    sweeps: [sweep],
    ego: { stampUs, speedMps: EGO_MPS, ...SWAYING, derived: false },
    route: { text: "follow the road", givenUs: startUs },
    expectedCameras: cameras,
    expectedLidars: [sweep.name],
    periodUs: PERIOD_US,
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
  if (pixels.length === 0) pixels = new Uint8Array(WIDTH_PX * HEIGHT_PX * 3).fill(90);
  return {
    name,
    stampUs,
    encoding: "rgb8",
    data: pixels,
    camera: { intrinsics, mountEgoFromCamera: egoFromCamera },
    egoFromCamera,
  };
}
