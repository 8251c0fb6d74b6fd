/**
 * The parts of an OpenDRIVE 1.4–1.7 file that Waywarden reads, as plain values: what the parser makes of a
 * file and what the road generator makes for the writer. Nothing is resolved here: links are ids as in
 * the file. Metres, radians and m/s; lists keep the file's order, a record holds from its s on.
 * Source: ASAM OpenDRIVE 1.4–1.7.
 */
export type OpenDrive = {
  /** Where it comes from: a file's name or a generator's seed. Not written into the file. */
  readonly origin: string;
  readonly header: OdrHeader;
  readonly roads: readonly OdrRoad[];
  readonly junctions: readonly OdrJunction[];
  readonly controllers: readonly OdrController[];
};

export type OdrHeader = {
  readonly revMajor: number;
  readonly revMinor: number;
  readonly name: string;
  /** PROJ string. */
  readonly geoReference?: string;
};

export type OdrRoad = {
  readonly id: string;
  readonly name: string;
  /** Length of the reference line. */
  readonly lengthM: number;
  /** Set on the connecting roads of a junction. */
  readonly junctionId?: string;
  /** Right-hand or left-hand traffic. */
  readonly rule: "RHT" | "LHT";
  readonly predecessor?: OdrRoadLink;
  readonly successor?: OdrRoadLink;
  readonly types: readonly OdrRoadType[];
  /** The reference line, without gaps from s = 0 to lengthM. */
  readonly planView: readonly OdrGeometry[];
  readonly elevation: readonly OdrCubic[];
  /** Roll of the road's surface around the reference line, rad; positive lifts the left side. */
  readonly superelevation: readonly OdrCubic[];
  /** Shift of lane 0 from the reference line, left positive. */
  readonly laneOffset: readonly OdrCubic[];
  readonly sections: readonly OdrLaneSection[];
  readonly signals: readonly OdrSignal[];
  readonly signalReferences: readonly OdrSignalReference[];
  readonly objects: readonly OdrObject[];
};

/** An end of a road: which it is when the road's own s runs. */
export type OdrContact = "START" | "END";

export type OdrRoadLink =
  | { readonly kind: "ROAD"; readonly roadId: string; readonly contact: OdrContact }
  | { readonly kind: "JUNCTION"; readonly junctionId: string };

/** OpenDRIVE's road type (town, rural, motorway, …) and the limit that goes with it. */
export type OdrRoadType = {
  readonly sM: number;
  readonly type: string;
  readonly speed?: OdrSpeed;
};

/** Read from m/s, km/h or mph, written in m/s; unset where the file says "no limit" or "undefined". */
export type OdrSpeed = { readonly maxMps?: number };

/**
 * a + b·ds + c·ds² + d·ds³, with ds counted from sM. In lanes sM counts from the start of the lane
 * section (OpenDRIVE's sOffset), elsewhere from the start of the road.
 */
export type OdrCubic = {
  readonly sM: number;
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly d: number;
};

/** One piece of the reference line: start pose (map) and shape. */
export type OdrGeometry = {
  readonly sM: number;
  readonly xM: number;
  readonly yM: number;
  /** OpenDRIVE's hdg. */
  readonly yawRad: number;
  readonly lengthM: number;
  readonly shape: OdrShape;
};

export type OdrShape =
  | { readonly kind: "LINE" }
  | { readonly kind: "ARC"; readonly curvatureInvm: number }
  /** Euler spiral: curvature linear in arc length. */
  | { readonly kind: "SPIRAL"; readonly startInvm: number; readonly endInvm: number }
  /** v(u) in the frame of the start pose. */
  | {
      readonly kind: "POLY3";
      readonly a: number;
      readonly b: number;
      readonly c: number;
      readonly d: number;
    }
  /** u(p), v(p) in the frame of the start pose; p runs over 0…1 (NORMALIZED) or 0…lengthM (ARC_LENGTH). */
  | {
      readonly kind: "PARAM_POLY3";
      readonly range: "NORMALIZED" | "ARC_LENGTH";
      /** Coefficients a, b, c, d of p⁰ … p³. */
      readonly u: OdrCoefficients;
      readonly v: OdrCoefficients;
    };

export type OdrCoefficients = readonly [number, number, number, number];

export type OdrLaneSection = {
  readonly sM: number;
  /** From the leftmost (highest id) to the rightmost lane, with lane 0 between left and right. */
  readonly lanes: readonly OdrLane[];
};

