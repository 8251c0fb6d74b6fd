import type { Fault, FaultCode } from "../contract/fault.ts";
import type { Observation } from "../contract/observation.ts";

const PERIOD_US = 100_000;

/**
 * The observation of a tick for which none came: it tells that everything is missing that `last`
 * had. Before the first one there is nothing to drive by at all.
 */
export function absentObservation(stampUs: number, last: Observation | undefined): Observation {
  const missing = (code: FaultCode, what: string, source?: string): Fault => ({
    code,
    detail: `${what} for tick ${stampUs} expected, found no observation`,
    stampUs,
    ...(source === undefined ? {} : { source }),
  });
  const { expectedCameras = [], expectedLidars = [] } = last ?? {};
  return {
    id: last?.id ?? 0,
    stampUs,
    arrivalUs: stampUs,
    images: [],
    sweeps: [],
    route: last?.route ?? { text: "", givenUs: stampUs },
    expectedCameras,
    expectedLidars,
    periodUs: last?.periodUs ?? PERIOD_US,
    faults: [
      last
        ? missing("OBSERVATION_MISSING", "an observation")
        : missing("SENSING_ABSENT", "a first observation"),
      ...expectedLidars.map((name) => missing("LIDAR_MISSING", name, name)),
      ...expectedCameras.map((name) => missing("CAMERA_MISSING", name, name)),
      ...(expectedCameras.length > 0 ? [missing("ALL_CAMERAS_MISSING", "a picture")] : []),
      missing("EGO_MISSING", "the ego state"),
    ],
  };
}
