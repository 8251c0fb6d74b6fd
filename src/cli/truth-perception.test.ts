import { expect, test } from "vitest";
import type { Observation } from "../contract/observation.ts";
import { aScene } from "../expert/scene.fixture.ts";
import { rasterizeBev } from "../render/bev-truth.ts";
import { TruthPerception } from "./truth-perception.ts";

const observationAt = (stampUs: number): Observation => ({
  id: 0,
  stampUs,
  arrivalUs: stampUs,
  images: [],
  sweeps: [],
  route: { text: "", givenUs: stampUs },
  expectedCameras: [],
  expectedLidars: [],
  periodUs: 100_000,
  faults: [],
});

const scene = aScene({ laneCount: 2, stopLineM: 30, state: "RED", objects: [{ xM: 20 }] });

test("gives the BevState that shards are labelled with, and says that truth fed it", async () => {
  const truth = new TruthPerception();
  truth.show(scene);
  const { bev, faults } = await truth.perceive(observationAt(scene.stampUs));
  expect(faults).toEqual([]);
  expect(bev!.data).toEqual(rasterizeBev(scene));
  expect(bev!.data.some((v) => v === 255)).toBe(true);
  expect(bev).toMatchObject({ stampUs: scene.stampUs, cameras: [], lidars: ["truth"] });
});

test("never gives the truth of another instant", async () => {
  const truth = new TruthPerception();
  const late = observationAt(scene.stampUs + 100_000);
  await expect(truth.perceive(late)).rejects.toThrow(/found none/);
  truth.show(scene);
  await expect(truth.perceive(late)).rejects.toThrow(`found that of ${scene.stampUs}`);
  truth.reset();
  await expect(truth.perceive(observationAt(scene.stampUs))).rejects.toThrow(/found none/);
});
