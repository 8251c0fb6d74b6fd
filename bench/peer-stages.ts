/**
 * CPU time of each stage, alone and one after the other, beside the Python peer's `--stages`:
 * `node dist/bench/peer-stages.js LOG CAMERAS` prints one JSON line. All threads count.
 */
import { BevInputBuilder } from "../src/bev/bev-input.ts";
import { LIFT_CELLS, LIFT_HEIGHTS_M, liftTableInto } from "../src/bev/lift-table.ts";
import { bevTensors } from "../src/bev/perception.ts";
import { planViews, VIEW_HEIGHT_PX, VIEW_WIDTH_PX } from "../src/bev/views.ts";
import { defaultModelDir } from "../src/cli/package-root.ts";
import { BEV_SPEC } from "../src/contract/bev.ts";
import type { Observation } from "../src/contract/observation.ts";
import { decodeRegions } from "../src/image/decode.ts";
import { openSource } from "../src/ingest/source.ts";
import { loadConfig } from "../src/service/config.ts";
import { openRooms } from "../src/service/open-rooms.ts";
import { INSTRUCTION, type Stage, type StageTimes } from "./peer-parts.ts";

const WARM_UP_ROUNDS = 3;

const [log, cameras] = process.argv.slice(2);
if (!log || !cameras) throw new Error("usage: peer-stages.js LOG CAMERAS");
const { config } = await loadConfig(undefined);
const { rooms, model, close } = await openRooms(defaultModelDir(), config);
const source = await openSource(log, { text: INSTRUCTION, cameras: Number(cameras) });
const builder = new BevInputBuilder();
const pillarBuilder = new BevInputBuilder();
const lift = new Int32Array(LIFT_HEIGHTS_M.length * LIFT_CELLS);
const stages: Record<Stage, number[]> = {
  ...{ read: [], decode: [], pillars: [], lift: [], bev: [], planner: [] },
};
let lapUs = cpuUs();

function cpuUs(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

function lap(stage?: Stage): void {
  const nowUs = cpuUs();
  if (stage) stages[stage].push((nowUs - lapUs) / 1000);
  lapUs = nowUs;
}

/** Every picture to its views, as BevInputBuilder does. */
function decode({ images }: Observation): Promise<unknown> {
  const views = planViews(images);
  const size = { outWidthPx: VIEW_WIDTH_PX, outHeightPx: VIEW_HEIGHT_PX };
  return Promise.all(
    images.map(({ data, encoding, camera }, index) => {
      const { widthPx, heightPx } = camera.intrinsics;
      const regions = views.filter((view) => view.imageIndex === index).map((view) => view.region);
      return decodeRegions(
        { data, encoding, widthPx, heightPx },
        regions.map((region) => ({ ...region, ...size })),
      );
    }),
  );
}

async function stagesOf(observation: Observation): Promise<void> {
  const { stampUs } = observation;
  const nowUs = stampUs + config.decisionDelayMs * 1000;
  const input = await builder.build(observation);
  lap();
  await decode(observation);
  lap("decode");
  await pillarBuilder.build({ ...observation, images: [] });
  lap("pillars");
  liftTableInto(planViews(observation.images), lift);
  lap("lift");
  const run = await model.bev.run(bevTensors(input), stampUs);
  lap("bev");
  if (!run.ok) throw new Error(run.fault.detail);
  const bev = {
    spec: BEV_SPEC,
    data: run.value.bev as Uint8Array,
    stampUs,
    cameras: [],
    lidars: [],
  };
  const { cruiseSpeedMps } = config;
  await rooms.planner.plan({ observation, bev, nowUs, cruiseSpeedMps });
  lap("planner");
}

for await (const observation of source.observations()) {
  lap("read");
  if (observation.id === 0) {
    for (let i = 0; i < WARM_UP_ROUNDS; i++) await stagesOf(observation);
    for (const times of Object.values(stages)) times.length = 0;
    builder.reset();
    pillarBuilder.reset();
    rooms.planner.reset();
    lap();
  } else {
    await stagesOf(observation);
  }
}
const result: StageTimes = { stages_ms: stages };
console.log(JSON.stringify(result));
await source.close();
await close();
