import { describe, expect, test } from "vitest";
import { ScenarioError } from "../../contract/errors.ts";
import { aFile, aLane, aLine, aRoad, aWidth } from "./open-drive.fixture.ts";
import { parseOpenDrive } from "./parse.ts";

const parse = (...inner: readonly string[]) => parseOpenDrive(aFile(...inner), "a.xodr");

function errorOf(text: string): ScenarioError {
  try {
    parseOpenDrive(text, "a.xodr");
  } catch (error) {
    if (error instanceof ScenarioError) return error;
    throw error;
  }
  throw new Error("an error expected, found none");
}

describe("an OpenDRIVE file becomes a model", () => {
  test("a two-way road with everything unsaid at its default", () => {
    const [road] = parse(aRoad()).roads;
    expect(road).toMatchObject({ id: "1", lengthM: 100, rule: "RHT", signals: [], objects: [] });
    expect(road!.junctionId).toBeUndefined();
    expect(road!.sections[0]!.lanes.map(({ id }) => id)).toEqual([1, 0, -1]);
  });

  test("limits in mph, km/h and without unit are m/s; no limit is none", () => {
    const limit = (speed: string) =>
      parse(aRoad({ inner: `<type s="0" type="town"><speed ${speed}/></type>` })).roads[0]!
        .types[0]!.speed!.maxMps;
    expect(limit('max="25" unit="mph"')).toBeCloseTo(11.176, 9);
    expect(limit('max="36" unit="km/h"')).toBeCloseTo(10, 9);
    expect(limit('max="7.5"')).toBe(7.5);
    expect(limit('max="no limit"')).toBeUndefined();
  });

  test("every shape of the reference line with its own numbers", () => {
    const shape = (inner: string) =>
      parse(
        aRoad({ planView: `<geometry s="0" x="1" y="2" hdg="3" length="100">${inner}</geometry>` }),
      ).roads[0]!.planView[0]!.shape;
    expect(shape('<arc curvature="0.01"/>')).toEqual({ kind: "ARC", curvatureInvm: 0.01 });
    expect(shape('<spiral curvStart="0" curvEnd="-.01"/>')).toEqual({
      kind: "SPIRAL",
      startInvm: 0,
      endInvm: -0.01,
    });
    expect(shape('<poly3 a="0" b="1" c="2e-1" d="3"/>')).toMatchObject({ kind: "POLY3", c: 0.2 });
    expect(
      shape(
        '<paramPoly3 pRange="arcLength" aU="0" bU="1" cU="2" dU="3" aV="4" bV="5" cV="6" dV="7"/>',
      ),
    ).toEqual({ kind: "PARAM_POLY3", range: "ARC_LENGTH", u: [0, 1, 2, 3], v: [4, 5, 6, 7] });
  });

  test("lanes come from left to right whatever the file's order", () => {
    const lanes = `<laneSection s="0"><left>${aLane(1)}${aLane(3)}${aLane(2)}</left><center>${aLane(0)}</center></laneSection>`;
    const [road] = parse(aRoad({ lanes })).roads;
    expect(road!.sections[0]!.lanes.map(({ id }) => id)).toEqual([3, 2, 1, 0]);
  });

  test("a direct junction joins roads without a connecting road", () => {
    const junction = `<junction id="9" name="" type="direct"><connection id="0" incomingRoad="1" linkedRoad="2" contactPoint="start"><laneLink from="-1" to="-1"/></connection></junction>`;
    const [one] = parse(aRoad(), aRoad({ id: "2" }), junction).junctions;
    expect(one).toMatchObject({ type: "DIRECT" });
    expect(one!.connections[0]).toMatchObject({ connectingRoadId: "2", contact: "START" });
  });

  test("corners of objects in both frames, inside <outline> and <outlines>", () => {
    const inner = `<objects><object id="5" type="crosswalk" s="1" t="2"><outline><cornerLocal u="1" v="2" z="0" height="0"/></outline></object>
<object id="6" s="1" t="2"><outlines><outline id="0"><cornerRoad s="3" t="4" dz="0" height="1"/></outline></outlines></object></objects>`;
    const [local, road] = parse(aRoad({ inner })).roads[0]!.objects;
    expect(local!.outlines).toEqual([
      { kind: "LOCAL", corners: [{ uM: 1, vM: 2, zM: 0, heightM: 0 }] },
    ]);
    expect(road!.outlines[0]).toMatchObject({ kind: "ROAD", corners: [{ sM: 3, tM: 4 }] });
  });
});

const withLine = (line: string) => aFile(aRoad({ planView: line }));
const withLanes = (lanes: string) => aFile(aRoad({ lanes }));
const section = (right: string, s = 0) =>
  `<laneSection s="${s}"><center>${aLane(0)}</center><right>${right}</right></laneSection>`;
const junction = (connection: string, links = "") =>
  `<junction id="9" name=""><connection id="0" ${connection}>${links}</connection></junction>`;

