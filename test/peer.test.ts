/**
 * The Python peer that benches compare with (bench/peer) computes what the service computes: else
 * its speed says nothing. Whole drives are compared by `node dist/bench/peer.js`.
 */
import { spawnSync } from "node:child_process";
import { resolve } from "node:path";
import { expect, test } from "vitest";
import { LIFT_CELLS, LIFT_HEIGHTS_M, liftTableInto } from "../src/bev/lift-table.ts";
import { PILLAR_BYTES, Pillarizer, pastOccupancyInto } from "../src/bev/pillarize.ts";
import { planViews } from "../src/bev/views.ts";
import { GeneratedSource } from "../src/dataset/generated-source.ts";
import { collect } from "../src/ingest/source.cases.ts";
import { demoRig } from "../src/render/rigs.ts";

const BENCH = resolve(import.meta.dirname, "../bench");
const PYTHONS = [process.env.WAYWARDEN_PEER_PYTHON, "python3"];
const NOW_FROM_PAST = { yawRad: 0.05, txM: -6.5, tyM: 0.3 };

const python = PYTHONS.find((name) => name && spawnSync(name, ["-c", "import numpy"]).status === 0);
const base64 = (a: Float32Array | Uint8Array | Int32Array): string =>
  Buffer.from(a.buffer, a.byteOffset, a.byteLength).toString("base64");

test.skipIf(!python)(
  `pillars and lift table of the Python peer equal ours bit for bit${python ? "" : " (skipped: no python3 with numpy; name one in WAYWARDEN_PEER_PYTHON)"}`,
  async () => {
    const rig = demoRig();
    const drive = {
      seed: 3,
      durationS: 0.1,
      rig,
      text: "",
      meaning: { kind: "FOLLOW_ROAD" },
    } as const;
    const [observation] = await collect(new GeneratedSource(drive));
    const { images, sweeps } = observation!;
    const { xyz, intensity } = sweeps[0]!;

    const pillars = new Uint8Array(PILLAR_BYTES);
    const raised = new Pillarizer().pillarizeInto(xyz, intensity, pillars);
    pastOccupancyInto(raised, NOW_FROM_PAST, 4, pillars);
    const lift = new Int32Array(LIFT_HEIGHTS_M.length * LIFT_CELLS);
    liftTableInto(planViews(images), lift);

    const input = {
      xyz: base64(xyz),
      intensity: base64(intensity),
      now_from_past: Object.values(NOW_FROM_PAST),
      images: images.map(({ camera: { intrinsics: k }, egoFromCamera: { r, t } }) => ({
        intrinsics: [k.widthPx, k.heightPx, k.fxPx, k.fyPx, k.cxPx, k.cyPx],
        r,
        t,
      })),
    };
    const { stdout, stderr } = spawnSync(python!, ["-m", "peer.selftest"], {
      cwd: BENCH,
      input: JSON.stringify(input),
      encoding: "utf8",
      maxBuffer: 1 << 24,
    });
    expect(stderr).toBe("");
    expect(raised.xy.length).toBeGreaterThan(1000);
    const found = JSON.parse(stdout) as { pillars: string; lift: string };
    expect(found.lift === base64(lift)).toBe(true);
    expect(found.pillars === base64(pillars)).toBe(true);
  },
);
