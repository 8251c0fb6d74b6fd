import type { InputAge } from "../contract/decision.ts";
import type { Observation } from "../contract/observation.ts";
import type { SafetyStream } from "../safety/input.ts";
import { hashOfBytes, hashOfSweep } from "./content-hash.ts";

/** What the supervisor judges streams by: every expected sensor, present or not, and the ego. */
export function streamsOf(observation: Observation): SafetyStream[] {
  const { periodUs, images, sweeps, ego } = observation;
  type Shown = Omit<SafetyStream, "name" | "kind" | "periodUs" | "expected">;
  const stream = (kind: SafetyStream["kind"], name: string, shown: Shown = {}): SafetyStream => ({
    ...{ name, kind, periodUs, expected: true },
    ...shown,
  });
  const cameraOf = (name: string): Shown => {
    const image = images.find((item) => item.name === name);
    if (image === undefined) return {};
    const { stampUs, data, camera } = image;
    return { stampUs, contentHash: hashOfBytes(data), mount: camera.mountEgoFromCamera };
  };
  const lidarOf = (name: string): Shown => {
    const sweep = sweeps.find((item) => item.name === name);
    if (sweep === undefined) return {};
    const { stampUs, egoFromLidar } = sweep;
    const contentHash = hashOfSweep(sweep);
    return { stampUs, mount: egoFromLidar, ...(contentHash === undefined ? {} : { contentHash }) };
  };
  return [
    ...observation.expectedLidars.map((name) => stream("lidar", name, lidarOf(name))),
    ...observation.expectedCameras.map((name) => stream("camera", name, cameraOf(name))),
    stream("ego", "ego", ego && { stampUs: ego.stampUs }),
  ];
}

/** Ages of the inputs that are there, in the order of the streams. */
export function agesOf(observation: Observation, nowUs: number): InputAge[] {
  const { images, sweeps, ego, expectedLidars, expectedCameras } = observation;
  const ages = (kind: string, names: readonly string[], items: readonly Stamped[]) =>
    names.flatMap((name) => {
      const item = items.find((one) => one.name === name);
      return item ? [{ name: `${kind}/${name}`, ageUs: nowUs - item.stampUs }] : [];
    });
  return [
    ...ages("lidar", expectedLidars, sweeps),
    ...ages("camera", expectedCameras, images),
    ...(ego ? [{ name: "ego", ageUs: nowUs - ego.stampUs }] : []),
  ];
}

type Stamped = { readonly name: string; readonly stampUs: number };
