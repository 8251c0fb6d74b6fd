import { Perception } from "../bev/perception.ts";
import { type LoadedModel, loadModel } from "../inference/model.ts";
import { OnnxPlanner } from "../planner/planner.ts";
import { Supervisor } from "../safety/supervisor.ts";
import type { ServiceConfig } from "./config.ts";
import type { Rooms } from "./pipeline.ts";
import { openSenses } from "./sensing-thread.ts";

export type OpenRooms = {
  readonly rooms: Rooms;
  /** Rooms to warm up with: what remembers is not shared, or forgets all of it at reset(). */
  readonly warmUpRooms: Rooms;
  readonly model: LoadedModel;
  /** Ends threads and sessions. */
  close(): Promise<void>;
};

/** Loads the model and opens every room. @throws ModelError, ConfigError */
export async function openRooms(modelDir: string, config: ServiceConfig): Promise<OpenRooms> {
  const { accelMaxMps2, speedMaxMps } = config;
  const newSupervisor = () =>
    new Supervisor({
      ...(accelMaxMps2 === undefined ? {} : { accelMaxMps2 }),
      ...(speedMaxMps === undefined ? {} : { speedMaxMps }),
    });
  // A thread starts beside the loading of the model.
  const senses = openSenses();
  let model: LoadedModel | undefined;
  const close = async () => {
    await senses.close();
    await model?.close();
  };
  try {
    model = await loadModel(modelDir, { threads: config.threads });
    const { inputs, obstacles } = senses;
    const perception = await Perception.open(model, inputs);
    const planner = await OnnxPlanner.open(model);
    const rooms = { senses, perception, planner, obstacles, supervisor: newSupervisor() };
    return { rooms, warmUpRooms: { ...rooms, supervisor: newSupervisor() }, model, close };
  } catch (error) {
    await close();
    throw error;
  }
}
