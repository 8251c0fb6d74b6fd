import { describe, expect, test } from "vitest";
import type { LaneGraph } from "../../contract/lane-graph.ts";
import { aLane, aRoad, aWidth } from "../opendrive/open-drive.fixture.ts";
import {
  aCrossroads,
  aGraph,
  aLight,
  aMark,
  aSection,
  aSign,
  inSignals,
  laneAt,
} from "./roads.fixture.ts";

describe("a lane is sampled in its direction of travel", () => {
  test("right-hand traffic drives along s right of the reference line and against it left", () => {
    const graph = aGraph(aRoad());
    const right = laneAt(graph, "1", -1);
    const left = laneAt(graph, "1", 1);
    expect([right.xM[0], right.yM[0], right.yawRad[0]]).toEqual([0, -1.75, 0]);
    expect(left.xM[0]).toBeCloseTo(100, 5);
    expect(left.yM[0]).toBe(1.75);
    expect(Math.abs(left.yawRad[0]!)).toBeCloseTo(Math.PI, 12);
    expect(right.oncomingIndex).toBe(left.index);
    expect(right.lengthM).toBeCloseTo(100, 5);
  });

  test("left-hand traffic drives the other way round", () => {
    const graph = aGraph(aRoad({ attributes: 'junction="-1" rule="LHT"' }));
    expect(Math.abs(laneAt(graph, "1", -1).yawRad[0]!)).toBeCloseTo(Math.PI, 12);
    expect(laneAt(graph, "1", 1).yawRad[0]).toBe(0);
  });

  test("on an arc the inner lane is shorter and bends more, by its radius", () => {
    const planView = `<geometry s="0" x="0" y="0" hdg="0" length="100"><arc curvature="0.02"/></geometry>`;
    const graph = aGraph(aRoad({ planView }));
    const [inner, outer] = [laneAt(graph, "1", 1), laneAt(graph, "1", -1)];
    // The sum of chords is a little shorter than the arc.
    expect(inner.lengthM).toBeCloseTo((100 * (50 - 1.75)) / 50, 1);
    expect(outer.lengthM).toBeCloseTo((100 * (50 + 1.75)) / 50, 1);
    expect(outer.curvatureInvm[3]).toBeCloseTo(1 / 51.75, 12);
    expect(inner.curvatureInvm[3]).toBeCloseTo(-1 / 48.25, 12);
  });

  test("offset, changing width and elevation move its middle", () => {
    const growing =
      '<lane id="-1" type="driving"><width sOffset="0" a="2" b="0.02" c="0" d="0"/></lane>';
    const lanes = `<laneOffset s="0" a="1" b="0" c="0" d="0"/>${aSection("", "", growing)}`;
    const inner =
      '<elevationProfile><elevation s="0" a="3" b="0.1" c="0" d="0"/></elevationProfile>';
    const lane = laneAt(aGraph(aRoad({ lanes, inner })), "1", -1);
    const last = lane.sM.length - 1;
    expect(lane.yM[0]).toBe(0);
    expect(lane.yM[last]).toBeCloseTo(-1, 6);
    expect(lane.widthM[last]).toBeCloseTo(4, 6);
    expect(lane.zM[last]).toBeCloseTo(13, 6);
    expect(lane.yawRad[0]).toBeCloseTo(Math.atan(-0.01), 12);
  });

  test("superelevation tilts it: narrower from above and lower on the low side", () => {
    const inner =
      '<lateralProfile><superelevation s="0" a="0.3" b="0" c="0" d="0"/></lateralProfile>';
    const lane = laneAt(aGraph(aRoad({ inner })), "1", -1);
    expect(lane.widthM[0]).toBeCloseTo(3.5 * Math.cos(0.3), 12);
    expect(lane.zM[0]).toBeCloseTo(-1.75 * Math.sin(0.3), 12);
    expect(lane.yM[0]).toBeCloseTo(-1.75 * Math.cos(0.3), 12);
  });

  test("borders give the same lane as widths", () => {
    const border = (id: number, a: number) =>
      `<lane id="${id}" type="driving"><border sOffset="0" a="${a}" b="0" c="0" d="0"/></lane>`;
    const lanes = aSection("", "", border(-1, -3) + border(-2, -7));
    const lane = laneAt(aGraph(aRoad({ lanes })), "1", -2);
    expect([lane.yM[0], lane.widthM[0]]).toEqual([-5, 4]);
  });
});