describe("what is wrong is named with file, element, expected and found", () => {
  const cases: readonly (readonly [string, string, string, RegExp])[] = [
    [
      "a file cut off",
      aFile(aRoad()).slice(0, 200),
      "XML_MALFORMED",
      /a\.xodr:\d+:\d+: well-formed/,
    ],
    ["tags that cross", "<OpenDRIVE><a></OpenDRIVE></a>", "XML_MALFORMED", /unexpected close tag/],
    ["no XML at all", "hello", "XML_MALFORMED", /text data outside of root/],
    ["another format", "<scene/>", "ROAD_FILE_INVALID", /<OpenDRIVE> expected, found <scene>/],
    ["no road", aFile(), "ROAD_FILE_INVALID", /at least one <road> expected, found none/],
    [
      "an unknown shape",
      withLine('<geometry s="0" x="0" y="0" hdg="0" length="1"><bezier/></geometry>'),
      "ROAD_GEOMETRY_UNKNOWN",
      /a\.xodr:\d+: <geometry>: one of line, arc, .* expected, found <bezier>/,
    ],
    [
      "a shape named like a member of every object",
      withLine('<geometry s="0" x="0" y="0" hdg="0" length="1"><constructor/></geometry>'),
      "ROAD_GEOMETRY_UNKNOWN",
      /found <constructor>/,
    ],
    [
      "NaN",
      withLine('<geometry s="0" x="NaN" y="0" hdg="0" length="100"><line/></geometry>'),
      "ROAD_FILE_INVALID",
      /attribute x: a finite number expected, found "NaN"/,
    ],
    [
      "an overflow to infinity",
      withLine('<geometry s="0" x="1e999" y="0" hdg="0" length="100"><line/></geometry>'),
      "ROAD_FILE_INVALID",
      /found "1e999"/,
    ],
    [
      "a missing attribute",
      withLine('<geometry s="0" x="0" y="0" length="100"><line/></geometry>'),
      "ROAD_FILE_INVALID",
      /attribute hdg: a finite number expected, found none/,
    ],
    [
      "a reference line that is too short",
      withLine(aLine(60)),
      "ROAD_FILE_INVALID",
      /road 1: .* 100\.000 m expected, found 60\.000 m/,
    ],
    [
      "a lane section before the road",
      withLanes(section(aLane(-1), -5)),
      "ROAD_FILE_INVALID",
      /road 1, lane section 0: a start at s 0 expected, found s -5/,
    ],
    [
      "a bend that no road has",
      withLine('<geometry s="0" x="0" y="0" hdg="0" length="100"><arc curvature="10"/></geometry>'),
      "ROAD_FILE_INVALID",
      /a turn of at most 500 rad expected, found 1000 rad/,
    ],
    [
      "a lane without width",
      withLanes(section('<lane id="-1" type="driving"/>')),
      "ROAD_FILE_INVALID",
      /<lane id="-1">: at least one <width> or <border>/,
    ],
    [
      "a lane on the wrong side",
      withLanes(section(aLane(2))),
      "ROAD_FILE_INVALID",
      /below 0 in <right> expected, found 2/,
    ],
    [
      "a gap in lane ids",
      withLanes(section(aLane(-1) + aLane(-3))),
      "ROAD_FILE_INVALID",
      /road 1, lane section 0: lane ids without gaps expected, found 0, -1, -3/,
    ],
    [
      "a lane id twice",
      withLanes(section(aLane(-1) + aLane(-1))),
      "ROAD_FILE_INVALID",
      /found 0, -1, -1/,
    ],
    [
      "a link to a lane that does not exist",
      withLanes(section(aLane(-1, '<link><successor id="-2"/></link>')) + section(aLane(-1), 50)),
      "ROAD_LANE_UNKNOWN",
      /lane section 0, lane -1, successor: one of the lanes -1 expected, found lane -2/,
    ],
    [
      "a link to a road that does not exist",
      aFile(
        aRoad({
          inner: '<link><successor elementType="road" elementId="7" contactPoint="start"/></link>',
        }),
      ),
      "ROAD_LINK_BROKEN",
      /road 1, successor: a road of the file expected, found road 7/,
    ],
    [
      "a junction that leads to a lane that does not exist",
      aFile(
        aRoad(),
        junction(
          'incomingRoad="1" connectingRoad="1" contactPoint="end"',
          '<laneLink from="1" to="4"/>',
        ),
      ),
      "ROAD_LANE_UNKNOWN",
      /junction 9, connection 0: one of the lanes 1, -1 expected, found lane 4/,
    ],
    [
      "a junction from a road that does not exist",
      aFile(aRoad(), junction('incomingRoad="3" connectingRoad="1" contactPoint="end"')),
      "ROAD_LINK_BROKEN",
      /an incoming road of the file expected, found road 3/,
    ],
    [
      "two roads of one id",
      aFile(aRoad(), aRoad()),
      "ROAD_LINK_BROKEN",
      /road 1: an id of its own expected, found it twice/,
    ],
    [
      "a speed in an unknown unit",
      aFile(aRoad({ inner: '<type s="0" type="town"><speed max="3" unit="kn"/></type>' })),
      "ROAD_FILE_INVALID",
      /attribute unit: one of m\/s, km\/h, mph expected, found "kn"/,
    ],
  ];
  test.each(cases)("%s", (_name, text, code, message) => {
    const error = errorOf(text);
    expect(error.message).toMatch(message);
    expect(error.message.startsWith("a.xodr:")).toBe(true);
    expect(error.code).toBe(code);
  });

  test("elements nested without end stop early", () => {
    const deep = "<a>".repeat(5000);
    expect(errorOf(`<OpenDRIVE>${deep}`).message).toMatch(/nested more than 100 deep/);
  });

  test("the line of the error is the line of the element", () => {
    const text = aFile(
      aRoad(),
      aRoad({
        id: "2",
        lanes: section(
          `<lane id="-1" type="x">${aWidth()}</lane><lane type="x">${aWidth()}</lane>`,
        ),
      }),
    );
    const line = text.split("\n").findIndex((one) => one.includes("<lane type")) + 1;
    expect(errorOf(text).message).toContain(`a.xodr:${line}: <lane>: attribute id`);
  });
});
