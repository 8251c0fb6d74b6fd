import type { Observation } from "../contract/observation.ts";
import type { ObstacleField } from "../contract/obstacle.ts";
import { decodeDecision, encodeDecision } from "../wire/decision-codec.ts";
import { Pipeline, type PipelineSettings, type Rooms, resetRooms, type Tick } from "./pipeline.ts";

/** Following things is rehearsed elsewhere; more rounds put off the first decision, and change no age. */
const ROUNDS = 3;
/** Judging takes more of them until it is compiled, and one costs a millisecond or two. */
const JUDGED_ROUNDS = 8;
/**
 * An ego that drives has a way to be judged. No whole numbers: V8 keeps them in another form, and throws
 * code away that was compiled for them when the first fraction comes.
 */
const DRIVING = { speedMps: 8.3, accelMps2: 0.2, yawRateRadps: 0.02, derived: false } as const;
/** [N, 3] m, ego: something low right ahead, which not every first sweep has. */
const POINTS_AHEAD = [6.1, 0.1, 0.4, 6.3, -0.2, 0.4, 6.2, 0.3, 0.5, 5.9, 0.2, 0.6];

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
  const { periodUs } = observation;
  const roundAt = (round: number) => later(observation, round * periodUs);
  let seen: Tick | undefined;
  for (let round = 0; round < ROUNDS; round++) {
    const deciding = pipeline.decide(roundAt(round), nowUs + round * periodUs);
    if (round + 1 < ROUNDS) pipeline.prepare(roundAt(round + 1));
    seen = await deciding;
    decodeDecision(encodeDecision(seen.decision));
  }
  const judging = seen && new Pipeline(recalling(rooms, seen), settings);
  for (let round = ROUNDS; round < ROUNDS + JUDGED_ROUNDS; round++) {
    const tick = await judging?.decide(roundAt(round), nowUs + round * periodUs);
    if (tick) decodeDecision(encodeDecision(tick.decision));
  }
  resetRooms(rooms);
}

/** Rooms that answer with what was seen and planned already: the supervisor alone has work. */
function recalling({ supervisor }: Rooms, { bev, proposal, obstacles }: Tick): Rooms {
  const reset = () => undefined;
  const timing = { decodeMs: 0, pillarsMs: 0, bevMs: 0 };
  return {
    perception: { perceive: async () => ({ ...(bev ? { bev } : {}), faults: [], timing }), reset },
    planner: { plan: async () => ({ ...(proposal ? { proposal } : {}), faults: [] }), reset },
    obstacles: {
      update: ({ stampUs }) => {
        if (!obstacles) throw new Error("obstacles expected, found none");
        return { ...withPointsAhead(obstacles), stampUs };
      },
      reset,
    },
    supervisor,
  };
}

const withPointsAhead = (field: ObstacleField): ObstacleField => ({
  ...field,
  untrackedXyz: Float32Array.from([...POINTS_AHEAD, ...field.untrackedXyz]),
});

/** The same things seen `us` later, by an ego that drives. */
function later(observation: Observation, us: number): Observation {
  const at = <T extends { readonly stampUs: number }>(seen: T): T => ({
    ...seen,
    stampUs: seen.stampUs + us,
  });
  const stampUs = observation.stampUs + us;
  return {
    ...observation,
    id: observation.id + Math.round(us / observation.periodUs),
    stampUs,
    ego: { stampUs, ...DRIVING },
    arrivalUs: observation.arrivalUs + us,
    images: observation.images.map(at),
    sweeps: observation.sweeps.map(at),
  };
}
