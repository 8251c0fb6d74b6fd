import { Perception } from "../bev/perception.ts";
import { type LoadedModel, loadModel } from "../inference/model.ts";
import { ObstacleDetector } from "../obstacles/detector.ts";
import { OnnxPlanner } from "../planner/planner.ts";
import { Supervisor } from "../safety/supervisor.ts";
import type { ServiceConfig } from "./config.ts";
import type { Rooms } from "./pipeline.ts";

/** Loads the model and opens every room. @throws ModelError, ConfigError */
export async function openRooms(
  modelDir: string,
  config: ServiceConfig,
): Promise<{ readonly rooms: Rooms; readonly model: LoadedModel }> {
  const { accelMaxMps2, speedMaxMps } = config;
  const supervisor = new Supervisor({
    ...(accelMaxMps2 === undefined ? {} : { accelMaxMps2 }),
    ...(speedMaxMps === undefined ? {} : { speedMaxMps }),
  });
  const model = await loadModel(modelDir, { threads: config.threads });
  try {
    const perception = await Perception.open(model);
    const planner = await OnnxPlanner.open(model);
    return { rooms: { perception, planner, supervisor, obstacles: new ObstacleDetector() }, model };
  } catch (error) {
    await model.close();
    throw error;
  }
}