test("a road torn apart by its records is an error that names it, not endless work", () => {
  const wild = '<lane id="-1" type="driving"><width sOffset="0" a="1" b="1e6" c="0" d="0"/></lane>';
  const graph = () => aGraph(aRoad({ lanes: aSection("", "", wild) }));
  expect(graph).toThrow(/road 1, lane section 0: lanes that run on smoothly expected/);
});

describe("joints", () => {
  const linked = (id: number, successor: number) =>
    aLane(id, `<link><successor id="${successor}"/></link>`);

  test("lanes go on over sections, whichever side names the link", () => {
    const lanes = aSection("", "", linked(-1, -2)) + aSection("", "", aLane(-1) + aLane(-2), 40);
    const graph = aGraph(
      aRoad({
        lanes: `<laneOffset s="0" a="0" b="0" c="0" d="0"/><laneOffset s="40" a="3.5" b="0" c="0" d="0"/>${lanes}`,
      }),
    );
    const from = laneAt(graph, "1", -1);
    const to = laneAt(graph, "1", -2, 1);
    expect(from.successors).toEqual([to.index]);
    expect(to.predecessors).toEqual([from.index]);
  });

  test("two roads end to end join lanes of opposite ids", () => {
    const link = (contact: string, id: string) =>
      `<link><successor elementType="road" elementId="${id}" contactPoint="${contact}"/></link>`;
    const there = `<geometry s="0" x="200" y="0" hdg="${Math.PI}" length="100"><line/></geometry>`;
    const lanes = aSection(linked(1, -1), "", linked(-1, 1));
    const graph = aGraph(
      aRoad({ inner: link("end", "2"), lanes }),
      aRoad({ id: "2", planView: there, inner: link("end", "1"), lanes }),
    );
    const out = laneAt(graph, "1", -1);
    expect(out.successors).toEqual([laneAt(graph, "2", 1).index]);
    expect(laneAt(graph, "2", -1).successors).toEqual([laneAt(graph, "1", 1).index]);
    expect(laneAt(graph, "1", 1).successors).toEqual([]);
  });

  test("a lane that tapers away ends; its neighbour is reached by a lane change", () => {
    const taper = `<lane id="-2" type="driving"><link><successor id="-1"/></link><width sOffset="0" a="3.5" b="-0.07" c="0" d="0"/></lane>`;
    const lanes =
      aSection("", "", aLane(-1, `<link><successor id="-1"/></link>${aMark("broken")}`) + taper) +
      aSection("", "", aLane(-1), 50);
    const graph = aGraph(aRoad({ lanes }));
    expect(laneAt(graph, "1", -2).successors).toEqual([]);
    expect(laneAt(graph, "1", -2)).toMatchObject({ mayChangeLeft: true, leftIndex: 0 });
    expect(laneAt(graph, "1", -1).successors).toEqual([laneAt(graph, "1", -1, 1).index]);
  });
});

