import { createHash } from "node:crypto";
import type { Observation } from "../contract/observation.ts";
import type { ObservationSource, SourceInfo } from "../ingest/source.ts";
import { createWorld } from "../world/world.ts";
import { type DriveOptions, observeDrive } from "./drive.ts";

/** The generator as an ObservationSource: the same behaviour as a recorded drive. */
export class GeneratedSource implements ObservationSource {
  readonly info: SourceInfo;
  readonly #options: DriveOptions;

  constructor(options: DriveOptions) {
    this.#options = options;
    const { seed, durationS, rig } = options;
    const startUs = createWorld(seed, options.world).scene().stampUs;
    this.info = {
      name: `generated-${seed}`,
      path: `generated:${seed}`,
      cameras: rig.cameras.map((camera) => camera.name),
      lidars: rig.lidars.map((lidar) => lidar.name),
      periodUs: 100_000,
      startUs,
      endUs: startUs + Math.round((durationS - 0.1) * 1e6),
      logHash: createHash("sha256").update(JSON.stringify(options)).digest("hex"),
    };
  }

  observations(): AsyncIterableIterator<Observation> {
    return observeDrive(this.#options);
  }

  async close(): Promise<void> {}
}
