import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";

export type TestBroker = { readonly url: string; stop(): Promise<void> };

const FOLDERS = [...(process.env.PATH ?? "").split(delimiter), "/usr/sbin", "/usr/local/sbin"];

/** Path of an installed Mosquitto tool, or undefined. */
export const findMosquitto = (tool = "mosquitto"): string | undefined =>
  FOLDERS.map((folder) => join(folder, tool)).find((path) => existsSync(path));

/** A Mosquitto of our own on a free port of this machine. */
export async function startMosquitto(
  binary: string,
  port?: number,
  /** Lines of its configuration instead of letting everybody in. */
  more: readonly string[] = ["allow_anonymous true"],
): Promise<TestBroker & { readonly process: ChildProcess; readonly port: number }> {
  const dir = mkdtempSync(join(tmpdir(), "waywarden-mosquitto-"));
  const ownPort = port ?? (await freePort());
  const config = join(dir, "mosquitto.conf");
  const lines = [`listener ${ownPort} 127.0.0.1`, "persistence false", "user root", ...more];
  writeFileSync(config, `${lines.join("\n")}\n`);
  const child = spawn(binary, ["-c", config], { stdio: "ignore" });
  await untilListening(ownPort, child);
  return {
    url: `mqtt://127.0.0.1:${ownPort}`,
    port: ownPort,
    process: child,
    stop: async () => {
      await new Promise<void>((resolve) => {
        if (child.exitCode !== null || child.signalCode !== null) return resolve();
        child.once("exit", () => resolve());
        child.kill("SIGKILL");
      });
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** A port that nobody listened on a moment ago. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}

async function untilListening(port: number, child: ChildProcess): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt++) {
    if (child.exitCode !== null) throw new Error(`mosquitto ended with ${child.exitCode}`);
    const open = await new Promise<boolean>((resolve) => {
      const socket = connect(port, "127.0.0.1")
        .once("connect", () => resolve(true))
        .once("error", () => resolve(false));
      socket.once("connect", () => socket.destroy());
    });
    if (open) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`mosquitto does not listen on ${port}`);
}
