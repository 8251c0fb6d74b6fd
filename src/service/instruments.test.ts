import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openMcapLog } from "../ingest/mcap-log.ts";
import { ABOUT, aRecordingPath, aTick } from "../record/recording.fixture.ts";
import { Instruments } from "./instruments.ts";

async function opened(record: string, entry = "") {
  const said: string[] = [];
  const options = {
    record,
    overwrite: false,
    points: false,
    say: (text: string) => said.push(text),
  };
  const instruments = await Instruments.open({ ...options, entry });
  return { instruments, said };
}

async function countsIn(path: string) {
  const log = await openMcapLog(path);
  const counts = Object.fromEntries(log.channels.map((c) => [c.topic, c.logTimesUs.length]));
  await log.close();
  return counts;
}

test("behind, pictures are left out and said, decisions are not", async () => {
  const path = aRecordingPath();
  const { instruments, said } = await opened(path);
  await instruments.start(ABOUT, "drop");
  // No tick waits for the writing, so only the first few find it idle.
  for (let id = 0; id < 20; id++) {
    const tick = await aTick(id);
    await instruments.tick(tick, tick.ageMs, tick.sealed);
  }
  const { recording } = await instruments.end("complete");
  await instruments.close();
  const { decisionCount, picturesDroppedCount, decisionsDroppedCount } = recording!;
  expect({ decisionCount, decisionsDroppedCount }).toEqual({
    decisionCount: 20,
    decisionsDroppedCount: 0,
  });
  expect(picturesDroppedCount).toBeGreaterThan(0);
  expect(said[0]).toBe("recording is behind: pictures are left out, decisions are not");
  expect(await countsIn(path)).toMatchObject({
    "/waywarden/decision": 20,
    "/waywarden/bev": 20 - picturesDroppedCount,
  });
});

test("a run that may wait leaves nothing out", async () => {
  const path = aRecordingPath();
  const { instruments, said } = await opened(path);
  await instruments.start(ABOUT, "wait");
  for (let id = 0; id < 12; id++) {
    const tick = await aTick(id);
    await instruments.tick(tick, tick.ageMs, tick.sealed);
  }
  const { recording } = await instruments.end("complete");
  await instruments.close();
  expect(recording).toMatchObject({ decisionCount: 12, picturesDroppedCount: 0 });
  expect(said).toEqual([]);
  expect(await countsIn(path)).toMatchObject({ "/waywarden/bev": 12 });
});

test("closed before its start it leaves no file; an existing one is refused", async () => {
  const path = aRecordingPath();
  await (await opened(path)).instruments.close();
  expect(existsSync(path)).toBe(false);
  writeFileSync(path, "dear");
  await expect(opened(path)).rejects.toMatchObject({ code: "RECORD_EXISTS" });
});

const WORKER = join(import.meta.dirname, "../../dist/src/service/instrument-worker.js");
const built = existsSync(WORKER);
if (!built) console.warn(`${WORKER} not found: the thread is not tried`);
test.skipIf(!built)("a thread of its own writes the same recording", async () => {
  const inThread = aRecordingPath();
  const inPlace = aRecordingPath();
  for (const [path, entry] of [
    [inThread, WORKER],
    [inPlace, ""],
  ] as const) {
    const { instruments } = await opened(path, entry);
    await instruments.start(ABOUT, "wait");
    for (let id = 0; id < 5; id++) {
      const tick = await aTick(id);
      await instruments.tick(tick, tick.ageMs, tick.sealed);
    }
    await instruments.end("complete");
    await instruments.close();
  }
  expect(await countsIn(inThread)).toEqual(await countsIn(inPlace));
  await expect(opened(inThread, WORKER)).rejects.toMatchObject({ code: "RECORD_EXISTS" });
});