describe("marks decide what a driver may cross", () => {
  const two = (mark: string) => {
    const graph = aGraph(aRoad({ lanes: aSection("", "", aLane(-1, mark) + aLane(-2)) }));
    return [laneAt(graph, "1", -1), laneAt(graph, "1", -2)] as const;
  };
  const crossing = (mark: string) => {
    const [inner, outer] = two(mark);
    return [inner.rightMark, inner.mayChangeRight, outer.leftMark, outer.mayChangeLeft];
  };

  test("broken and solid lines, double ones from each side, and none", () => {
    expect(crossing(aMark("broken"))).toEqual(["DASHED", true, "DASHED", true]);
    expect(crossing(aMark("solid"))).toEqual(["SOLID", false, "SOLID", false]);
    expect(crossing(aMark("solid solid"))).toEqual(["DOUBLE", false, "DOUBLE", false]);
    expect(crossing(aMark("solid broken"))).toEqual(["DOUBLE", false, "DASHED", true]);
    expect(crossing(aMark("none"))).toEqual(["NONE", true, "NONE", true]);
    expect(crossing("")).toEqual(["NONE", true, "NONE", true]);
  });

  test("paint outweighs a blanket none; one-sided permission holds", () => {
    expect(crossing(aMark("broken", 'laneChange="none"'))[1]).toBe(true);
    expect(crossing(aMark("none", 'laneChange="none"'))[1]).toBe(false);
    const oneWay = crossing(aMark("solid", 'laneChange="increase"'));
    expect([oneWay[1], oneWay[3]]).toEqual([false, true]);
  });

  test("the middle line of a two-way road is never crossed to change lanes", () => {
    const lanes = aSection(aLane(1), aMark("broken"), aLane(-1));
    const lane = laneAt(aGraph(aRoad({ lanes })), "1", -1);
    expect(lane).toMatchObject({ leftMark: "DASHED", mayChangeLeft: false });
    expect(lane.leftIndex).toBeUndefined();
  });
});

describe("speed limits", () => {
  const type = '<type s="0" type="town"><speed max="10"/></type>';

  test("the lane's own record goes before the road's", () => {
    const own = aLane(-1, '<speed sOffset="0" max="36" unit="km/h"/>') + aLane(-2);
    const graph = aGraph(aRoad({ inner: type, lanes: aSection("", "", own) }));
    expect(laneAt(graph, "1", -1).speedLimitMps).toBeCloseTo(10, 9);
    expect(laneAt(graph, "1", -2).speedLimitMps).toBe(10);
    expect(laneAt(aGraph(aRoad()), "1", -1).speedLimitMps).toBeUndefined();
  });

  test("ways through a junction keep the limit of the lane before", () => {
    const graph = aGraph(...aCrossroads({ arms: { e: type } }));
    expect(laneAt(graph, "e-w", -1).speedLimitMps).toBe(10);
    expect(laneAt(graph, "n-s", -1).speedLimitMps).toBeUndefined();
  });
});

const conflict = (graph: LaneGraph, one: string, other: string) =>
  laneAt(graph, one, -1).conflicts.find((all) => all.other === laneAt(graph, other, -1).index);

describe("a crossroads", () => {
  const plain = aGraph(...aCrossroads());

  test("turns are named as drivers see them", () => {
    const turns = ["e-n", "e-w", "e-s"].map((id) => laneAt(plain, id, -1).turn);
    expect(turns).toEqual(["RIGHT", "STRAIGHT", "LEFT"]);
  });

  test("ways that cross or merge conflict over the stretch that they share; ways that part do not", () => {
    const cross = conflict(plain, "e-w", "s-n")!;
    expect(cross.merges).toBe(false);
    // Strips of 3.5 m cross at right angles, 1.75 m beside the middle.
    expect(cross.fromM).toBeGreaterThan(3);
    expect(cross.toM).toBeLessThan(12);
    expect(conflict(plain, "e-w", "s-w")).toMatchObject({ merges: true });
    expect(conflict(plain, "e-w", "e-n")).toBeUndefined();
    expect(conflict(plain, "e-w", "w-e")).toBeUndefined();
  });

  test("without signs the one from the right goes first, and who turns left waits for who comes towards", () => {
    // Who drives in from the east goes west; who comes from the north comes from the right.
    expect(conflict(plain, "e-w", "n-s")!.yields).toBe(true);
    expect(conflict(plain, "e-w", "s-n")!.yields).toBe(false);
    expect(conflict(plain, "e-s", "w-e")!.yields).toBe(true);
    expect(conflict(plain, "w-e", "e-s")!.yields).toBe(false);
  });

  test("a stop or yield sign outweighs right before left, and gives the lane a line to wait at", () => {
    const arms = { s: inSignals(aSign("1", "206")), n: inSignals(aSign("2", "205")) };
    const graph = aGraph(...aCrossroads({ arms }));
    expect(conflict(graph, "e-w", "n-s")!.yields).toBe(false);
    expect(conflict(graph, "s-n", "e-w")!.yields).toBe(true);
    expect(conflict(graph, "n-w", "s-n")).toBeUndefined();
    const [stop] = laneAt(graph, "s", 1).stops;
    const line = graph.stopLines[stop!.stopLine]!;
    expect(line).toMatchObject({ kind: "STOP", signals: [] });
    // Drivers come up from the south on the right of the reference line, which runs down.
    expect(line.x0M).toBeCloseTo(0, 6);
    expect(line.x1M).toBeCloseTo(3.5, 6);
    expect(line.y0M).toBeCloseTo(-11, 4);
    expect(graph.stopLines.map(({ kind }) => kind)).toEqual(["YIELD", "STOP"]);
  });

  test("the junction's priorities outweigh right before left", () => {
    const junction = '<priority high="e-w" low="n-s"/>';
    const graph = aGraph(...aCrossroads({ junction }));
    expect(conflict(graph, "e-w", "n-s")!.yields).toBe(false);
    expect(conflict(graph, "n-s", "e-w")!.yields).toBe(true);
  });
});

