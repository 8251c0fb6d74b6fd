/** What benches that read a log share: which log, and which version of the sources was measured. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { writeDemoDrive } from "../src/dataset/write-drive.ts";

const DEMO_DRIVE_S = 5;

/** The log asked for, the recorded one, or a generated drive. */
export async function findLog(root: string, asked: string | undefined): Promise<string> {
  if (asked !== undefined) return resolve(asked);
  const shared = resolve(root, process.env.WAYWARDEN_SHARED ?? "../shared");
  const recorded = join(shared, "data", "logs", "pandaset-002.mcap");
  if (existsSync(recorded)) return recorded;
  console.log(`no log at ${recorded} (set WAYWARDEN_SHARED): a generated drive instead`);
  const path = join(mkdtempSync(join(tmpdir(), "waywarden-bench-")), "generated.mcap");
  await writeDemoDrive(path, { seed: 1, durationS: DEMO_DRIVE_S });
  return path;
}

/** Short commit, and whether sources differ from it. */
export function commitOf(root: string): string {
  const git = (...args: string[]) =>
    execFileSync("git", args, { cwd: root, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  try {
    const changes = git("status", "--porcelain", "src", "bench").trim();
    return `${git("rev-parse", "--short", "HEAD").trim()}${changes === "" ? "" : " with changes"}`;
  } catch {
    return "unknown";
  }
}
