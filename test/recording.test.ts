/** Recordings by whole runs: read by another implementation, on a disk that is really full. */
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openRecording } from "../src/record/read-recording.ts";
import { aFolder, generateDrive, replayLog, writeLog } from "./drive-log.fixture.ts";

/** A Python with mcap and mcap-protobuf-support: named, made by .ci/run, or the machine's own. */
const PYTHON = [
  process.env.WAYWARDEN_PYTHON ?? "",
  join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "waywarden-ci/python/bin/python"),
  "python3",
].find((path) => path !== "" && spawnSync(path, ["-c", "import mcap_protobuf"]).status === 0);
if (PYTHON === undefined)
  console.warn("no Python with mcap and mcap-protobuf-support: its reading is skipped");

const TICKS = 6;
let log: string;
beforeAll(async () => {
  log = await writeLog(await generateDrive(TICKS));
});

const instrumentsAt = (record: string) => ({ record, overwrite: false, points: true });

async function recordingOf(path: string) {
  const recording = await openRecording(path);
  const decisions = [];
  for await (const { decision } of recording.decisions()) decisions.push(decision);
  await recording.close();
  return { recording, decisions };
}

describe("a recorded replay", () => {
  test("decides the same as one that is not recorded and holds each decision", async () => {
    const path = join(aFolder(), "run.mcap");
    const plain = await replayLog(log);
    const { summary, ticks } = await replayLog(log, { instruments: instrumentsAt(path) });
    expect(summary.hashes).toEqual(plain.summary.hashes);
    expect(summary.recording).toEqual({
      reason: "complete",
      decisionCount: TICKS,
      picturesDroppedCount: 0,
      decisionsDroppedCount: 0,
    });
    const { recording, decisions } = await recordingOf(path);
    expect(decisions).toEqual(ticks.map((tick) => tick.decision));
    expect(recording.about).toMatchObject({
      command: "replay",
      log_hash: summary.hashes.log,
      model_hash: summary.hashes.model,
      config_hash: summary.hashes.config,
    });
  });

  test("a run that cannot start leaves no file", async () => {
    const path = join(aFolder(), "run.mcap");
    const run = replayLog(log, { instruments: instrumentsAt(path), modelDir: aFolder() });
    await expect(run).rejects.toMatchObject({ code: "MODEL_NOT_FOUND" });
    await expect(openRecording(path)).rejects.toMatchObject({ code: "SOURCE_NOT_READABLE" });
  });

  test.skipIf(PYTHON === undefined)("is read by Python's mcap, every message", async () => {
    const path = join(aFolder(), "run.mcap");
    const { ticks } = await replayLog(log, { instruments: instrumentsAt(path) });
    const script = join(import.meta.dirname, "python", "read_recording.py");
    const { stdout, stderr, status } = spawnSync(PYTHON!, [script, path], { encoding: "utf8" });
    expect(stderr).toBe("");
    expect(status).toBe(0);
    const read = JSON.parse(stdout);
    expect(read.compressions).toEqual(["lz4"]);
    expect(read.schemas).toEqual({
      "/tf": "foxglove.FrameTransforms",
      "/waywarden/bev": "foxglove.CompressedImage",
      "/waywarden/camera": "foxglove.CompressedImage",
      "/waywarden/camera_info": "foxglove.CameraCalibration",
      "/waywarden/decision": "waywarden.v1.Decision",
      "/waywarden/figures": "waywarden.v1.TickFigures",
      "/waywarden/log": "foxglove.Log",
      "/waywarden/points": "foxglove.PointCloud",
      "/waywarden/scene": "foxglove.SceneUpdate",
      "/waywarden/sealed": "waywarden.v1.Sealed",
    });
    const { decision } = ticks.at(-1)!;
    const last = read.last["/waywarden/decision"];
    expect(last).toMatchObject({
      id: String(decision.id),
      mode: `MODE_${decision.mode}`,
      verdict: `VERDICT_${decision.verdict}`,
    });
    // Presence of an optional field survives the way through the descriptor.
    expect(last.ego_speed_mps).toBeCloseTo(decision.egoSpeedMps!, 9);
    expect(read.first["/waywarden/scene"].entities[0]).toMatchObject({
      id: "ego",
      frame_id: "base_link",
      lifetime: "0.300s",
    });
    expect(read.metadata["waywarden.end"].reason).toBe("complete");
  });
});

/** A file system of 9 MiB, where root may mount one; undefined elsewhere. */
const tiny = join(aFolder(), "tiny");
const mounted = mountTiny();
function mountTiny(): boolean {
  mkdirSync(tiny);
  const args = ["-t", "tmpfs", "-o", "size=9m", "tmpfs", tiny];
  return spawnSync("mount", args).status === 0;
}
afterAll(() => {
  if (mounted) spawnSync("umount", ["-l", tiny]);
});
if (!mounted) console.warn("tmpfs cannot be mounted here: the full disk is tried with a fake only");

describe.skipIf(!mounted)("on a disk that is full", () => {
  test("every decision is made, and the recording says where it ended", async () => {
    const path = join(tiny, "run.mcap");
    const filler = () => writeFileSync(join(tiny, "filler"), new Uint8Array(4.9 * 1024 * 1024));
    let ticks = 0;
    const { summary, said } = await replayLog(log, {
      instruments: instrumentsAt(path),
      // Another program fills the disk while the recording runs.
      onTick: () => ++ticks === 1 && filler(),
    });
    expect(summary.decisions).toBe(TICKS);
    const { recording, decisions } = await recordingOf(path);
    expect(recording.damage).toBeUndefined();
    expect(said).toContainEqual(expect.stringMatching(/ENOSPC.*; decisions go on$/));
    expect(recording.end?.reason).toMatch(/ENOSPC/);
    expect(decisions.length).toBe(summary.recording?.decisionCount);
    expect(decisions.length).toBeGreaterThan(0);
  });

  test("too little space for the reserve is said before anything starts", async () => {
    writeFileSync(join(tiny, "filler"), new Uint8Array(7 * 1024 * 1024));
    const path = join(tiny, "second.mcap");
    await expect(replayLog(log, { instruments: instrumentsAt(path) })).rejects.toMatchObject({
      code: "RECORD_NO_SPACE",
      message: `${path}: 4 MiB of free space expected, found ENOSPC`,
    });
  });
});
