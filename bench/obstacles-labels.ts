import type { Sweep } from "../src/contract/observation.ts";
import { decoderOf, stampOf } from "../src/ingest/foxglove-decode.ts";
import { openMcapLog } from "../src/ingest/mcap-log.ts";

/** One labelled box of a recording, m, ego. */
export type Label = {
  readonly id: string;
  readonly category: string;
  /** As the labels say: Moving, Stopped, Parked, or empty. */
  readonly motion: string;
  readonly group: "vehicle" | "vulnerable" | "other";
  readonly xM: number;
  readonly yM: number;
  readonly zM: number;
  readonly yawRad: number;
  readonly lengthM: number;
  readonly widthM: number;
  readonly heightM: number;
};

type Entity = {
  readonly id: string;
  readonly timestamp: unknown;
  readonly metadata: readonly { readonly key: string; readonly value: string }[];
  readonly cubes: readonly {
    readonly pose: {
      readonly position: { readonly x: number; readonly y: number; readonly z: number };
      readonly orientation: { readonly z: number; readonly w: number };
    };
    readonly size: { readonly x: number; readonly y: number; readonly z: number };
  }[];
};

export const VEHICLE = /car|truck|bus|van|vehicle|semi|tram|train|towed/i;
const VULNERABLE = /pedestrian|bicycle|cyclist|motorcycle|scooter|rider/i;

const groupOf = (category: string): Label["group"] =>
  VULNERABLE.test(category) ? "vulnerable" : VEHICLE.test(category) ? "vehicle" : "other";

/** Labels per stamp, µs. */
export async function readLabels(path: string): Promise<ReadonlyMap<number, readonly Label[]>> {
  const out = new Map<number, readonly Label[]>();
  const log = await openMcapLog(path);
  try {
    const channel = log.channels.find((c) => c.schemaName === "foxglove.SceneUpdate");
    if (!channel) throw new Error(`${path}: a foxglove.SceneUpdate topic expected, found none`);
    const decode = decoderOf(channel, ["entities"]);
    for await (const message of log.messages(new Set([channel.id]))) {
      const { entities } = decode(message.data) as unknown as {
        readonly entities: readonly Entity[];
      };
      const stampUs = entities.length ? stampOf(entities[0]!.timestamp) : undefined;
      if (stampUs === undefined) continue;
      out.set(stampUs, entities.flatMap(labelsOf));
    }
  } finally {
    await log.close();
  }
  return out;
}

const labelsOf = (entity: Entity): Label[] => {
  const category = entity.metadata.find((m) => m.key === "category")?.value ?? "unknown";
  const motion = entity.metadata.find((m) => m.key === "motion")?.value ?? "";
  return entity.cubes.map(({ pose, size }) => ({
    id: entity.id,
    category,
    motion,
    group: groupOf(category),
    xM: pose.position.x,
    yM: pose.position.y,
    zM: pose.position.z,
    yawRad: 2 * Math.atan2(pose.orientation.z, pose.orientation.w),
    lengthM: size.x,
    widthM: size.y,
    heightM: size.z,
  }));
};

/** A label from elsewhere. */
export const labelOf = (
  category: string,
  box: Omit<Label, "id" | "category" | "motion" | "group">,
): Label => ({ id: "", category, motion: "", group: groupOf(category), ...box });

const CELL_M = 4;
/** Points at a label's foot are the road's. */
const FOOT_M = 0.3;

/** Points within each label, its foot left out. */
export function pointsInside(
  labels: readonly Label[],
  sweeps: readonly Pick<Sweep, "xyz">[],
): number[] {
  const count = labels.map(() => 0);
  forEachInside(labels, sweeps, (k) => count[k]!++);
  return count;
}

/** Range of the nearest of them from ego, m: what a sensor can know of where the thing begins. */
export function nearestInside(
  labels: readonly Label[],
  sweeps: readonly Pick<Sweep, "xyz">[],
): number[] {
  const nearestM = labels.map(() => Number.POSITIVE_INFINITY);
  forEachInside(labels, sweeps, (k, x, y) => {
    nearestM[k] = Math.min(nearestM[k]!, Math.hypot(x, y));
  });
  return nearestM;
}

function forEachInside(
  labels: readonly Label[],
  sweeps: readonly Pick<Sweep, "xyz">[],
  visit: (label: number, xM: number, yM: number) => void,
): void {
  const near = new Map<number, number[]>();
  const key = (x: number, y: number) => Math.floor(x / CELL_M) * 10_000 + Math.floor(y / CELL_M);
  labels.forEach((label, k) => {
    const reach = Math.hypot(label.lengthM, label.widthM) / 2;
    for (let x = label.xM - reach; x < label.xM + reach + CELL_M; x += CELL_M)
      for (let y = label.yM - reach; y < label.yM + reach + CELL_M; y += CELL_M) {
        const at = key(x, y);
        near.set(at, [...(near.get(at) ?? []), k]);
      }
  });
  for (const { xyz } of sweeps)
    for (let i = 0; i + 2 < xyz.length; i += 3)
      for (const k of near.get(key(xyz[i]!, xyz[i + 1]!)) ?? [])
        if (isInside(labels[k]!, xyz[i]!, xyz[i + 1]!, xyz[i + 2]!)) visit(k, xyz[i]!, xyz[i + 1]!);
}

function isInside(label: Label, x: number, y: number, z: number): boolean {
  const c = Math.cos(label.yawRad);
  const s = Math.sin(label.yawRad);
  const dx = x - label.xM;
  const dy = y - label.yM;
  return (
    Math.abs(c * dx + s * dy) < label.lengthM / 2 &&
    Math.abs(c * dy - s * dx) < label.widthM / 2 &&
    Math.abs(z - label.zM) < label.heightM / 2 &&
    z > label.zM - label.heightM / 2 + FOOT_M
  );
}
