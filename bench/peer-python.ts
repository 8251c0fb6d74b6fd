/** Finds or makes the Python of the peer: a virtual environment in the user's cache folder. */
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, renameSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const INSTALL_LIMIT_MS = 180_000;

/**
 * Path of a Python with what bench/peer/requirements.lock names. WAYWARDEN_PEER_PYTHON names one of
 * your own; else one is made once for each version of the lock.
 */
export async function peerPython(root: string): Promise<string> {
  const own = process.env.WAYWARDEN_PEER_PYTHON;
  if (own) return own;
  const lock = join(root, "bench", "peer", "requirements.lock");
  const hash = createHash("sha256").update(readFileSync(lock)).digest("hex").slice(0, 12);
  const cache = process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache");
  const folder = join(cache, "waywarden", `peer-${hash}`);
  const python = (base: string) => join(base, "bin", "python");
  if (existsSync(python(folder))) return python(folder);
  console.log(`making ${folder} from bench/peer/requirements.lock`);
  const unfinished = `${folder}.unfinished`;
  rmSync(unfinished, { recursive: true, force: true });
  try {
    await run("python3", ["-m", "venv", unfinished]);
    const install = ["-m", "pip", "install", "--quiet", "--no-deps", "-r", lock];
    await run(python(unfinished), install, { timeout: INSTALL_LIMIT_MS });
    // The interpreter finds its packages by its own place, so the folder may move when complete.
    renameSync(unfinished, folder);
  } catch (cause) {
    throw new Error(
      "python3 (3.11 or newer) with venv and the packages of bench/peer/requirements.lock expected, " +
        `found: ${cause instanceof Error ? cause.message.trim() : cause}\n` +
        "offline: `pip download --no-deps -d FOLDER -r bench/peer/requirements.lock` where there is " +
        "a network, then run this with PIP_NO_INDEX=1 PIP_FIND_LINKS=FOLDER, or name a Python that " +
        "has them in WAYWARDEN_PEER_PYTHON",
      { cause },
    );
  }
  return python(folder);
}
