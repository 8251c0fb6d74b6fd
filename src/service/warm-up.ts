import type { EgoState, Observation } from "../contract/observation.ts";
import { decodeDecision, encodeDecision } from "../wire/decision-codec.ts";
import { Pipeline, type PipelineSettings, type Rooms, resetRooms } from "./pipeline.ts";

/** Following things is rehearsed elsewhere; more rounds put off the first decision, and change no age. */
const ROUNDS = 3;
const STANDING = { speedMps: 0, accelMps2: 0, yawRateRadps: 0, derived: false } as const;

/**
 * Decides one observation a few times, a period later each time, and throws the decisions away, so that
 * compiling and first allocations do not fall into the first real ones. Give rooms that nobody else
 * uses, or that leave no trace after reset(). What is wrong with the observation shows in its own tick.
 */
export async function warmUp(
  rooms: Rooms,
  settings: PipelineSettings,
  observation: Observation,
  nowUs: number,
): Promise<void> {
  const pipeline = new Pipeline(rooms, settings);
  const roundAt = (round: number) => later(observation, round * observation.periodUs);
  for (let round = 0; round < ROUNDS; round++) {
    const deciding = pipeline.decide(roundAt(round), nowUs + round * observation.periodUs);
    if (round + 1 < ROUNDS) pipeline.prepare(roundAt(round + 1));
    const { decision } = await deciding;
    decodeDecision(encodeDecision(decision));
  }
  resetRooms(rooms);
}

/** The same things seen `us` later, by an ego that stands where its motion is not known. */
function later(observation: Observation, us: number): Observation {
  const at = <T extends { readonly stampUs: number }>(seen: T): T => ({
    ...seen,
    stampUs: seen.stampUs + us,
  });
  const { ego, periodUs } = observation;
  const stampUs = observation.stampUs + us;
  const moved: EgoState = ego ? at(ego) : { stampUs, ...STANDING };
  return {
    ...{ ...observation, id: observation.id + Math.round(us / periodUs), stampUs, ego: moved },
    arrivalUs: observation.arrivalUs + us,
    images: observation.images.map(at),
    sweeps: observation.sweeps.map(at),
  };
}
