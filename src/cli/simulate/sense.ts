import type { EgoState } from "../../contract/observation.ts";
import type { Rig, RigCamera, Scene } from "../../contract/scene.ts";
import { bandCamera } from "../../dataset/band-camera.ts";
import { observeScene } from "../../dataset/observe.ts";
import { type Renderer, renderInPlace } from "../../dataset/render-tasks.ts";
import { fromYawPitchRoll } from "../../geometry/se3.ts";
import { sampleImu, sampleOdometry } from "../../render/ego-sensors.ts";
import { demoRig, denseElevations } from "../../render/rigs.ts";
import type { SensorInput } from "../../scenario/drivers/driver.ts";
import type { Sense } from "../../scenario/run/drive.ts";
import { Random } from "../../world/random.ts";
import type { SimulateFlags } from "./plan.ts";

/** Rendered picture widths: the service looks at 320 px of each, and at a magnified part of the front one. */
const FRONT_WIDTH_PX = 704;
const SIDE_WIDTH_PX = 320;
const LIDAR_BEAMS = 32;
const LIDAR_AZIMUTHS = 1024;

/**
 * The vehicle of scored runs: where the demo's has its sensors, with three cameras that picture no more
 * than what is looked at, and a LiDAR of 32 beams.
 */
export function simulatedRig(): Rig {
  const { cameras, lidars } = demoRig();
  return {
    name: "simulated",
    cameras: cameras.map(toBand),
    lidars: lidars.map((l) => ({
      ...l,
      beamCount: LIDAR_BEAMS,
      elevationsRad: denseElevations(LIDAR_BEAMS, l.elevationsRad[0]!, l.elevationsRad.at(-1)!),
      azimuthCount: LIDAR_AZIMUTHS,
    })),
  };
}

const toBand = (camera: RigCamera): RigCamera => bandCamera(camera, FRONT_WIDTH_PX, SIDE_WIDTH_PX);

/**
 * What has to be rendered of a rig, or of that of scored runs: with the true BevState no picture is looked at, and without the safety layer
 * no point either.
 */
export function sensorsNeeded(flags: Pick<SimulateFlags, "bev" | "safety">, own?: Rig): Rig {
  const rig = own === undefined ? simulatedRig() : { ...own, cameras: own.cameras.map(toBand) };
  if (flags.bev === "perceived") return rig;
  return { ...rig, cameras: [], lidars: flags.safety === "on" ? rig.lidars : [] };
}

/**
 * The sensors of one drive. What leaves here is bytes, noise and words: speed from the wheels, acceleration
 * and yaw rate from an IMU, and a pose summed up from them, so it drifts as a vehicle's own does.
 */
export function makeSense(rig: Rig, seed: number, renderer: Renderer = renderInPlace): Sense {
  const rng = new Random(seed * 7919 + 13);
  const pose = { xM: 0, yM: 0, yawRad: 0 };
  let before: EgoState | undefined;
  return async (scene: Scene, id: number, text: string, givenUs: number): Promise<SensorInput> => {
    const seen = await observeScene(scene, rig, {
      id,
      text,
      givenUs,
      rng,
      withImages: true,
      renderer,
    });
    const imu = sampleImu(scene, rng.nextUint());
    const { stampUs, speedMps } = sampleOdometry(scene, rng.nextUint());
    const { yawRateRadps } = imu;
    const dtS = before === undefined ? 0 : (stampUs - before.stampUs) / 1e6;
    const mean = (a: number, b: number | undefined) => (a + (b ?? a)) / 2;
    const ds = mean(speedMps, before?.speedMps) * dtS;
    const turn = mean(yawRateRadps, before?.yawRateRadps) * dtS;
    pose.xM += ds * Math.cos(pose.yawRad + turn / 2);
    pose.yM += ds * Math.sin(pose.yawRad + turn / 2);
    pose.yawRad += turn;
    const odomFromEgo = fromYawPitchRoll(pose.yawRad, 0, 0, [pose.xM, pose.yM, 0]);
    const odometry: EgoState = {
      ...{ stampUs, speedMps, accelMps2: imu.accelMps2[0], yawRateRadps, derived: false },
      odomFromEgo,
    };
    before = odometry;
    return { id, stampUs, images: seen.images, sweeps: seen.sweeps, odometry, text, givenUs };
  };
}
