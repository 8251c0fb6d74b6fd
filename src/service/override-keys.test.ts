import { generateKeyPairSync, randomBytes, sign, verify } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import {
  loadOverridePrivateKey,
  loadOverridePublicKey,
  type OverrideKeyPaths,
  overrideKeyPaths,
} from "./override-keys.ts";
import { OverrideLedger } from "./override-ledger.ts";

let paths: OverrideKeyPaths;
beforeEach(() => {
  paths = overrideKeyPaths(join(mkdtempSync(join(tmpdir(), "waywarden-keys-")), "sub", "car.key"));
});

describe("S01 override keys", () => {
  test("the first start makes a pair; the private half is for its owner only", async () => {
    const { key, created } = await loadOverridePublicKey(paths);
    expect(created).toBe(true);
    expect(statSync(paths.privateKey).mode & 0o777).toBe(0o600);
    expect(readFileSync(paths.privateKey, "utf8")).toMatch(/^-----BEGIN PRIVATE KEY-----/);
    expect(readFileSync(paths.publicKey, "utf8")).toMatch(/^-----BEGIN PUBLIC KEY-----/);
    const text = randomBytes(8);
    const signature = sign(null, text, await loadOverridePrivateKey(paths.privateKey));
    expect(verify(null, text, key, signature)).toBe(true);
    expect((await loadOverridePublicKey(paths)).created).toBe(false);
  });

  test("the service needs the public half alone, and can take it from the private one", async () => {
    const { key } = await loadOverridePublicKey(paths);
    rmSync(paths.publicKey);
    const again = await loadOverridePublicKey(paths);
    expect(again.created).toBe(false);
    expect(again.key.equals(key)).toBe(true);
    rmSync(paths.privateKey);
    expect((await loadOverridePublicKey(paths)).key.equals(key)).toBe(true);
    expect(existsSync(paths.privateKey)).toBe(false);
  });

  test("two services that start at once share one pair", async () => {
    const both = await Promise.all([loadOverridePublicKey(paths), loadOverridePublicKey(paths)]);
    const kept = await loadOverridePublicKey(paths);
    expect(both.map(({ key }) => key.equals(kept.key))).toEqual([true, true]);
  });

  test("a missing, foreign or unreadable key is an error that names the file", async () => {
    await expect(loadOverridePrivateKey(paths.privateKey)).rejects.toMatchObject({
      code: "OVERRIDE_KEY_MISSING",
      message: expect.stringContaining(paths.privateKey),
    });
    await loadOverridePublicKey(paths);
    writeFileSync(paths.publicKey, "not a key");
    await expect(loadOverridePublicKey(paths)).rejects.toMatchObject({
      code: "OVERRIDE_KEY_INVALID",
      message: expect.stringMatching(/Ed25519 key expected, found no key that can be read/),
    });
    const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 1024 });
    writeFileSync(paths.privateKey, privateKey.export({ type: "pkcs8", format: "pem" }));
    await expect(loadOverridePrivateKey(paths.privateKey)).rejects.toThrow(/found one of type rsa/);
    await expect(loadOverridePrivateKey(tmpdir())).rejects.toMatchObject({
      code: "OVERRIDE_KEY_INVALID",
    });
  });

  test("a place that cannot be written is an error that says what to do", async () => {
    const file = join(mkdtempSync(join(tmpdir(), "waywarden-keys-")), "file");
    writeFileSync(file, "");
    const blocked = overrideKeyPaths(join(file, "car.key"));
    await expect(loadOverridePublicKey(blocked)).rejects.toMatchObject({
      code: expect.stringMatching(/^OVERRIDE_KEY_/),
    });
  });
});

describe("S05 counters that were used", () => {
  test("are barred in the next run too", async () => {
    const path = join(mkdtempSync(join(tmpdir(), "waywarden-seen-")), "car.override.seen");
    const first = await OverrideLedger.open(path, () => undefined);
    for (const counter of [3, 2 ** 53 - 1]) first.add(counter);
    expect(first.has(3)).toBe(true);
    await first.flush();
    const second = await OverrideLedger.open(path, () => undefined);
    expect([3, 2 ** 53 - 1, 4].map((counter) => second.has(counter))).toEqual([true, true, false]);
  });

  test("count for this run where the file cannot be written, and that is said", async () => {
    const said: string[] = [];
    const path = join(tmpdir(), "waywarden-no-such-folder", "x", "car.override.seen");
    const ledger = await OverrideLedger.open(path, (text) => said.push(text));
    ledger.add(8);
    await ledger.flush();
    expect(ledger.has(8)).toBe(true);
    expect(said[0]).toMatch(/^override counter not kept: .*ENOENT.*barred until the service ends$/);
    await expect(OverrideLedger.open(tmpdir(), () => undefined)).rejects.toMatchObject({
      code: "OVERRIDE_LEDGER",
    });
  });
});
