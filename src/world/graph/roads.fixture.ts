import type { GraphLane, LaneGraph } from "../../contract/lane-graph.ts";
import { aFile, aLane } from "../opendrive/open-drive.fixture.ts";
import { parseOpenDrive } from "../opendrive/parse.ts";
import { buildLaneGraph } from "./build.ts";

export const aGraph = (...inner: readonly string[]): LaneGraph =>
  buildLaneGraph(parseOpenDrive(aFile(...inner), "a.xodr"));

/** The lane at an OpenDRIVE address. */
export function laneAt(graph: LaneGraph, roadId: string, laneId: number, section = 0): GraphLane {
  const lane = graph.lanes.find(
    (one) => one.roadId === roadId && one.laneId === laneId && one.section === section,
  );
  if (!lane) throw new Error(`lane ${roadId}/${section}/${laneId} expected, found none`);
  return lane;
}

export const aMark = (type: string, more = ""): string =>
  `<roadMark sOffset="0" type="${type}" color="white" ${more}/>`;

export const aSection = (left: string, middle: string, right: string, s = 0): string =>
  `<laneSection s="${s}"><left>${left}</left><center>${aLane(0, middle)}</center><right>${right}</right></laneSection>`;

/** Where the arms of the crossroads begin, from its middle. */
const HALF_M = 10;
const ARM_M = 50;

/** Number k of the four arms of a crossroads, 0 east, then counter-clockwise; s grows outwards. */
function arm(k: number, id: string, inner: string): string {
  const yaw = (k * Math.PI) / 2;
  const at = (x: number) => `x="${HALF_M * Math.cos(yaw) * x}" y="${HALF_M * Math.sin(yaw) * x}"`;
  return `<road name="" id="${id}" length="${ARM_M}" junction="-1"><link><predecessor elementType="junction" elementId="9"/></link>${inner}
<planView><geometry s="0" ${at(1)} hdg="${yaw}" length="${ARM_M}"><line/></geometry></planView>
<lanes>${aSection(aLane(1), aMark("broken"), aLane(-1))}</lanes></road>`;
}

/** A connecting road from arm `from` to arm `to` with one lane in right-hand traffic. */
function connecting(from: number, to: number, ids: readonly string[], inner = ""): string {
  const yaw = (from * Math.PI) / 2 + Math.PI;
  const turn = (to - from + 4) % 4;
  const [x, y] = [HALF_M * Math.cos(yaw - Math.PI), HALF_M * Math.sin(yaw - Math.PI)];
  // Arms one further round lie to the right of who drives in.
  const curvature = turn === 2 ? 0 : (turn === 1 ? -1 : 1) / HALF_M;
  const lengthM = turn === 2 ? 2 * HALF_M : (HALF_M * Math.PI) / 2;
  const shape = curvature === 0 ? "<line/>" : `<arc curvature="${curvature}"/>`;
  return `<road name="" id="${ids[from]}-${ids[to]}" length="${lengthM}" junction="9"><link>
<predecessor elementType="road" elementId="${ids[from]}" contactPoint="start"/>
<successor elementType="road" elementId="${ids[to]}" contactPoint="start"/></link>
<planView><geometry s="0" x="${x}" y="${y}" hdg="${yaw}" length="${lengthM}">${shape}</geometry></planView>
<lanes><laneSection s="0"><center>${aLane(0)}</center><right>${aLane(-1, '<link><predecessor id="1"/><successor id="-1"/></link>')}</right></laneSection></lanes>${inner}</road>`;
}

export type Crossroads = {
  /** Elements inside each of the arms "e", "n", "w", "s". */
  readonly arms?: Readonly<Record<string, string>>;
  /** Elements inside each of the connecting roads, by id, e.g. "e-w". */
  readonly ways?: Readonly<Record<string, string>>;
  /** Elements inside the junction. */
  readonly junction?: string;
  /** Elements beside roads and junction. */
  readonly more?: string;
};

/** Four arms of two lanes, and every way between them but back. Drivers enter on lane 1, against s. */
export function aCrossroads({ arms = {}, ways = {}, junction = "", more = "" }: Crossroads = {}) {
  const ids = ["e", "n", "w", "s"];
  const pairs = [0, 1, 2, 3].flatMap((from) => [1, 2, 3].map((by) => [from, (from + by) % 4]));
  const links = pairs.map(
    ([from, to], i) =>
      `<connection id="${i}" incomingRoad="${ids[from!]}" connectingRoad="${ids[from!]}-${ids[to!]}" contactPoint="start"><laneLink from="1" to="-1"/></connection>`,
  );
  return [
    ...ids.map((id, k) => arm(k, id, arms[id] ?? "")),
    ...pairs.map(([from, to]) =>
      connecting(from!, to!, ids, ways[`${ids[from!]}-${ids[to!]}`] ?? ""),
    ),
    `<junction id="9" name="">${links.join("")}${junction}</junction>`,
    more,
  ];
}

export const aLight = (id: string, more = ""): string =>
  `<signal id="${id}" name="" s="1" t="5" zOffset="2" orientation="-" dynamic="yes" type="1000001" subtype="-1" country="OpenDRIVE" height="0.9" ${more}/>`;
export const aSign = (id: string, type: string): string =>
  `<signal id="${id}" name="" s="1" t="5" orientation="-" dynamic="no" type="${type}" subtype="-1" country="OpenDRIVE"/>`;
export const inSignals = (inner: string): string => `<signals>${inner}</signals>`;
