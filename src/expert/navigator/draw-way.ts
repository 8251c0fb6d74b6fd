import type { LaneGraph } from "../../contract/lane-graph.ts";
import type { Random } from "../../world/random.ts";
import { excuseFor } from "./excuse.ts";
import { exitsAhead, highwayAhead, homeOf, type Place } from "./named-place.ts";
import type { Step } from "./nav-meaning.ts";
import { isHighway, vehicleAhead } from "./success-way.ts";
import type { DriveTrace } from "./trace.ts";
import { type NodeAhead, nodesAhead } from "./ways.ts";

/** Ways farther off take too long to be seen done, m. */
const REACH_M = 250;
/** So many are told with the way to them, or with what their junction looks like. */
const TOLD_PROB = 0.5;

/**
 * A turn, fork, exit, roundabout or overtaking that this very place allows; undefined where it allows none.
 * Drawn at random, most of them would fit nowhere.
 */
export function drawWay(rng: Random, trace: DriveTrace, graph: LaneGraph): Step | undefined {
  const { place } = trace.samples[0]!;
  if (place === undefined) return undefined;
  const kinds = new Map<Step["kind"], Step[]>();
  for (const step of waysFrom(rng, trace, graph, homeOf(graph, place))) {
    if (excuseFor(step, trace, graph) !== undefined) continue;
    kinds.set(step.kind, [...(kinds.get(step.kind) ?? []), step]);
  }
  return kinds.size === 0 ? undefined : rng.pick(rng.pick([...kinds.values()]));
}

function waysFrom(rng: Random, trace: DriveTrace, graph: LaneGraph, from: Place): Step[] {
  const out: Step[] = nodesAhead(graph, from, REACH_M).flatMap((node) =>
    branchesOf(rng, graph, from, node),
  );
  for (let exit = 1; exit <= exitsAhead(graph, from); exit++)
    out.push({ kind: "ROUNDABOUT", exit });
  if (highwayAhead(graph, from)) out.push({ kind: "ENTER_HIGHWAY" });
  if (vehicleAhead(trace.samples[0]!) !== undefined)
    out.push({ kind: "OVERTAKE", side: "LEFT" }, { kind: "OVERTAKE", side: "RIGHT" });
  return out;
}

function branchesOf(rng: Random, graph: LaneGraph, from: Place, node: NodeAhead): Step[] {
  const told = rng.chance(TOLD_PROB) ? { inM: node.atM } : {};
  return node.branches.flatMap(({ turn, bears }): Step[] => {
    if (turn === "LEFT" || turn === "RIGHT" || turn === "STRAIGHT") {
      const look =
        node.looks.length > 0 && rng.chance(TOLD_PROB) ? { at: rng.pick(node.looks) } : {};
      return [{ kind: "TURN", way: turn, ...told, ...look }];
    }
    if (bears === undefined) return [];
    const leaves = bears === "RIGHT" && isHighway(graph, from.lane);
    return leaves && rng.chance(0.5)
      ? [{ kind: "LEAVE_HIGHWAY", ...told }]
      : [{ kind: "BEAR", side: bears, ...told }];
  });
}
