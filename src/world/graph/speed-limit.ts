import { recordAt } from "../opendrive/cubic.ts";
import { sectionEndM } from "./cross-section.ts";
import { entriesOf } from "./junction-lanes.ts";
import type { SampledLane } from "./sample-lane.ts";

/** Limit at the middle of the lane: its own speed record, else that of its road's type. m/s */
export function ownLimitMps({ road, section, lane }: SampledLane): number | undefined {
  const fromM = road.sections[section]!.sM;
  const middleM = (fromM + sectionEndM(road, section)) / 2;
  const own = recordAt(lane.speeds, middleM - fromM);
  return own ? own.maxMps : recordAt(road.types, middleM)?.speed?.maxMps;
}

/**
 * Limits of all lanes. A lane in a junction whose road says nothing has the lowest limit of the lanes that
 * lead into it: a limit holds until something else is said.
 */
export function speedLimits(
  lanes: readonly SampledLane[],
  predecessors: readonly (readonly number[])[],
): (number | undefined)[] {
  const limits = lanes.map(ownLimitMps);
  return lanes.map((one, index) => {
    if (limits[index] !== undefined || one.road.junctionId === undefined) return limits[index];
    const before = entriesOf(index, lanes, predecessors).map((entry) => limits[entry]);
    const known = before.filter((limit) => limit !== undefined);
    return known.length > 0 ? Math.min(...known) : undefined;
  });
}
