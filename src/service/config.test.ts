import { mkdtempSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { loadConfig } from "./config.ts";
import { defaultKeyPath, loadVehicleKey } from "./vehicle-key.ts";

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "waywarden-config-"));
});

describe("configuration", () => {
  const fileWith = (text: string) => {
    const path = join(dir, "config.json");
    writeFileSync(path, text);
    return path;
  };

  test("defaults stand where nothing is said", async () => {
    const { config } = await loadConfig(undefined);
    expect(config).toMatchObject({ decisionDelayMs: 50, validMs: 300, lidars: true });
  });

  test("the command line beats the file, the file beats the default", async () => {
    const path = fileWith('{"cruiseSpeedMps": 9, "validMs": 200}');
    const { config } = await loadConfig(path, { cruiseSpeedMps: 7 });
    expect(config).toMatchObject({ cruiseSpeedMps: 7, validMs: 200 });
  });

  test("the hash follows what is in force, not where it was said", async () => {
    const said = await loadConfig(fileWith('{"cruiseSpeedMps": 9}'));
    const same = await loadConfig(undefined, { cruiseSpeedMps: 9 });
    const other = await loadConfig(undefined, { cruiseSpeedMps: 8 });
    expect(same.configHash).toBe(said.configHash);
    expect(other.configHash).not.toBe(said.configHash);
  });

  test.each([
    ['{"cruiseSpeed": 9}', /config\.json.*cruiseSpeed/],
    ['{"validMs": 400}', /validMs/],
    ['{"accelMaxMps2": 3}', /accelMaxMps2/],
    ["[1]", /a JSON object expected/],
    ["{", /JSON expected/],
  ])("%s is refused and the message says where", async (text, message) => {
    await expect(loadConfig(fileWith(text))).rejects.toThrow(message);
  });

  test("a file that is not there is refused", async () => {
    await expect(loadConfig(join(dir, "none.json"))).rejects.toMatchObject({ code: "CONFIG_FILE" });
  });
});

describe("vehicle key", () => {
  test("is made once, for its owner only, and read again", async () => {
    const path = join(dir, "deep", "car.key");
    const made = await loadVehicleKey(path, true);
    expect(made.created).toBe(true);
    expect(made.key).toHaveLength(32);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const read = await loadVehicleKey(path, true);
    expect(read).toMatchObject({ created: false, key: made.key });
    expect(readFileSync(path, "utf8")).toMatch(/^[0-9a-f]{64}\n$/);
  });

  test("a consumer does not make one", async () => {
    const loading = loadVehicleKey(join(dir, "car.key"), false);
    await expect(loading).rejects.toMatchObject({ code: "KEY_MISSING" });
  });

  test("a short key is refused without printing it", async () => {
    const path = join(dir, "car.key");
    writeFileSync(path, "abcdef");
    const loading = loadVehicleKey(path, true);
    await expect(loading).rejects.toThrow(/64 hex digits expected, found 6 characters$/);
  });

  test("a folder in its place is refused", async () => {
    await expect(loadVehicleKey(dir, true)).rejects.toMatchObject({ code: "KEY_INVALID" });
  });

  test("its place follows XDG_CONFIG_HOME and the vehicle", () => {
    expect(defaultKeyPath("car", { XDG_CONFIG_HOME: "/x" })).toBe("/x/waywarden/car.key");
    expect(() => defaultKeyPath("../etc")).toThrow(/vehicle name/);
  });
});
