import type { Observation } from "../contract/observation.ts";
import { decodeDecision, encodeDecision } from "../wire/decision-codec.ts";
import { Pipeline, type PipelineSettings, type Rooms, resetRooms } from "./pipeline.ts";

const ROUNDS = 3;

/**
 * Decides one observation a few times and throws the decisions away, so that compiling and first
 * allocations do not fall into the first real ones. Give rooms that nobody else uses, or that leave
 * no trace after reset(). What is wrong with the observation shows in its own tick.
 */
export async function warmUp(
  rooms: Rooms,
  settings: PipelineSettings,
  observation: Observation,
  nowUs: number,
): Promise<void> {
  const pipeline = new Pipeline(rooms, settings);
  for (let round = 0; round < ROUNDS; round++) {
    const { decision } = await pipeline.decide(observation, nowUs);
    decodeDecision(encodeDecision(decision));
  }
  resetRooms(rooms);
}
