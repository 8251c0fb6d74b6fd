import type { Rig } from "../contract/scene.ts";
import { demoRig, scaleCamera } from "../render/rigs.ts";

/** One camera of 320 × 180 pixels and 16 beams: quick enough for unit tests. */
export function aSmallRig(): Rig {
  const rig = demoRig();
  const lidar = rig.lidars[0]!;
  const elevationsRad = lidar.elevationsRad.filter((_, i) => i % 4 === 0);
  return {
    name: "small",
    cameras: [scaleCamera(rig.cameras[0]!, 320, 180)],
    lidars: [{ ...lidar, beamCount: elevationsRad.length, elevationsRad, azimuthCount: 360 }],
  };
}
