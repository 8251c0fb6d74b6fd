import type { Observation } from "../../contract/observation.ts";
import type { Rig } from "../../contract/scene.ts";
import type { SensorDriver, SensorInput } from "../../scenario/drivers/driver.ts";
import { loadConfig } from "../../service/config.ts";
import { openRooms } from "../../service/open-rooms.ts";
import { Pipeline, type Tick } from "../../service/pipeline.ts";
import { type TruthPerception, withTruth } from "../truth-perception.ts";
import { passThrough } from "./pass-through.ts";

export type ModelDriverOptions = {
  readonly modelDir: string;
  readonly safety: "on" | "off";
  readonly rig: Rig;
  readonly periodUs: number;
  readonly delayUs: number;
  /** Its BevState takes the place of the perceived one: an ablation, not a scored run. */
  readonly truth?: TruthPerception;
  readonly onTick?: (tick: Tick) => void | Promise<void>;
};

/** What the service would have received: the sensor input and nothing else. */
export function observationOf(input: SensorInput, rig: Rig, periodUs: number): Observation {
  const { id, stampUs, images, sweeps, odometry, text, givenUs } = input;
  return {
    id,
    stampUs,
    arrivalUs: stampUs,
    images,
    sweeps,
    ego: odometry,
    route: { text, givenUs },
    expectedCameras: rig.cameras.map(({ name }) => name),
    expectedLidars: rig.lidars.map(({ name }) => name),
    periodUs,
    faults: [],
  };
}

/** The service's own pipeline at the wheel, with its networks, obstacles and safety layer. */
export async function openModelDriver(options: ModelDriverOptions): Promise<SensorDriver> {
  const { config, configHash } = await loadConfig(undefined);
  const opened = await openRooms(options.modelDir, config);
  const { safety, truth } = options;
  const seeing = truth === undefined ? opened.rooms : withTruth(opened.rooms, truth);
  const rooms = safety === "on" ? seeing : { ...seeing, supervisor: passThrough() };
  const settings = { ...config, modelHash: opened.model.modelHash, configHash };
  const pipeline = new Pipeline(rooms, settings);
  return {
    sees: "SENSORS",
    decide: async (input) => {
      const observation = observationOf(input, options.rig, options.periodUs);
      const tick = await pipeline.decide(observation, input.stampUs + options.delayUs);
      await options.onTick?.(tick);
      return tick.decision;
    },
    close: () => opened.close(),
  };
}
