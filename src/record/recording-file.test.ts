import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { aRecordingPath, aSmallDisk } from "./recording.fixture.ts";
import { openRecordingFile, RecordingFile } from "./recording-file.ts";

test("what does not fit is cut off, and the reserve takes what did not fit", async () => {
  const { raw, disk, content } = aSmallDisk(10);
  const file = new RecordingFile(raw, async () => {
    disk.spaceBytes += 6;
  });
  await file.write(Buffer.from("12345678"));
  expect(file.trouble).toBeUndefined();
  await file.write(Buffer.from("abcdef"));
  expect(file.trouble?.message).toMatch(/ENOSPC/);
  expect(content().toString()).toBe("12345678abcdef");
  await expect(file.write(Buffer.from("ghijkl"))).rejects.toThrow(/ENOSPC/);
  expect(content().toString()).toBe("12345678abcdef");
  await file.close();
  expect(disk.closed).toBe(1);
});

test("a new file leaves nothing beside it, whatever ends the process", async () => {
  const path = aRecordingPath();
  const file = await openRecordingFile(path, false);
  expect(readdirSync(dirname(path))).toEqual(["run.mcap"]);
  await file.write(Buffer.from("x"));
  await file.close();
  expect(readFileSync(path, "utf8")).toBe("x");
});

test("an existing file is refused and untouched unless it may be replaced", async () => {
  const path = aRecordingPath();
  writeFileSync(path, "dear");
  await expect(openRecordingFile(path, false)).rejects.toMatchObject({
    code: "RECORD_EXISTS",
    message: `${path}: a file that is not there yet expected (or --overwrite), found EEXIST`,
  });
  expect(readFileSync(path, "utf8")).toBe("dear");
  const file = await openRecordingFile(path, true);
  await file.close();
  expect(readFileSync(path, "utf8")).toBe("");
});

test("a missing folder and a folder in its place are named", async () => {
  const path = aRecordingPath();
  await expect(openRecordingFile(join(path, "in.mcap"), false)).rejects.toMatchObject({
    code: "RECORD_NO_FOLDER",
    message: `${path}: an existing folder expected, found ENOENT`,
  });
  mkdirSync(path);
  await expect(openRecordingFile(path, true)).rejects.toMatchObject({
    code: "RECORD_NOT_WRITABLE",
    message: `${path}: a file expected, found a folder, found EISDIR`,
  });
});

const isRoot = process.getuid?.() === 0;
test.skipIf(isRoot)("a read-only folder is named (root may write everywhere)", async () => {
  const path = aRecordingPath();
  chmodSync(dirname(path), 0o500);
  await expect(openRecordingFile(path, false)).rejects.toMatchObject({
    code: "RECORD_NOT_WRITABLE",
  });
  expect(existsSync(path)).toBe(false);
});
