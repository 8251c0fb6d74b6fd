import { SourceError } from "../contract/errors.ts";
import type { Observation } from "../contract/observation.ts";
import { invert, transformPointsInto } from "../geometry/se3.ts";
import type { DriveWriter } from "./write-mcap.ts";

/**
 * Writes one Observation as sensor messages, so that reading the log gives it again. Pictures keep
 * their own stamps; points are written at Observation.stampUs, to which they have been brought.
 */
export async function writeObservation(
  writer: DriveWriter,
  observation: Observation,
  egoFrame = "base_link",
): Promise<void> {
  const { stampUs, ego } = observation;
  for (const image of observation.images) {
    const { name, encoding, data, camera } = image;
    if (encoding === "rgb8")
      throw new SourceError(
        "SOURCE_ENCODING",
        `camera ${name}: an encoded picture (jpeg or png) expected, found rgb8`,
      );
    await writer.writeTransform(egoFrame, name, image.stampUs, camera.mountEgoFromCamera);
    await writer.writeCalibration(name, image.stampUs, camera.intrinsics);
    await writer.writeImage({ name, stampUs: image.stampUs, encoding, data });
  }
  for (const { name, xyz, intensity, egoFromLidar } of observation.sweeps) {
    const lidarXyz = new Float32Array(xyz.length);
    transformPointsInto(invert(egoFromLidar), xyz, lidarXyz);
    await writer.writeTransform(egoFrame, name, stampUs, egoFromLidar);
    await writer.writeSweep(name, stampUs, { xyz: lidarXyz, intensity });
  }
  if (ego?.odomFromEgo) await writer.writeTransform("odom", egoFrame, stampUs, ego.odomFromEgo);
}
