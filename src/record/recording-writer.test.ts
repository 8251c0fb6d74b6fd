import { randomBytes } from "node:crypto";
import { copyFileSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { openMcapLog } from "../ingest/mcap-log.ts";
import { openRecording } from "./read-recording.ts";
import {
  ABOUT,
  anObstacle,
  aRecording,
  aRecordingPath,
  aSmallDisk,
  aTick,
} from "./recording.fixture.ts";
import { openRecordingFile, RecordingFile } from "./recording-file.ts";
import { RecordingWriter } from "./recording-writer.ts";
import { SceneWriter } from "./scene-update.ts";

async function decisionsIn(path: string) {
  const recording = await openRecording(path);
  const found = [];
  for await (const { atS, decision } of recording.decisions()) found.push({ atS, decision });
  await recording.close();
  return { recording, found };
}

const ticks = (count: number) => Promise.all([...Array(count).keys()].map((id) => aTick(id)));

test("every decision comes back as it was, with the time that replay prints", async () => {
  const given = await ticks(12);
  const { recording, found } = await decisionsIn(await aRecording(given));
  expect(found.map(({ decision }) => decision)).toEqual(given.map(({ decision }) => decision));
  expect(found.map(({ atS }) => atS.toFixed(1)).slice(0, 3)).toEqual(["0.0", "0.1", "0.2"]);
  expect(recording.about).toMatchObject({
    command: "replay",
    source: "drive.mcap",
    log_hash: "11",
  });
  expect(recording.end).toMatchObject({ reason: "complete", decision_count: "12" });
  expect(recording.damage).toBeUndefined();
});

test("a killed process leaves a recording that is read to its last chunk", async () => {
  const path = aRecordingPath();
  const writer = new RecordingWriter(await openRecordingFile(path, false), () => undefined);
  await writer.start(ABOUT);
  const many = [...Array(60).keys()].map((id) => anObstacle({ id, hull: [] }));
  for (let id = 0; id < 150; id++) await writer.add(await aTick(id, {}, many), false);
  const killed = aRecordingPath();
  copyFileSync(path, killed); // the file as it lies there when the process is gone
  await writer.end("complete");
  const { recording, found } = await decisionsIn(killed);
  expect(recording.damage).toMatch(/MCAP footer expected, found the end of the file/);
  expect(recording.end).toBeUndefined();
  expect(found.length).toBeGreaterThan(20);
  expect(found.map(({ decision }) => decision.id)).toEqual([...Array(found.length).keys()]);
});

test("on a full disk decisions go on and the recording says where it ended", async () => {
  const { raw, disk, content } = aSmallDisk(1_200_000);
  const said: string[] = [];
  const file = new RecordingFile(raw, async () => {
    disk.spaceBytes += 2_000_000;
  });
  const writer = new RecordingWriter(file, (text) => said.push(text));
  await writer.start(ABOUT);
  const noise = randomBytes(60_000);
  for (let id = 0; id < 30; id++) {
    const tick = await aTick(id);
    const images = tick.observation.images.map((image) => ({ ...image, data: noise }));
    await writer.add({ ...tick, observation: { ...tick.observation, images } }, true);
  }
  const end = await writer.end("complete");
  expect(end.reason).toMatch(/^writing stopped: ENOSPC/);
  expect(end.decisionCount).toBeGreaterThan(5);
  expect(end.decisionCount + end.decisionsDroppedCount).toBe(30);
  expect(said).toEqual([
    expect.stringMatching(
      /^the recording ends at \d\.\d s: writing stopped: ENOSPC.*decisions go on$/,
    ),
  ]);
  const path = aRecordingPath();
  writeFileSync(path, content());
  const { recording, found } = await decisionsIn(path);
  expect(recording.damage).toBeUndefined();
  expect(recording.end).toMatchObject({ reason: expect.stringMatching(/ENOSPC/) });
  expect(found).toHaveLength(end.decisionCount);
});

test("where not even the reserve helps, what was written before stays readable", async () => {
  const { raw, content } = aSmallDisk(1_200_000);
  const said: string[] = [];
  const file = new RecordingFile(raw, async () => undefined);
  const writer = new RecordingWriter(file, (text) => said.push(text));
  await writer.start(ABOUT);
  const many = [...Array(200).keys()].map((id) => anObstacle({ id, hull: [] }));
  let id = 0;
  for (; said.length === 0 && id < 3000; id++) await writer.add(await aTick(id, {}, many), false);
  await writer.add(await aTick(id), true);
  expect(said).toEqual([expect.stringMatching(/ends without an index: ENOSPC/)]);
  expect((await writer.end("complete")).decisionsDroppedCount).toBe(1);
  const path = aRecordingPath();
  writeFileSync(path, content());
  const { recording, found } = await decisionsIn(path);
  expect(recording.damage).toMatch(/footer expected/);
  expect(found.length).toBeGreaterThan(20);
});

test("each topic has one message a tick and all carry the stamp of their observation", async () => {
  const log = await openMcapLog(await aRecording(await ticks(3)));
  const counts = Object.fromEntries(log.channels.map((c) => [c.topic, c.logTimesUs.length]));
  expect(counts).toEqual({
    "/tf": 3,
    "/waywarden/bev": 3,
    "/waywarden/camera": 3,
    "/waywarden/camera_info": 3,
    "/waywarden/decision": 3,
    "/waywarden/figures": 3,
    // An instruction at the start, three decisions with one fault each, and the end.
    "/waywarden/log": 8,
    "/waywarden/scene": 3,
    "/waywarden/sealed": 3,
  });
  await log.close();
});

test("a scene names what is there, deletes what has gone, and fades with the decision", async () => {
  const scene = new SceneWriter();
  type Update = { deletions: { id: string }[]; entities: { id: string; lifetime: object }[] };
  const update = async (ids: readonly number[]) =>
    scene.update(
      await aTick(
        0,
        {},
        ids.map((id) => anObstacle({ id })),
      ),
    ) as unknown as Update;
  const first = await update([4, 5]);
  expect(first.entities.map(({ id }) => id)).toEqual([
    ...["ego", "corridor", "path", "obstacle-4", "obstacle-5"],
  ]);
  expect(first.deletions).toEqual([]);
  expect(first.entities[0]!.lifetime).toEqual({ seconds: 0, nanos: 300_000_000 });
  const second = await update([5]);
  expect(second.deletions.map(({ id }) => id)).toEqual(["obstacle-4"]);
  expect((await update([5])).deletions).toEqual([]);
});

test.each([
  ["an empty file", () => Buffer.alloc(0), "SOURCE_UNKNOWN_FORMAT", /found an empty file/],
  [
    "a foreign file",
    () => Buffer.from("%PDF-1.7 and so on"),
    "SOURCE_UNKNOWN_FORMAT",
    /255044462d/,
  ],
])("%s is no recording", async (_name, content, code, message) => {
  const path = aRecordingPath();
  writeFileSync(path, content());
  await expect(openRecording(path)).rejects.toMatchObject({
    code,
    message: expect.stringMatching(message),
  });
});

test("a recording cut off before its first chunk says so", async () => {
  const path = await aRecording(await ticks(2));
  truncateSync(path, 400);
  expect(readFileSync(path).length).toBe(400);
  await expect(openRecording(path)).rejects.toMatchObject({
    code: "RECORDING_TRUNCATED",
    message: expect.stringMatching(
      /decisions on \/waywarden\/decision .*expected, found no channel; MCAP footer/,
    ),
  });
});
