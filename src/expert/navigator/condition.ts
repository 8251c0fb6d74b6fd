import type { LaneGraph } from "../../contract/lane-graph.ts";
import type { Condition } from "./nav-meaning.ts";
import { type DriveTrace, drivenM, samplesIn, type TraceSample } from "./trace.ts";

/** Sample at which a condition is met; undefined if it never is. */
export function metAt(
  condition: Condition,
  trace: DriveTrace,
  graph: LaneGraph,
): number | undefined {
  const { samples } = trace;
  const first = (holds: (sample: TraceSample, i: number) => boolean) => {
    const at = samples.findIndex(holds);
    return at < 0 ? undefined : at;
  };
  switch (condition.kind) {
    case "WAITED": {
      const at = samplesIn(trace, condition.seconds);
      return at < samples.length ? at : undefined;
    }
    case "DRIVEN": {
      const driven = drivenM(trace);
      return first((_, i) => driven[i]! >= condition.metres);
    }
    case "GREEN":
      return first(({ light }) => light === undefined || light.state === "GREEN");
    case "JUNCTION": {
      const isInside = ({ place }: TraceSample) =>
        place !== undefined && graph.lanes[place.lane]!.junctionId !== undefined;
      const inside = first(isInside);
      return inside === undefined ? undefined : first((s, i) => i > inside && !isInside(s));
    }
    case "PAST": {
      const ahead = samples[0]!.others
        .filter((o) => o.kind === condition.what && o.aheadM >= 0)
        .sort((a, b) => a.aheadM - b.aheadM)[0];
      if (ahead === undefined) return undefined;
      return first(({ others }) => others.some((o) => o.id === ahead.id && o.aheadM < 0));
    }
  }
}