describe("lights", () => {
  const ids = ["e", "n", "w", "s"];
  const allLit = Object.fromEntries(ids.map((id) => [id, inSignals(aLight(`light-${id}`))]));

  test("govern the lanes that drive in beside them, and face their drivers", () => {
    const graph = aGraph(...aCrossroads({ arms: allLit }));
    expect(graph.signals).toHaveLength(4);
    const [stop] = laneAt(graph, "e", 1).stops;
    const line = graph.stopLines[stop!.stopLine]!;
    expect(line.kind).toBe("LIGHT");
    const light = graph.signals[line.signals[0]!]!;
    expect(light).toMatchObject({ id: "light-e", junctionId: "9" });
    expect(light.yawRad).toBeCloseTo(0, 9);
    expect(light.zM).toBeCloseTo(2.4 + 0.45, 9);
    expect(laneAt(graph, "e", -1).stops).toEqual([]);
  });

  test("of opposite arms change together where no controller says otherwise", () => {
    const graph = aGraph(...aCrossroads({ arms: allLit }));
    expect(graph.signals.map(({ group }) => group)).toEqual([0, 1, 0, 1]);
  });

  test("of one controller change together", () => {
    const more = `<controller id="c1" name=""><control signalId="light-e" type=""/></controller>
<controller id="c2" name=""><control signalId="light-n" type=""/><control signalId="light-w" type=""/><control signalId="light-s" type=""/></controller>`;
    const graph = aGraph(...aCrossroads({ arms: allLit, more }));
    expect(graph.signals.map(({ group }) => group)).toEqual([0, 1, 1, 1]);
  });

  test("referred to from ways through the junction govern the lanes that lead there", () => {
    const reference = `<signalReference id="far" s="1" t="0" orientation="+"><validity fromLane="-1" toLane="-1"/></signalReference>`;
    const graph = aGraph(
      ...aCrossroads({
        arms: {
          w: inSignals(
            aLight("far").replace("/>", '><validity fromLane="0" toLane="0"/></signal>'),
          ),
        },
        ways: { "e-w": inSignals(reference), "e-n": inSignals(reference) },
      }),
    );
    expect(laneAt(graph, "w", 1).stops).toEqual([]);
    const entry = laneAt(graph, "e", 1);
    expect(entry.stops).toEqual([{ sM: entry.lengthM, stopLine: 0 }]);
    expect(graph.signals[0]!.yawRad).toBeCloseTo(0, 9);
  });

  test("for pedestrians govern no lane", () => {
    const light = aLight("walk").replace("1000001", "1000002");
    const graph = aGraph(...aCrossroads({ arms: { e: inSignals(light) } }));
    expect([graph.signals, graph.stopLines]).toEqual([[], []]);
  });

  test("stop drivers at the painted line where there is one", () => {
    const line =
      '<objects><object id="7" name="StopLine" type="-1" s="6" t="1.75" hdg="1.5708" length="3" width="0.3"/></objects>';
    const graph = aGraph(...aCrossroads({ arms: { e: line + inSignals(aLight("l")) } }));
    const entry = laneAt(graph, "e", 1);
    expect(entry.lengthM - entry.stops[0]!.sM).toBeCloseTo(6, 3);
    expect(graph.stopLines).toHaveLength(1);
    const unlit = aGraph(...aCrossroads({ arms: { e: line } }));
    expect(unlit.stopLines.map(({ kind }) => kind)).toEqual(["STOP"]);
  });
});

