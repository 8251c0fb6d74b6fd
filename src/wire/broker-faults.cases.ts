import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Answers the first value for which `read` is not undefined, as things arrive. */
export async function eventually<T>(read: () => T | undefined, limitMs = 30_000): Promise<T> {
  const endMs = performance.now() + limitMs;
  while (performance.now() < endMs) {
    const value = read();
    if (value !== undefined) return value;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`not seen within ${limitMs / 1000} s: ${read.toString()}`);
}

/**
 * A TCP proxy that does what networks do: fall silent for good on its open connections (half-open),
 * hold everything back for a while (a slow reader), or vanish.
 */
export async function startProxy(port: number) {
  const pairs = new Set<{ silent: boolean; readonly ends: readonly [Socket, Socket] }>();
  const server = createServer((near) => {
    const far = connect(port, "127.0.0.1");
    const pair = { silent: false, ends: [near, far] as const };
    pairs.add(pair);
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      one.on("data", (data) => pair.silent || other.write(data));
      one.on("error", () => other.destroy());
      one.on("close", () => {
        pairs.delete(pair);
        if (!pair.silent) other.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const all = (act: (socket: Socket) => void) => {
    for (const { ends } of pairs) for (const socket of ends) act(socket);
  };
  return {
    url: `mqtt://127.0.0.1:${(server.address() as { port: number }).port}`,
    halfOpen: () => {
      for (const pair of pairs) pair.silent = true;
    },
    hold: () => all((socket) => socket.pause()),
    resume: () => all((socket) => socket.resume()),
    stop: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        all((socket) => socket.destroy());
      }),
  };
}

/** A certificate authority of our own, a certificate for 127.0.0.1 and one for another host. */
export function makeCertificates() {
  const dir = mkdtempSync(join(tmpdir(), "waywarden-tls-"));
  const file = (name: string) => join(dir, name);
  const openssl = (...args: string[]) =>
    execFileSync("openssl", args, { stdio: ["ignore", "ignore", "pipe"] });
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  openssl(
    ...["req", "-x509", ...key, "-days", "2", "-subj", "/CN=test authority"],
    ...["-keyout", file("ca.key"), "-out", file("ca.pem")],
  );
  const issue = (name: string, altName: string) => {
    writeFileSync(file(`${name}.ext`), `subjectAltName=${altName}\n`);
    openssl(
      ...["req", ...key, "-subj", `/CN=${name}`],
      ...["-keyout", file(`${name}.key`), "-out", file(`${name}.csr`)],
    );
    openssl(
      ...["x509", "-req", "-in", file(`${name}.csr`), "-days", "2", "-CAcreateserial"],
      ...["-CA", file("ca.pem"), "-CAkey", file("ca.key")],
      ...["-extfile", file(`${name}.ext`), "-out", file(`${name}.pem`)],
    );
    return { cert: file(`${name}.pem`), key: file(`${name}.key`) };
  };
  return {
    ca: file("ca.pem"),
    here: issue("here", "IP:127.0.0.1"),
    elsewhere: issue("elsewhere", "DNS:broker.example"),
    client: issue("client", "DNS:client"),
  };
}

/** A password file for Mosquitto with one user. */
export function makePasswordFile(user: string, password: string): string {
  const path = join(mkdtempSync(join(tmpdir(), "waywarden-passwd-")), "passwd");
  execFileSync("mosquitto_passwd", ["-b", "-c", path, user, password], { stdio: "ignore" });
  return path;
}

/** Whether a program can be started at all. */
export const isThere = (program: string, ...args: string[]): Promise<boolean> =>
  new Promise((resolve) => {
    spawn(program, args, { stdio: "ignore" })
      .on("error", () => resolve(false))
      .on("close", (code) => resolve(code === 0));
  });

/** An access list for Mosquitto with these lines. */
export function makeAcl(...lines: readonly string[]): { readonly aclFile: string } {
  const aclFile = join(mkdtempSync(join(tmpdir(), "waywarden-acl-")), "acl");
  writeFileSync(aclFile, `${lines.join("\n")}\n`);
  return { aclFile };
}
