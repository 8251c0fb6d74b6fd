/**
 * What the Python peer must arrive at: `node dist/bench/peer-dump.js LOG FOLDER [CAMERAS]` writes
 * network input, BevState and tokens of every tick; `python -m peer LOG --check FOLDER …` compares.
 */
import { createWriteStream, mkdirSync } from "node:fs";
import { join } from "node:path";
import { BevInputBuilder } from "../src/bev/bev-input.ts";
import { defaultModelDir } from "../src/cli/package-root.ts";
import { openSource } from "../src/ingest/source.ts";
import { loadConfig } from "../src/service/config.ts";
import { openRooms } from "../src/service/open-rooms.ts";
import { INSTRUCTION } from "./peer-parts.ts";

const PARTS = ["pillars", "images", "lift", "bev"] as const;

const [log, folder, cameras = "3"] = process.argv.slice(2);
if (log === undefined || folder === undefined)
  throw new Error("usage: peer-dump.js LOG FOLDER [CAMERAS]");
mkdirSync(folder, { recursive: true });
const { config } = await loadConfig(undefined);
const { rooms, close } = await openRooms(defaultModelDir(), config);
const source = await openSource(log, { text: INSTRUCTION, cameras: Number(cameras) });
const builder = new BevInputBuilder();
const lines = createWriteStream(join(folder, "ticks.jsonl"));
const files = PARTS.map((part) => createWriteStream(join(folder, `${part}.bin`)));
for await (const observation of source.observations()) {
  const { stampUs } = observation;
  const nowUs = stampUs + config.decisionDelayMs * 1000;
  const { pillars, images, lift } = await builder.build(observation);
  const { bev } = await rooms.perception.perceive(observation);
  const { cruiseSpeedMps } = config;
  const plan = bev && (await rooms.planner.plan({ observation, bev, nowUs, cruiseSpeedMps }));
  const line: Record<string, unknown> = { stamp_us: stampUs, tokens: plan?.proposal?.tokens ?? [] };
  for (const [i, part] of [pillars, images, lift, bev?.data ?? new Uint8Array(0)].entries()) {
    line[`${PARTS[i]}_bytes`] = part.byteLength;
    // The arrays are filled anew by the next tick.
    files[i]!.write(Uint8Array.from(new Uint8Array(part.buffer, part.byteOffset, part.byteLength)));
  }
  lines.write(`${JSON.stringify(line)}\n`);
}
for (const file of [lines, ...files]) await new Promise((done) => file.end(done));
console.log(JSON.stringify({ cameras: source.info.cameras, folder }));
await source.close();
await close();
