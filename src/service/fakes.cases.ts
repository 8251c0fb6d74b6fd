import { BEV_CHANNELS, BEV_SPEC, type BevState } from "../contract/bev.ts";
import type { Fault } from "../contract/fault.ts";
import type { Proposal } from "../contract/maneuver.ts";
import { CAR } from "../contract/maneuver.ts";
import type { Observation } from "../contract/observation.ts";
import type { ObstacleField } from "../contract/obstacle.ts";
import { decodeTrajectory } from "../geometry/bicycle.ts";
import type { ObservationSource } from "../ingest/source.ts";
import { Supervisor } from "../safety/supervisor.ts";
import { SLOTS, TOKEN_RANGES } from "../tokens/vocabulary.ts";
import { anObservation } from "../wire/fixtures.cases.ts";
import { Pipeline, type PipelineSettings, type Rooms } from "./pipeline.ts";

export const START_US = 1_700_000_000_000_000;
export const PERIOD_US = 100_000;
export const SETTINGS: PipelineSettings = {
  cruiseSpeedMps: 13.5,
  validMs: 300,
  modelHash: "model",
  configHash: "config",
};

/** Tick i of a drive at 5 m/s with everything present. */
export function aTickObservation(id: number, changes: Partial<Observation> = {}): Observation {
  const stampUs = START_US + id * PERIOD_US;
  const base = anObservation();
  return {
    ...base,
    id,
    stampUs,
    arrivalUs: stampUs,
    // A sensor that shows the same twice is frozen (S04), so each tick's picture differs.
    images: base.images.map((image) => ({
      ...image,
      stampUs,
      data: Uint8Array.from([...image.data, id & 255, id >> 8]),
    })),
    sweeps: base.sweeps.map((sweep) => ({
      ...sweep,
      stampUs,
      intensity: sweep.intensity.map((value, i) => (i === 0 ? (id % 251) / 251 : value)),
    })),
    ego: { stampUs, speedMps: 5, accelMps2: 0, yawRateRadps: 0, derived: false },
    route: { text: "follow the road", givenUs: START_US },
    expectedCameras: ["front"],
    expectedLidars: ["top"],
    ...changes,
  };
}

export const aBevState = (stampUs: number): BevState => ({
  spec: BEV_SPEC,
  data: new Uint8Array(BEV_CHANNELS.length * BEV_SPEC.nx * BEV_SPEC.ny),
  stampUs,
  cameras: ["front"],
  lidars: ["top"],
});

/** Free road all around. */
export const aFreeField = (stampUs: number): ObstacleField => ({
  stampUs,
  obstacles: [],
  untrackedXyz: new Float32Array(0),
  freeSightM: new Float32Array(360).fill(80),
  carried: false,
});

export function aProposalFor(observation: Observation): Proposal {
  const speedMps = observation.ego?.speedMps ?? 0;
  return {
    observationId: observation.id,
    stampUs: observation.stampUs,
    maneuver: {
      rationale: ["FREE_ROAD", "NONE"],
      lateral: "KEEP_LANE",
      longitudinal: "KEEP_SPEED",
      targetSpeedMps: 5,
    },
    trajectory: decodeTrajectory(speedMps, [11, 11, 11, 11, 11, 11], [10, 10, 10, 10, 10, 10], CAR),
    answer: "ACCEPTED",
    answerDetail: `"${observation.route.text}": accepted`,
    probabilities: new Array<number>(19).fill(0.9),
    margins: new Array<number>(19).fill(0.8),
    tokens: SLOTS.map((kind) => TOKEN_RANGES[kind].first),
  };
}

/** Rooms that answer at once: fakes around the real supervisor. */
export const fakeRooms = (changes: Partial<Rooms> = {}): Rooms => ({
  perception: {
    perceive: async ({ stampUs }) => ({
      bev: aBevState(stampUs),
      faults: [],
      timing: { decodeMs: 1, pillarsMs: 2, bevMs: 3 },
    }),
    reset: () => undefined,
  },
  planner: {
    plan: async ({ observation }) => ({ proposal: aProposalFor(observation), faults: [] }),
    reset: () => undefined,
  },
  obstacles: { update: ({ stampUs }) => aFreeField(stampUs), reset: () => undefined },
  supervisor: new Supervisor(),
  ...changes,
});

export const aPipeline = (changes: Partial<Rooms> = {}): Pipeline =>
  new Pipeline(fakeRooms(changes), SETTINGS);

/** A source of the given observations. */
export const aSource = (observations: readonly Observation[]): ObservationSource => ({
  info: {
    name: "fake",
    path: "fake.mcap",
    cameras: ["front"],
    lidars: ["top"],
    periodUs: PERIOD_US,
    startUs: START_US,
    endUs: START_US + observations.length * PERIOD_US,
    logHash: "log",
  },
  observations: async function* () {
    yield* observations;
  },
  close: async () => undefined,
});

export const aFault = (code: Fault["code"]): Fault => ({ code, detail: "test", stampUs: START_US });
