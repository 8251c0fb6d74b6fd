import { chmodSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import { StatusServer } from "./status-server.ts";
import { Systemd } from "./systemd.ts";

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
  vi.unstubAllEnvs();
});

const metrics = { contentType: "text/plain", text: async () => "waywarden_x 1\n" };

test("/healthz follows the report, /metrics is text, anything else is refused", async () => {
  let healthy = true;
  const health = () => ({ healthy, report: { healthy } });
  const server = await StatusServer.open({ address: "127.0.0.1", port: 0, metrics, health });
  closers.push(() => server.close());
  const get = async (path: string, method = "GET") => {
    const response = await fetch(server.url + path, { method });
    return [response.status, await response.text()];
  };
  expect(await get("/healthz")).toEqual([200, '{"healthy":true}\n']);
  healthy = false;
  expect(await get("/healthz?x=1")).toEqual([503, '{"healthy":false}\n']);
  expect(await get("/metrics")).toEqual([200, "waywarden_x 1\n"]);
  expect((await get("/"))[0]).toBe(404);
  expect((await get("/healthz", "POST"))[0]).toBe(405);
});

test("a port that is taken is told with its address and what to do", async () => {
  const occupant = createServer();
  await new Promise<void>((resolve) => occupant.listen(0, "127.0.0.1", resolve));
  closers.push(() => occupant.close());
  const { port } = occupant.address() as { port: number };
  const health = () => ({ healthy: true, report: {} });
  const opening = StatusServer.open({ address: "127.0.0.1", port, metrics, health });
  await expect(opening).rejects.toMatchObject({
    code: "HTTP_PORT",
    message: expect.stringMatching(new RegExp(`^127.0.0.1:${port}: .*taken.*host\\.http\\.port`)),
  });
});

/** A program named systemd-notify that notes what it is told. */
function aNotifier(exitCode = 0) {
  const dir = mkdtempSync(join(tmpdir(), "waywarden-notify-"));
  const log = join(dir, "log");
  writeFileSync(log, "");
  const program = join(dir, "systemd-notify");
  writeFileSync(program, `#!/bin/sh\necho "$*" >> ${log}\nexit ${exitCode}\n`);
  chmodSync(program, 0o755);
  vi.stubEnv("PATH", `${dir}${delimiter}${process.env.PATH}`);
  const lines = () => readFileSync(log, "utf8").split("\n").filter(Boolean);
  return { lines };
}
const until = async (what: () => boolean) => {
  for (let i = 0; i < 1000 && !what(); i++) await new Promise((resolve) => setTimeout(resolve, 10));
  expect(what()).toBe(true);
};

test("systemd hears READY, a WATCHDOG at half its limit, STOPPING", async () => {
  const { lines } = aNotifier();
  const env = { NOTIFY_SOCKET: "/run/x", WATCHDOG_USEC: "2000000" };
  const systemd = new Systemd(env, () => undefined);
  systemd.ready();
  await until(() => lines().length === 1);
  for (let ms = 0; ms <= 2500; ms += 100) systemd.decided(ms);
  await until(() => lines().length === 4);
  systemd.stopping();
  await until(() => lines().length === 5);
  expect(lines()).toEqual(["READY=1", "WATCHDOG=1", "WATCHDOG=1", "WATCHDOG=1", "STOPPING=1"]);
});

test("without NOTIFY_SOCKET nothing is run; for another process no watchdog is fed", async () => {
  const { lines } = aNotifier();
  new Systemd({ WATCHDOG_USEC: "2000000" }, () => undefined).ready();
  const env = { NOTIFY_SOCKET: "/run/x", WATCHDOG_USEC: "2000000", WATCHDOG_PID: "1" };
  const other = new Systemd(env, () => undefined);
  other.decided(0);
  other.ready();
  await until(() => lines().length === 1);
  expect(lines()).toEqual(["READY=1"]);
});

test("a systemd-notify that fails is told once, and the drive goes on", async () => {
  aNotifier(1);
  const said: string[] = [];
  const systemd = new Systemd({ NOTIFY_SOCKET: "/run/x" }, (text) => said.push(text));
  systemd.ready();
  await until(() => said.length === 1);
  systemd.stopping();
  expect(said).toEqual([
    "NOTIFY_SOCKET is set: a working systemd-notify expected, found exit code 1",
  ]);
});
