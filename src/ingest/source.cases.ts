import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import type { Observation } from "../contract/observation.ts";
import type { ObservationSource } from "./source.ts";

/** All observations of a source. */
export async function collect(source: ObservationSource): Promise<Observation[]> {
  const all: Observation[] = [];
  for await (const observation of source.observations()) all.push(observation);
  return all;
}

/** Digest of everything in observations, arrays included. */
export function digestOf(observations: readonly Observation[]): string {
  const hash = createHash("sha256");
  const plain = JSON.stringify(observations, (_key, value: unknown) => {
    if (!ArrayBuffer.isView(value)) return value;
    hash.update(new Uint8Array(value.buffer, value.byteOffset, value.byteLength));
    return `${value.byteLength} bytes`;
  });
  return hash.update(plain).digest("hex");
}

/** What every ObservationSource must do; run it over each implementation. */
export function describeSource(name: string, open: () => Promise<ObservationSource>): void {
  describe(`source ${name}`, () => {
    const withAll = async (
      check: (all: readonly Observation[], source: ObservationSource) => void,
    ) => {
      const source = await open();
      try {
        const all = await collect(source);
        expect(all.length).toBeGreaterThan(0);
        check(all, source);
      } finally {
        await source.close();
      }
    };

    test("numbers its observations from 0 without a gap", () =>
      withAll((all) => {
        expect(all.map((o) => o.id)).toEqual(all.map((_, i) => i));
      }));

    test("ticks at the nominal rate, with no gap and no step back", () =>
      withAll((all, { info }) => {
        for (const [i, o] of all.slice(1).entries()) {
          const stepUs = o.stampUs - all[i]!.stampUs;
          expect(Number.isSafeInteger(o.stampUs)).toBe(true);
          expect(stepUs).toBeGreaterThan(info.periodUs / 2);
          expect(stepUs).toBeLessThanOrEqual(info.periodUs * 1.5);
        }
      }));

    test("gives each expected sensor in each tick, or a fault that names it", () =>
      withAll((all, { info }) => {
        for (const o of all) {
          expect(o.expectedCameras).toEqual(info.cameras);
          expect(o.expectedLidars).toEqual(info.lidars);
          const present = [...o.images, ...o.sweeps].map((s) => s.name);
          const named = o.faults.map((f) => f.source);
          for (const sensor of [...info.cameras, ...info.lidars])
            expect(present.includes(sensor) || named.includes(sensor), sensor).toBe(true);
          for (const sensor of present) expect([...info.cameras, ...info.lidars]).toContain(sensor);
          expect(new Set(present).size).toBe(present.length);
        }
      }));

    test("uses data from around its tick only, and arrives after all of it", () =>
      withAll((all) => {
        for (const o of all) {
          expect(o.arrivalUs).toBeGreaterThanOrEqual(o.stampUs);
          for (const s of [...o.images, ...o.sweeps]) {
            expect(s.stampUs).toBeLessThanOrEqual(o.stampUs + o.periodUs * 0.25);
            expect(s.stampUs).toBeGreaterThanOrEqual(o.stampUs - o.periodUs * 1.25);
            expect(s.stampUs).toBeLessThanOrEqual(o.arrivalUs);
          }
        }
      }));

    test("gives finite points with an intensity of 0 to 1 and one ray origin", () =>
      withAll((all) => {
        for (const sweep of all.flatMap((o) => o.sweeps)) {
          expect(sweep.xyz.length).toBe(sweep.intensity.length * 3);
          expect(sweep.xyz.every(Number.isFinite)).toBe(true);
          expect(sweep.intensity.every((v) => v >= 0 && v <= 1)).toBe(true);
          expect(sweep.egoFromLidar.t.every(Number.isFinite)).toBe(true);
        }
      }));

    test("gives pictures with bytes, a pinhole and a rotation", () =>
      withAll((all) => {
        for (const image of all.flatMap((o) => o.images)) {
          expect(image.data.length).toBeGreaterThan(0);
          expect(image.camera.intrinsics.fxPx).toBeGreaterThan(0);
          expect(image.camera.intrinsics.widthPx).toBeGreaterThan(0);
          for (const { r } of [image.egoFromCamera, image.camera.mountEgoFromCamera])
            for (let row = 0; row < 3; row++)
              expect(Math.hypot(r[row * 3]!, r[row * 3 + 1]!, r[row * 3 + 2]!)).toBeCloseTo(1, 6);
        }
      }));

    test("knows how ego moves, or says EGO_MISSING or EGO_INVALID; never a zero instead", () =>
      withAll((all) => {
        for (const { ego, faults } of all) {
          const said = faults.some((f) => f.code === "EGO_MISSING" || f.code === "EGO_INVALID");
          expect(ego === undefined).toBe(said);
          for (const v of ego ? [ego.speedMps, ego.accelMps2, ego.yawRateRadps] : [])
            expect(Number.isFinite(v)).toBe(true);
        }
      }));

    test("describes itself", () =>
      withAll((all, { info }) => {
        expect(info.logHash).toMatch(/^[0-9a-f]{64}$/);
        expect(info.periodUs).toBeGreaterThan(0);
        expect(info.startUs).toBeLessThanOrEqual(info.endUs);
        expect(all[0]!.stampUs).toBeGreaterThan(info.startUs - 2 * info.periodUs);
        expect(all.at(-1)!.stampUs).toBeLessThan(info.endUs + 2 * info.periodUs);
      }));

    test("gives the same observations each time, to the last bit", async () => {
      const digests: string[] = [];
      for (let run = 0; run < 2; run++)
        await withAll((all) => {
          digests.push(digestOf(all));
        });
      expect(digests[0]).toBe(digests[1]);
    });

    test("can be left after the first observation and closed", async () => {
      const source = await open();
      for await (const observation of source.observations()) {
        expect(observation.id).toBe(0);
        break;
      }
      await source.close();
    });
  });
}
