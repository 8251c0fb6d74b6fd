import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { aCrossroads, aLight, inSignals } from "../world/graph/roads.fixture.ts";
import { aFile, aRoad } from "../world/opendrive/open-drive.fixture.ts";
import { runCli } from "./program.ts";

const dir = mkdtempSync(join(tmpdir(), "waywarden-roads-"));
const aRoadFile = (name: string, text: string): string => {
  const path = join(dir, name);
  writeFileSync(path, text);
  return path;
};
const crossroads = aRoadFile(
  "crossroads.xodr",
  aFile(...aCrossroads({ arms: { e: inSignals(aLight("l")) } })),
);

async function run(...args: string[]) {
  const out: string[] = [];
  const said: string[] = [];
  const code = await runCli(["roads", ...args], {
    out: (line) => out.push(line),
    say: (line) => said.push(line),
    signal: new AbortController().signal,
    isTerminal: false,
  });
  return { code, out: out.join("\n"), said: said.join("\n") };
}

test("roads counts what a file holds, for people and as JSON", async () => {
  const { code, out } = await run(crossroads);
  expect(code).toBe(0);
  expect(out).toMatch(/crossroads\.xodr: OpenDRIVE 1\.6, 16 roads, 1 junctions/);
  expect(out).toMatch(/lanes {7}20, 20 of them driving/);
  const { out: json } = await run(crossroads, "--json", "--route", "3");
  expect(JSON.parse(json)).toMatchObject({
    roads: 16,
    drivingLanes: 20,
    lights: 1,
    stopLines: { light: 1, stop: 0, yield: 0 },
    route: { lanes: expect.any(Array) },
  });
});

test("--picture draws lanes, lights and the route as SVG and PNG", async () => {
  const svgPath = join(dir, "out.svg");
  expect((await run(crossroads, "--picture", svgPath, "--route", "3")).code).toBe(0);
  const svg = readFileSync(svgPath, "utf8");
  expect(svg.match(/fill="#6b7280"/g)).toHaveLength(20);
  expect(svg.match(/<circle/g)).toHaveLength(1);
  expect(svg).toContain("#e11d8f");
  expect(svg).not.toMatch(/NaN|Infinity|undefined/);
  const pngPath = join(dir, "out.png");
  expect((await run(crossroads, "--picture", pngPath)).code).toBe(0);
  expect(readFileSync(pngPath).subarray(1, 4).toString()).toBe("PNG");
});

test("a damaged file, a missing one and a picture of no known kind say what was expected", async () => {
  const damaged = aRoadFile("damaged.xodr", aFile(aRoad()).replace("<line/>", "<clothoid/>"));
  expect(await run(damaged)).toMatchObject({
    code: 1,
    out: "",
    said: expect.stringMatching(/error\[ROAD_GEOMETRY_UNKNOWN\]: damaged\.xodr:\d+: <geometry>/),
  });
  expect(await run(join(dir, "none.xodr"))).toMatchObject({
    code: 2,
    said: expect.stringContaining("ROAD_FILE_NOT_READABLE"),
  });
  expect(await run(crossroads, "--picture", join(dir, "out.gif"))).toMatchObject({
    code: 2,
    said: expect.stringContaining(".svg or .png expected"),
  });
});

test("--random makes roads that --xodr writes and that read back with the same counts", async () => {
  const path = join(dir, "random.xodr");
  const made = await run("--random", "ROUNDABOUT", "--seed", "7", "--xodr", path, "--json");
  expect(made.code).toBe(0);
  const summary = JSON.parse(made.out);
  expect(summary.name).toBe("ROUNDABOUT 7");
  expect(summary.stopLines.yield).toBeGreaterThan(2);
  const read = JSON.parse((await run(path, "--json")).out);
  expect(read).toEqual({ ...summary, name: "random.xodr" });
});

test("roads takes either a file or --random, a known kind and a size in range", async () => {
  expect(await run()).toMatchObject({ code: 2, said: expect.stringContaining("found neither") });
  expect(await run(crossroads, "--random", "RURAL")).toMatchObject({
    code: 2,
    said: expect.stringContaining("found both"),
  });
  expect(await run("--random", "CANAL")).toMatchObject({
    code: 2,
    said: expect.stringContaining("RURAL"),
  });
  expect((await run("--random", "RURAL", "--size", "10")).said).toContain("300 to 5000");
});
