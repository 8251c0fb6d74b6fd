import type { InputAge } from "../contract/decision.ts";
import type { Observation } from "../contract/observation.ts";
import type { SafetyStream } from "../safety/input.ts";

/** What the supervisor judges freshness by: every expected sensor, present or not, and the ego. */
export function streamsOf(observation: Observation): SafetyStream[] {
  const { periodUs, images, sweeps, ego } = observation;
  const stream = (kind: SafetyStream["kind"], name: string, stampUs: number | undefined) => ({
    name,
    kind,
    ...(stampUs === undefined ? {} : { stampUs }),
    periodUs,
    expected: true,
  });
  const stampOf = (items: readonly { name: string; stampUs: number }[], name: string) =>
    items.find((item) => item.name === name)?.stampUs;
  return [
    ...observation.expectedLidars.map((name) => stream("lidar", name, stampOf(sweeps, name))),
    ...observation.expectedCameras.map((name) => stream("camera", name, stampOf(images, name))),
    stream("ego", "ego", ego?.stampUs),
  ];
}

/** Ages of the inputs that are there. */
export const agesOf = (streams: readonly SafetyStream[], nowUs: number): InputAge[] =>
  streams.flatMap(({ kind, name, stampUs }) =>
    stampUs === undefined
      ? []
      : [{ name: kind === "ego" ? "ego" : `${kind}/${name}`, ageUs: nowUs - stampUs }],
  );
