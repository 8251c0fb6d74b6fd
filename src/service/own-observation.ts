import type { Observation } from "../contract/observation.ts";

/**
 * The observation with memory of its own, which may be given to another thread with `buffers`.
 * Structured clone alone would copy the whole buffer behind each view, and copy it twice.
 */
export function ownObservation(observation: Observation): {
  readonly owned: Observation;
  readonly buffers: ArrayBuffer[];
} {
  // slice() of a Buffer, which is what MQTT gives, would be a view of the same memory.
  const images = observation.images.map((image) => ({
    ...image,
    data: new Uint8Array(image.data),
  }));
  const sweeps = observation.sweeps.map((sweep) => ({
    ...sweep,
    xyz: sweep.xyz.slice(),
    intensity: sweep.intensity.slice(),
  }));
  const buffers = [
    ...images.map(({ data }) => data.buffer),
    ...sweeps.flatMap(({ xyz, intensity }) => [xyz.buffer, intensity.buffer]),
  ];
  return { owned: { ...observation, images, sweeps }, buffers };
}
