import { chmodSync, existsSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { aScene } from "../../expert/scene.fixture.ts";
import { openRecording } from "../../record/read-recording.ts";
import { ABOUT } from "../../record/recording.fixture.ts";
import { aDecision } from "../../wire/fixtures.cases.ts";
import {
  checkRecordings,
  finishRecording,
  keepRecording,
  partOf,
  RunRecording,
  recordingPath,
} from "./run-recording.ts";
import { truthTick } from "./truth-tick.ts";

const { hashes: _, ...about } = ABOUT;
const RUN = { ...about, command: "simulate", logHash: "world" };
const aPath = () => join(mkdtempSync(join(tmpdir(), "waywarden-record-")), "run.mcap");

const aTick = (id: number) => {
  const scene = aScene({ speedMps: 8 });
  const stampUs = scene.stampUs + id * 100_000;
  const decision = aDecision({ observationId: id, observationStampUs: stampUs });
  return truthTick({ ...scene, stampUs }, decision, 100_000);
};

async function record(path: string, ticks: number, say = (_text: string) => undefined) {
  const recording = await RunRecording.open(path, RUN, say);
  for (let id = 0; id < ticks; id++) await recording.tick(aTick(id));
  return recording;
}

test("one run has the file itself, each of many a name of its own", () => {
  const key = "Town02 route 4 seed 7 model (safety off)";
  expect(recordingPath("out/a.mcap", key, 1)).toBe("out/a.mcap");
  expect(recordingPath("out/a.mcap", key, 2)).toBe(
    "out/a-Town02-route-4-seed-7-model-safety-off.mcap",
  );
  expect(recordingPath("out.d/a", key, 2)).toMatch(/^out\.d\/a-Town02/);
});

test("a recording stands beside its place until its run counts", async () => {
  const path = aPath();
  const recording = await record(path, 3);
  expect(await recording.end()).toEqual({ path });
  await recording.close();
  expect(existsSync(path)).toBe(false);
  expect(keepRecording(path)).toBe(true);
  const read = await openRecording(path);
  expect(read.decisionCount).toBe(3);
  expect(read.about).toMatchObject({ command: "simulate", log_hash: "world" });
  expect(read.about.model_hash).toBe(aDecision().modelHash);
  expect(read.end).toMatchObject({ reason: "complete", decision_count: "3" });
  await read.close();
  expect(keepRecording(path)).toBe(false);
});

test("a crash between result and recording is mended; one that was cut off stays where it is", async () => {
  const path = aPath();
  const recording = await record(path, 2);
  await recording.end();
  await recording.close();
  await finishRecording(path);
  expect(existsSync(path)).toBe(true);
  const cut = aPath();
  writeFileSync(partOf(cut), readFileSync(path).subarray(0, 900));
  await finishRecording(cut);
  expect(existsSync(cut)).toBe(false);
  expect(existsSync(partOf(cut))).toBe(true);
  // nothing there: nothing to do
  await finishRecording(aPath());
});

test("what is finished is never replaced by what lies beside it", async () => {
  const path = aPath();
  writeFileSync(path, "dear");
  const recording = await record(aPath(), 1);
  await recording.end();
  await recording.close();
  writeFileSync(partOf(path), "other");
  await finishRecording(path);
  expect(readFileSync(path, "utf8")).toBe("dear");
});

test("a place that is taken and a folder that is missing are told before anything starts", async () => {
  const path = aPath();
  writeFileSync(path, "dear");
  await expect(checkRecordings([aPath(), path], false)).rejects.toMatchObject({
    code: "RECORD_EXISTS",
  });
  await checkRecordings([path], true);
  expect(readFileSync(path, "utf8")).toBe("dear");
  expect(existsSync(partOf(path))).toBe(false);
  await expect(checkRecordings([join(path, "..", "none", "a.mcap")], false)).rejects.toMatchObject({
    code: "RECORD_NO_FOLDER",
  });
});

test("a recording that cannot begin costs the recording and not the run", async () => {
  const path = join(aPath(), "none", "a.mcap");
  const said: string[] = [];
  const recording = await record(path, 2, (text) => void said.push(text));
  const { trouble } = await recording.end();
  await recording.close();
  expect(trouble).toMatch(/none: an existing folder expected, found ENOENT/);
  expect(said).toEqual([`${trouble}; the run goes on without a recording`]);
});

const isRoot = process.getuid?.() === 0;
test.skipIf(isRoot)("a read-only target is told (root may write everywhere)", async () => {
  const path = aPath();
  chmodSync(join(path, ".."), 0o500);
  await expect(checkRecordings([path], false)).rejects.toMatchObject({
    code: "RECORD_NOT_WRITABLE",
  });
});
