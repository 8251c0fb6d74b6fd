import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { demoRig } from "../../render/rigs.ts";
import { sensorsNeeded } from "../simulate/sense.ts";
import { readRigFile } from "./rig-file.ts";

const dir = mkdtempSync(join(tmpdir(), "rig-"));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const FRONT = {
  ...{ name: "front", x_m: 1.6, y_m: 0, z_m: 1.55, pitch_deg: 2 },
  ...{ width_px: 960, height_px: 540, horizontal_fov_deg: 70 },
};
const TOP = { name: "top", x_m: 0.9, y_m: 0, z_m: 1.85, beams: 64, azimuths: 1800 };

function read(rig: unknown) {
  const path = join(dir, "rig.json");
  writeFileSync(path, typeof rig === "string" ? rig : JSON.stringify(rig));
  return readRigFile(path);
}

test("the demo's sensors, written as a file, are the demo's sensors", () => {
  const rig = read({ name: "mine", cameras: [FRONT], lidars: [TOP] });
  const { cameras, lidars } = demoRig();
  expect(rig.cameras).toEqual(cameras.slice(0, 1));
  expect(rig.lidars).toEqual(lidars);
});

test("a rig without cameras, or one that looks up only, is a rig too", () => {
  const { lidars, cameras } = read({ name: "l", lidars: [{ ...TOP, bottom_deg: 2, beams: 3 }] });
  expect(cameras).toEqual([]);
  const degrees = lidars[0]!.elevationsRad.map((rad) => (rad * 180) / Math.PI);
  expect(degrees.map((deg) => Math.round(10 * deg) / 10)).toEqual([2, 8.5, 15]);
});

test("of a file's cameras only the band is rendered, and with true BevStates none", () => {
  const rig = read({ name: "mine", cameras: [FRONT], lidars: [TOP] });
  const seen = sensorsNeeded({ bev: "perceived", safety: "on" }, rig);
  expect(seen.cameras[0]!.name).toBe("front");
  expect(seen.cameras[0]!.egoFromCamera).toEqual(rig.cameras[0]!.egoFromCamera);
  expect(seen.cameras[0]!.intrinsics.heightPx).toBeLessThan(540);
  expect(seen.lidars).toEqual(rig.lidars);
  expect(sensorsNeeded({ bev: "truth", safety: "on" }, rig)).toMatchObject({
    ...{ cameras: [], lidars: rig.lidars },
  });
});

test.each([
  ["{", /readable JSON/],
  [{ name: "x" }, /a camera or a LiDAR expected/],
  [{ name: "x", cameras: [{ ...FRONT, width_px: 1.5 }] }, /cameras\.0\.width_px/],
  [{ name: "x", cameras: [FRONT, FRONT] }, /cameras: each name once/],
  [{ name: "x", cameras: [{ ...FRONT, zoom: 2 }] }, /zoom/],
  [{ name: "x", lidars: [{ ...TOP, bottom_deg: 20 }] }, /bottom_deg < top_deg/],
])("what is wrong with %j is told by name", (rig, said) => {
  expect(() => read(rig)).toThrow(said);
});

test("a file that is not there is told by its path", () => {
  expect(() => readRigFile(join(dir, "none.json"))).toThrow(/none\.json: readable JSON expected/);
});
