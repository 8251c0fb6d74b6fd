import { Perception } from "../bev/perception.ts";
import { type LoadedModel, loadModel } from "../inference/model.ts";
import { OnnxPlanner } from "../planner/planner.ts";
import { Supervisor } from "../safety/supervisor.ts";
import type { ServiceConfig } from "./config.ts";
import type { Rooms } from "./pipeline.ts";
import { openSenses, type Senses } from "./sensing-thread.ts";

export type OpenRooms = {
  readonly rooms: Rooms;
  /** Rooms to warm up with: what remembers is not shared, or forgets all of it at reset(). */
  readonly warmUpRooms: Rooms;
  readonly model: LoadedModel;
  /** Ends threads and sessions. */
  close(): Promise<void>;
};

/**
 * Loads the model and opens every room.
 * @param senses begun earlier, where there was other work to do first. Closed with the rooms.
 * @throws ModelError, ConfigError
 */
export async function openRooms(
  modelDir: string,
  config: ServiceConfig,
  senses: Senses = openSenses(),
): Promise<OpenRooms> {
  const { accelMaxMps2, speedMaxMps } = config;
  const newSupervisor = () =>
    new Supervisor({
      ...(accelMaxMps2 === undefined ? {} : { accelMaxMps2 }),
      ...(speedMaxMps === undefined ? {} : { speedMaxMps }),
    });
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
