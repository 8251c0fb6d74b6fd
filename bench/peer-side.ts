/**
 * Waywarden's side of the comparison with the Python peer, a process of its own:
 * `node dist/bench/peer-side.js whole|like LOG CAMERAS BROKER` decides a log as fast as it goes and
 * prints one JSON line. `whole` is the replay command with obstacles, safety and seal; `like` stops
 * at the planner's proposal, which is what the peer does too.
 */
import { randomBytes } from "node:crypto";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { Perception } from "../src/bev/perception.ts";
import { defaultModelDir } from "../src/cli/package-root.ts";
import type { Observation } from "../src/contract/observation.ts";
import { loadModel } from "../src/inference/model.ts";
import { openSource } from "../src/ingest/source.ts";
import { OnnxPlanner } from "../src/planner/planner.ts";
import { loadConfig } from "../src/service/config.ts";
import { readAhead } from "../src/service/read-ahead.ts";
import { runReplay } from "../src/service/run-replay.ts";
import { SensingThread } from "../src/service/sensing-thread.ts";
import { MqttLink } from "../src/wire/mqtt-link.ts";
import { INSTRUCTION, proposalJson, type SideResult, TickClock } from "./peer-parts.ts";

const WARM_UP_ROUNDS = 3;
const VEHICLE = "bench";

const versionOf = (name: string): string =>
  (createRequire(import.meta.url)(`${name}/package.json`) as { version: string }).version;
const versions = { "onnxruntime-node": versionOf("onnxruntime-node"), mqtt: versionOf("mqtt") };

async function whole(log: string, cameras: number, broker: string): Promise<SideResult> {
  const clock = new TickClock();
  const summary = await runReplay({
    logPath: log,
    modelDir: defaultModelDir(),
    effective: await loadConfig(undefined, { cameraCountMax: cameras }),
    broker,
    vehicle: VEHICLE,
    key: randomBytes(32),
    rate: "max",
    text: INSTRUCTION,
    software: "bench",
    signal: new AbortController().signal,
    say: () => undefined,
    onTick: () => clock.tick(),
  });
  return clock.result(summary.published, versions);
}

async function like(log: string, cameras: number, broker: string): Promise<SideResult> {
  const { config } = await loadConfig(undefined);
  const model = await loadModel(defaultModelDir(), { threads: config.threads });
  const senses = new SensingThread(fileURLToPath(new URL("./peer-sensing.js", import.meta.url)));
  const perception = await Perception.open(model, senses.inputs);
  const planner = await OnnxPlanner.open(model);
  const source = await openSource(log, { text: INSTRUCTION, cameras });
  const lastWill = new Uint8Array(0);
  const link = await MqttLink.connect({ url: broker, vehicle: VEHICLE, lastWill });
  const clock = new TickClock();
  const propose = async (observation: Observation) => {
    const { bev } = await perception.perceive(observation);
    const nowUs = observation.stampUs + config.decisionDelayMs * 1000;
    const { cruiseSpeedMps } = config;
    return bev && (await planner.plan({ observation, bev, nowUs, cruiseSpeedMps })).proposal;
  };
  let warm = false;
  for await (const { item: observation, next } of readAhead(source.observations())) {
    if (!warm) {
      for (let i = 0; i < WARM_UP_ROUNDS; i++) await propose(observation);
      perception.reset();
      planner.reset();
      warm = true;
    }
    void next?.then((following) => following && senses.prepare(following));
    const proposal = await propose(observation);
    if (proposal) await link.publishDecision(proposalJson(proposal));
    clock.tick();
  }
  await link.flush();
  const result = clock.result(link.counts.published, versions);
  await link.close(lastWill);
  await source.close();
  await senses.close();
  await model.close();
  return result;
}

const [mode, log, cameras, broker] = process.argv.slice(2);
if (!(mode === "whole" || mode === "like") || !log || !cameras || !broker)
  throw new Error("usage: peer-side.js whole|like LOG CAMERAS BROKER");
const run = mode === "whole" ? whole : like;
console.log(JSON.stringify(await run(log, Number(cameras), broker)));
