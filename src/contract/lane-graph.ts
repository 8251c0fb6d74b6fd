import type { LaneKind, MarkKind } from "./scene.ts";

/**
 * The roads of a world as a directed graph of lanes: what OpenDRIVE files and the road generator become,
 * and what routing, traffic, the expert and the score read. Fixed right-handed `map` frame, metres,
 * z up. Lanes are named by their index in `LaneGraph.lanes`.
 */
export type LaneGraph = {
  /** Where the roads come from: a file's name or a generator's seed. */
  readonly name: string;
  readonly lanes: readonly GraphLane[];
  readonly signals: readonly GraphSignal[];
  readonly stopLines: readonly GraphStopLine[];
  readonly kerbs: readonly GraphKerb[];
  /** Zebra crossings and the like: closed outlines, [P, 2] m, map. */
  readonly crossings: readonly { readonly outline: Float64Array }[];
};

/** What may travel on a lane. */
export type GraphLaneKind = LaneKind | "BIKING" | "MEDIAN" | "BORDER" | "OTHER";

/** What a lane inside a junction does, seen by who drives it. */
export type Turn = "STRAIGHT" | "LEFT" | "RIGHT" | "U_TURN";

/** One lane of one lane section. Its samples run in the direction of travel, ≤ 2 m apart. */
export type GraphLane = {
  readonly index: number;
  /** Its OpenDRIVE address: road id, lane section (index from 0) and lane id (> 0 is left). */
  readonly roadId: string;
  readonly section: number;
  readonly laneId: number;
  readonly kind: GraphLaneKind;
  /** Set inside a junction. */
  readonly junctionId?: string;
  readonly turn?: Turn;
  /** Length of the centre line, m. */
  readonly lengthM: number;
  /** Arc length of each sample along the centre line, ascending from 0 to lengthM. [P] m */
  readonly sM: Float64Array;
  readonly xM: Float64Array; // [P] m, map, centre line
  readonly yM: Float64Array; // [P] m, map
  readonly zM: Float64Array; // [P] m, map
  readonly yawRad: Float64Array; // [P] rad, direction of travel, unwrapped
  readonly curvatureInvm: Float64Array; // [P] 1/m, left positive
  readonly widthM: Float64Array; // [P] m
  /** Marks on the left and right border as seen in the direction of travel; the mark at mid-length. */
  readonly leftMark: MarkKind;
  readonly rightMark: MarkKind;
  /** Lanes that go on from the end of this one, and those that lead into its start. */
  readonly successors: readonly number[];
  readonly predecessors: readonly number[];
  /** DRIVING neighbours in the same direction (whether or not marks let a driver change). */
  readonly leftIndex?: number;
  readonly rightIndex?: number;
  /** The lane beside it whose traffic comes towards it, where the two touch. */
  readonly oncomingIndex?: number;
  /** Whether the marks let a driver cross to that side. */
  readonly mayChangeLeft: boolean;
  readonly mayChangeRight: boolean;
  /** m/s; unset where the file says nothing. In a junction that says nothing, that of the lanes before. */
  readonly speedLimitMps?: number;
  /** Where drivers of this lane wait: ascending along the lane. */
  readonly stops: readonly { readonly sM: number; readonly stopLine: number }[];
  /** Other lanes of the junction that cross this one or merge with it; not those that part from the same lane. */
  readonly conflicts: readonly LaneConflict[];
};

/** An overlap with another lane: own stretch, the other's stretch, and who goes first without lights. */
export type LaneConflict = {
  readonly other: number;
  readonly fromM: number;
  readonly toM: number;
  readonly otherFromM: number;
  readonly otherToM: number;
  /** This lane's drivers let the other's go first (priority to the right and to straight traffic when unsaid). */
  readonly yields: boolean;
  /** Both lead into the same lane. */
  readonly merges: boolean;
};

/** A traffic light head. Lights of one `group` show the same at all times. */
export type GraphSignal = {
  /** Index in `LaneGraph.signals`. */
  readonly index: number;
  readonly id: string;
  readonly xM: number;
  readonly yM: number;
  readonly zM: number;
  /** Direction the lamp faces. rad */
  readonly yawRad: number;
  readonly junctionId?: string;
  /** Heads of one junction with the same group turn green together; groups alternate. */
  readonly group: number;
};

export type GraphStopLine = {
  readonly index: number;
  readonly kind: "LIGHT" | "STOP" | "YIELD";
  /** Ends, m, map; the first is the left one as seen by those who must stop. */
  readonly x0M: number;
  readonly y0M: number;
  readonly x1M: number;
  readonly y1M: number;
  /** Indices of the lights that govern it; empty unless LIGHT. */
  readonly signals: readonly number[];
};

export type GraphKerb = {
  /** [P, 2] m, map. */
  readonly line: Float64Array;
  readonly heightM: number;
};

/** A place on the graph: lane index, arc length along it and offset to its left. */
export type LanePosition = { readonly lane: number; readonly sM: number; readonly dM: number };

/** A way through the graph: consecutive lanes are successors or neighbours (a lane change). */
export type LaneRoute = {
  readonly lanes: readonly number[];
  /** Driven length along the lanes, m. */
  readonly lengthM: number;
};