describe("beside the lanes", () => {
  const walk = `<lane id="-2" type="sidewalk">${aWidth(2)}<height sOffset="0" inner="0.15" outer="0.2"/></lane>`;

  test("a kerb runs where the sidewalk begins, as high as the file says", () => {
    const graph = aGraph(aRoad({ lanes: aSection("", "", aLane(-1) + walk) }));
    expect(graph.kerbs).toHaveLength(1);
    const [{ line, heightM }] = graph.kerbs as [LaneGraph["kerbs"][number]];
    expect(heightM).toBe(0.15);
    expect([line[0], line[1]]).toEqual([0, -3.5]);
    expect(laneAt(graph, "1", -2).zM[0]).toBeCloseTo(0.175, 12);
  });

  test("a curb mark is a kerb of the usual height", () => {
    const graph = aGraph(aRoad({ lanes: aSection("", "", aLane(-1, aMark("curb"))) }));
    expect(graph.kerbs.map(({ heightM }) => heightM)).toEqual([0.12]);
  });

  test("in a junction no kerb stands in another way's lane", () => {
    const curbed = aLane(-1, aMark("curb"));
    const lanes = aSection(aLane(1, aMark("curb")), "", curbed);
    const across = `<road name="" id="2" length="40" junction="9"><planView><geometry s="0" x="50" y="-20" hdg="1.5707963267948966" length="40"><line/></geometry></planView><lanes>${lanes}</lanes></road>`;
    const graph = aGraph(aRoad({ lanes }), across, '<junction id="9" name=""/>');
    for (const { line } of graph.kerbs)
      for (let i = 0; i < line.length; i += 2) {
        const inOne = Math.abs(line[i + 1]!) < 3.1 && line[i]! > 0 && line[i]! < 100;
        const inOther = Math.abs(line[i]! - 50) < 3.1 && Math.abs(line[i + 1]!) < 20;
        expect(inOne || inOther).toBe(false);
      }
    expect(graph.kerbs).toHaveLength(8);
  });

  test("crosswalks by outline, by size, and as zebra signals", () => {
    const inner = `<objects><object id="1" type="crosswalk" s="20" t="0" hdg="1.5707963267948966" length="8" width="3"/>
<object id="2" type="crosswalk" s="50" t="0"><outline><cornerRoad s="50" t="-4"/><cornerRoad s="53" t="-4"/><cornerRoad s="53" t="4"/><cornerRoad s="50" t="4"/><cornerRoad s="50" t="-4"/></outline></object></objects>
<signals><signal id="3" s="80" t="0" orientation="+" dynamic="no" type="1000003" width="9"/></signals>`;
    const boxes = aGraph(aRoad({ inner })).crossings.map(({ outline }) => {
      const xs = outline.filter((_, i) => i % 2 === 0);
      const ys = outline.filter((_, i) => i % 2 === 1);
      return [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)].map(
        (m) => Math.round(m * 1000) / 1000,
      );
    });
    expect(boxes).toEqual([
      [18.5, 21.5, -4, 4],
      [50, 53, -4, 4],
      [78, 82, -4.5, 4.5],
    ]);
  });
});
