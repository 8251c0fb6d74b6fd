import { LIFT_CELLS, LIFT_HEIGHTS_M } from "../bev/lift-table.ts";
import { PILLAR_CHANNELS, PILLAR_SPEC } from "../bev/pillar-spec.ts";
import { VIEW_HEIGHT_PX, VIEW_WIDTH_PX } from "../bev/views.ts";
import { BEV_CHANNELS, BEV_SPEC } from "../contract/bev.ts";
import { STATE_VARIABLES } from "../tokens/state.ts";
import { SLOTS } from "../tokens/vocabulary.ts";
import { LAMP_SLOTS } from "./lamp-labels.ts";
import type { DatasetKind } from "./options.ts";
import { type Sample, VARIANTS, VIEW_SLOTS } from "./sample.ts";
import type { Column, ShardWriter } from "./shard-writer.ts";

/** Arrays of a shard, as docs/shards.md lists them. */
export function columnsOf(kind: DatasetKind, rows: number): Column[] {
  const column = (name: string, type: Column["type"], itemShape: number[]): Column => ({
    name,
    type,
    rows,
    itemShape,
  });
  const { nx, ny } = BEV_SPEC;
  const truth = [
    column("bev", "uint8", [BEV_CHANNELS.length, nx, ny]),
    column("text", "int32", [VARIANTS]),
    column("state", "int32", [VARIANTS, STATE_VARIABLES.length]),
    column("target", "int16", [VARIANTS, SLOTS.length]),
    column("world", "int32", []),
  ];
  if (kind === "truth") return truth;
  const p = PILLAR_SPEC;
  return [
    ...truth,
    column("pillars", "uint8", [PILLAR_CHANNELS.length, p.nx, p.ny]),
    column("images", "uint8", [VIEW_SLOTS, VIEW_HEIGHT_PX, VIEW_WIDTH_PX, 3]),
    column("lift", "int16", [LIFT_HEIGHTS_M.length, LIFT_CELLS]),
    column("lamps", "int16", [LAMP_SLOTS, 2]),
  ];
}

/** Writes one sample as a row of every array. */
export function appendSample(writer: ShardWriter, sample: Sample, world: number): void {
  writer.append("bev", sample.bev);
  writer.append("text", sample.text);
  writer.append("state", sample.state);
  writer.append("target", sample.target);
  writer.append("world", Int32Array.of(world));
  if (!sample.sensors) return;
  writer.append("pillars", sample.sensors.pillars);
  writer.append("images", sample.sensors.images);
  writer.append("lift", Int16Array.from(sample.sensors.lift));
  writer.append("lamps", sample.sensors.lamps);
}
