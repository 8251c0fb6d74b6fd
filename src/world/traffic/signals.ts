import type { LaneGraph } from "../../contract/lane-graph.ts";
import type { SignalState } from "../../contract/scene.ts";
import type { Random } from "../random.ts";

/** Between two greens everybody may clear the junction, s (RiLSA asks for 4 to 7 s with the yellow). */
const ALL_RED_S = 2;
/** Drivers that can stop with this on yellow do; the yellow lasts until the others have passed, m/s². */
export const YELLOW_STOP_MPS2 = 3;
const GREEN_MIN_S = 9;
const GREEN_MAX_S = 24;
/** Greens of all groups together last no longer, s: nobody waits for ever. */
const CYCLE_S = 60;
/** A lone group rests on red for somebody else, s. */
const LONE_RED_S = 12;

type Phase = { readonly fromS: number; readonly greenS: number; readonly yellowS: number };
type Cycle = { readonly lengthS: number; readonly offsetS: number; readonly phases: Phase[] };

/** The programme of every light: same group same colour, groups take turns, offsets are seeded. */
export type SignalProgramme = {
  /** [signals] cycle and phase of each light. */
  readonly cycles: readonly { readonly cycle: Cycle; readonly phase: Phase }[];
};

/** Draws cycles for all junctions of a graph; `limitMps` gives the speed at which a light is approached. */
export function drawSignals(
  rng: Random,
  graph: LaneGraph,
  limitMps: (signal: number) => number,
): SignalProgramme {
  const junctions = new Map<string, number[]>();
  for (const signal of graph.signals) {
    const key = signal.junctionId ?? `light ${signal.id}`;
    const known = junctions.get(key);
    if (known === undefined) junctions.set(key, [signal.index]);
    else known.push(signal.index);
  }
  const cycles: { cycle: Cycle; phase: Phase }[] = [];
  for (const signals of junctions.values()) {
    const groups = [...new Set(signals.map((i) => graph.signals[i]!.group))].sort((a, b) => a - b);
    const phases: Phase[] = [];
    let atS = 0;
    for (const group of groups) {
      const speeds = signals.filter((i) => graph.signals[i]!.group === group).map(limitMps);
      const yellowS = Math.max(3, 1.2 + Math.max(...speeds) / (2 * YELLOW_STOP_MPS2));
      const most = Math.max(GREEN_MIN_S, Math.min(GREEN_MAX_S, CYCLE_S / groups.length));
      const greenS = rng.range(GREEN_MIN_S, most);
      phases.push({ fromS: atS, greenS, yellowS });
      atS += greenS + yellowS + ALL_RED_S;
    }
    if (groups.length === 1) atS += LONE_RED_S;
    const cycle = { lengthS: atS, offsetS: rng.range(0, atS), phases };
    for (const i of signals)
      cycles[i] = { cycle, phase: phases[groups.indexOf(graph.signals[i]!.group)]! };
  }
  return { cycles };
}

/** State of one light at a time of the world. */
export function signalAt(programme: SignalProgramme, signal: number, timeS: number): SignalState {
  const known = programme.cycles[signal];
  if (known === undefined) return "OFF";
  const { cycle, phase } = known;
  const t = ((timeS + cycle.offsetS) % cycle.lengthS) - phase.fromS;
  if (t < 0 || t >= phase.greenS + phase.yellowS) return "RED";
  return t < phase.greenS ? "GREEN" : "YELLOW";
}

/** What a gate with these lights shows: the strictest of them. */
export function gateState(states: readonly SignalState[], signals: readonly number[]): SignalState {
  let worst: SignalState = "OFF";
  for (const i of signals) {
    const state = states[i];
    if (state === "RED") return "RED";
    if (state === "YELLOW" || (state === "GREEN" && worst === "OFF")) worst = state;
  }
  return worst;
}
