/**
 * Would a careful driver decide so? `node dist/bench/against-human.js LOG [FIRST] [LAST]` decides a
 * recorded drive and compares each final decision with what the human did: how many permit motion,
 * and how far the speed asked for lies from the human's speed at that tick and one second later.
 */
import { defaultModelDir } from "../src/cli/package-root.ts";
import { openSource } from "../src/ingest/source.ts";
import { loadConfig } from "../src/service/config.ts";
import { openRooms } from "../src/service/open-rooms.ts";
import { Pipeline } from "../src/service/pipeline.ts";
import { permitsMotion } from "../src/service/summary.ts";

const TICKS_PER_S = 10;

type Row = {
  readonly id: number;
  readonly humanMps: number | undefined;
  readonly askedMps: number;
  readonly permits: boolean;
};

async function decideAll(log: string): Promise<Row[]> {
  const { config, configHash } = await loadConfig(undefined);
  const { rooms, model, close } = await openRooms(defaultModelDir(), config);
  const source = await openSource(log, { text: "follow the road" });
  const settings = { ...config, modelHash: model.modelHash, configHash };
  const pipeline = new Pipeline(rooms, settings);
  const rows: Row[] = [];
  for await (const observation of source.observations()) {
    const nowUs = observation.stampUs + config.decisionDelayMs * 1000;
    const { decision } = await pipeline.decide(observation, nowUs);
    const { lateral, longitudinal, targetSpeedMps, rationale } = decision.maneuver;
    const humanMps = observation.ego?.speedMps;
    const permits = permitsMotion(decision);
    rows.push({ id: observation.id, humanMps, askedMps: targetSpeedMps, permits });
    const speeds = `human ${humanMps?.toFixed(2) ?? "?"} asked ${targetSpeedMps.toFixed(1)} m/s`;
    const words = `${decision.mode} ${decision.verdict} ${lateral} ${longitudinal}`;
    console.log(
      `${String(observation.id).padStart(3)}  ${speeds}  ${words} ${rationale.join("+")}`,
    );
  }
  await source.close();
  await close();
  return rows;
}

/** Median distance between the speed asked for and the human's, `ahead` ticks later. */
function medianErrorMps(rows: readonly Row[], all: readonly Row[], ahead: number): string {
  const errors = rows
    .map((row) => ({ asked: row.askedMps, human: all[row.id + ahead]?.humanMps }))
    .filter((pair): pair is { asked: number; human: number } => pair.human !== undefined)
    .map(({ asked, human }) => Math.abs(asked - human))
    .sort((a, b) => a - b);
  return `${errors[errors.length >> 1]?.toFixed(2) ?? "?"} m/s (${errors.length} ticks)`;
}

const [log, first = "0", last = "1e9"] = process.argv.slice(2);
if (log === undefined) throw new Error("usage: against-human.js LOG [FIRST] [LAST]");
const all = await decideAll(log);
const rows = all.filter((row) => row.id >= Number(first) && row.id <= Number(last));
const permitted = rows.filter((row) => row.permits).length;
console.log(`permit motion: ${permitted} of ${rows.length}`);
console.log(`asked against the human's speed, median: ${medianErrorMps(rows, all, 0)}`);
console.log(`… against the human's one second later: ${medianErrorMps(rows, all, TICKS_PER_S)}`);