export type OdrLane = {
  /** > 0 left of the reference line, < 0 right of it, 0 the line itself. */
  readonly id: number;
  /** OpenDRIVE's lane type: driving, shoulder, sidewalk, … */
  readonly type: string;
  /** Kept level where the road is superelevated. */
  readonly level: boolean;
  /** Ids in the neighbouring section, or in the linked road where it is not a junction. */
  readonly predecessors: readonly number[];
  readonly successors: readonly number[];
  /** Empty for lane 0; a lane has widths or borders (distances of the outer border from lane 0). */
  readonly widths: readonly OdrCubic[];
  readonly borders: readonly OdrCubic[];
  /** Of the outer border; of lane 0: of the line itself. */
  readonly marks: readonly OdrRoadMark[];
  readonly speeds: readonly (OdrSpeed & { readonly sM: number })[];
  /** Raised surface (kerbs): heights above the road at the inner and the outer border. */
  readonly heights: readonly {
    readonly sM: number;
    readonly innerM: number;
    readonly outerM: number;
  }[];
};

export type OdrRoadMark = {
  readonly sM: number;
  /** OpenDRIVE's type: none, solid, broken, "solid solid", "solid broken", curb, … (inside to outside). */
  readonly type: string;
  readonly color: string;
  readonly weight: string;
  /** Unset where the file leaves it to the country. */
  readonly widthM?: number;
  /** Towards which lane ids one may cross; unset where the file says nothing. */
  readonly laneChange?: "BOTH" | "INCREASE" | "DECREASE" | "NONE";
  /** The strokes where the file spells them out. */
  readonly lines: readonly OdrMarkLine[];
};

export type OdrMarkLine = {
  readonly lengthM: number;
  readonly spaceM: number;
  readonly tOffsetM: number;
  readonly sOffsetM: number;
  readonly widthM?: number;
};

/** "+" is for traffic that goes along s, "-" for traffic against it. */
export type OdrOrientation = "+" | "-" | "none";

/** Lane ids, both ends included. */
export type OdrValidity = { readonly fromLane: number; readonly toLane: number };

/** A light or a sign. */
export type OdrSignal = {
  readonly id: string;
  readonly name: string;
  readonly sM: number;
  readonly tM: number;
  readonly zOffsetM: number;
  /** Turned from the direction that `orientation` gives. */
  readonly hOffsetRad: number;
  readonly orientation: OdrOrientation;
  /** Changes its state: a light. */
  readonly dynamic: boolean;
  /** Empty strings where the file says nothing. */
  readonly country: string;
  readonly type: string;
  readonly subtype: string;
  readonly value?: number;
  readonly unit?: string;
  readonly text: string;
  readonly heightM?: number;
  readonly widthM?: number;
  /** Empty: for all lanes of its orientation. */
  readonly validity: readonly OdrValidity[];
};

/** The same signal, seen by the traffic of another road. */
export type OdrSignalReference = {
  readonly signalId: string;
  readonly sM: number;
  readonly tM: number;
  readonly orientation: OdrOrientation;
  readonly validity: readonly OdrValidity[];
};

/** Lights that show the same at all times. */
export type OdrController = {
  readonly id: string;
  readonly name: string;
  readonly sequence?: number;
  readonly controls: readonly { readonly signalId: string; readonly type: string }[];
};

export type OdrJunction = {
  readonly id: string;
  readonly name: string;
  /** DIRECT joins roads without connecting roads (OpenDRIVE 1.7). */
  readonly type: "DEFAULT" | "DIRECT" | "VIRTUAL";
  readonly connections: readonly OdrConnection[];
  /** Connecting roads of `highRoadId` go before those of `lowRoadId`. */
  readonly priorities: readonly { readonly highRoadId: string; readonly lowRoadId: string }[];
  readonly controllers: readonly { readonly id: string; readonly sequence?: number }[];
};

export type OdrConnection = {
  readonly id: string;
  readonly incomingRoadId: string;
  /** The connecting road; in a DIRECT junction the linked road. */
  readonly connectingRoadId: string;
  /** The end of the connecting road that touches the incoming road. */
  readonly contact: OdrContact;
  readonly laneLinks: readonly { readonly from: number; readonly to: number }[];
};

/** A thing on or beside the road: crosswalk, stop line, parking space, pole, building. */
export type OdrObject = {
  readonly id: string;
  readonly name: string;
  /** Empty where the file says nothing. */
  readonly type: string;
  readonly sM: number;
  readonly tM: number;
  readonly zOffsetM: number;
  /** Relative to the road's direction at sM. */
  readonly yawRad: number;
  readonly orientation: OdrOrientation;
  readonly lengthM?: number;
  readonly widthM?: number;
  readonly heightM?: number;
  readonly radiusM?: number;
  readonly outlines: readonly OdrOutline[];
  readonly validity: readonly OdrValidity[];
};

export type OdrOutline =
  /** Corners in the frame of the object. */
  | {
      readonly kind: "LOCAL";
      readonly corners: readonly {
        readonly uM: number;
        readonly vM: number;
        readonly zM: number;
        readonly heightM: number;
      }[];
    }
  /** Corners in road coordinates. */
  | {
      readonly kind: "ROAD";
      readonly corners: readonly {
        readonly sM: number;
        readonly tM: number;
        readonly dzM: number;
        readonly heightM: number;
      }[];
    };
