import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { buildLaneGraph } from "../graph/build.ts";
import type { OpenDrive } from "./model.ts";
import { aFile, aLane, aLine, aRoad } from "./open-drive.fixture.ts";
import { parseOpenDrive } from "./parse.ts";
import { writeOpenDrive } from "./write.ts";

const ROOT = resolve(import.meta.dirname, "../../..");
const SCENARIOS = resolve(ROOT, process.env.WAYWARDEN_SHARED ?? "../shared", "scenarios");
const FOLDERS = ["towns", "esmini/xodr"];
const present = existsSync(SCENARIOS);
if (!present) console.log(`skipped: public roads are not at ${SCENARIOS} (set WAYWARDEN_SHARED)`);
const files = present
  ? FOLDERS.flatMap((folder) =>
      readdirSync(resolve(SCENARIOS, folder))
        .filter((name) => name.endsWith(".xodr"))
        .map((name) => resolve(SCENARIOS, folder, name)),
    )
  : [];

const again = (drive: OpenDrive) => parseOpenDrive(writeOpenDrive(drive), drive.origin);

/** One of everything that the model holds. */
const EVERYTHING = aFile(
  `<controller id="c" name="a&amp;b" sequence="2"><control signalId="7" type="0"/></controller>`,
  aRoad({
    attributes: 'junction="-1" rule="LHT"',
    planView: `${aLine(20)}<geometry s="20" x="20" y="-0" hdg="1e-9" length="20"><arc curvature="-0.01"/></geometry>
<geometry s="40" x="0.1" y="0.2" hdg="0.3" length="20"><spiral curvStart="0" curvEnd="0.02"/></geometry>
<geometry s="60" x="0.1" y="0.2" hdg="0.3" length="20"><poly3 a="0" b="0" c="0.001" d="1e-7"/></geometry>
<geometry s="80" x="0.1" y="0.2" hdg="0.3" length="20"><paramPoly3 pRange="arcLength" aU="0" bU="1" cU="0" dU="0" aV="0" bV="0" cV="1" dV="2"/></geometry>`,
    lanes: `<laneOffset s="0" a="1" b="0" c="0" d="0"/><laneSection s="0"><left>${aLane(1, '<speed sOffset="0" max="no limit"/><speed sOffset="3" max="30" unit="mph"/><height sOffset="0" inner="0.1" outer="0.12"/>')}</left>
<center>${aLane(0, '<roadMark sOffset="0" type="solid broken" color="yellow" weight="bold" width="0.3" laneChange="increase"><type name="x"><line length="3" space="6" tOffset="0.1" sOffset="1" width="0.12"/></type></roadMark>')}</center>
<right><lane id="-1" type="driving" level="1"><link><successor id="-1"/></link><border sOffset="0" a="-3" b="0" c="0" d="0"/></lane></right></laneSection>
<laneSection s="50"><left>${aLane(1)}</left><center>${aLane(0)}</center><right>${aLane(-1)}</right></laneSection>`,
    inner: `<link><predecessor elementType="junction" elementId="9"/><successor elementType="road" elementId="2" contactPoint="end"/></link>
<type s="0" type="town"><speed max="50" unit="km/h"/></type><type s="30" type="rural"/>
<elevationProfile><elevation s="0" a="1" b="0.01" c="0" d="0"/></elevationProfile>
<lateralProfile><superelevation s="0" a="0.02" b="0" c="0" d="0"/></lateralProfile>
<objects><object id="5" name="&quot;zebra&quot;&#10;&lt;2&gt;" type="crosswalk" s="1" t="2" hdg="0.4" orientation="+" length="3" width="4" height="0" radius="1"><outlines><outline id="0"><cornerLocal u="1" v="2" z="0" height="0"/></outline><outline id="1"><cornerRoad s="3" t="4" dz="0" height="1"/></outline></outlines><validity fromLane="-1" toLane="1"/></object></objects>
<signals><signal id="7" name="" s="9" t="-4" zOffset="3" hOffset="0.1" orientation="-" dynamic="yes" country="DE" type="1000001" subtype="-1" value="3" unit="km/h" text="x" height="1" width="0.4"><validity fromLane="-1" toLane="-1"/></signal>
<signalReference id="7" s="10" t="4" orientation="none"/></signals>`,
  }),
  aRoad({ id: "2", attributes: 'junction="9"' }),
  aRoad({ id: "3" }),
  `<junction id="9" name="J"><connection id="0" incomingRoad="1" connectingRoad="2" contactPoint="end"><laneLink from="1" to="-1"/></connection><priority high="2" low="2"/><controller id="c" sequence="1"/></junction>
<junction id="10" name="" type="direct"><connection id="0" incomingRoad="1" linkedRoad="3" contactPoint="start"/></junction>`,
)
  .replace("<header ", '<header name="n" geo="x" ')
  .replace(
    /(<header[^>]*)\/>/,
    "$1><geoReference><![CDATA[+proj=tmerc & <x>]]></geoReference></header>",
  );

describe("what is written reads back the same", () => {
  test("one of everything that the model holds", () => {
    const drive = parseOpenDrive(EVERYTHING, "all.xodr");
    expect(drive.roads[0]!.objects[0]!.name).toBe('"zebra"\n<2>');
    expect(drive.header.geoReference).toBe("+proj=tmerc & <x>");
    expect(Object.is(drive.roads[0]!.planView[1]!.yM, -0)).toBe(true);
    expect(again(drive)).toStrictEqual(drive);
  });

  describe.skipIf(!present)("public roads", () => {
    test.each(files.map((path) => [basename(path), path] as const))("%s", (file, path) => {
      const drive = parseOpenDrive(readFileSync(path, "utf8"), file);
      const read = again(drive);
      expect(read).toStrictEqual(drive);
      if (file.startsWith("Town02")) expect(buildLaneGraph(read)).toEqual(buildLaneGraph(drive));
    });
  });
});
