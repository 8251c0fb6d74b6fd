import { expect, test } from "vitest";
import type { Rig } from "../../contract/scene.ts";
import type { SceneMessage } from "../../contract/scene-exchange.ts";
import { demoRig, scaleCamera } from "../../render/rigs.ts";
import { aSentScene, sceneBytes } from "../../wire/scene.fixture.ts";
import { readScene } from "../../wire/scene-codec.ts";
import { TruthPerception } from "../truth-perception.ts";
import { makeEyes } from "./eyes.ts";

const smallRig = (): Rig => {
  const rig = demoRig();
  return {
    ...rig,
    cameras: rig.cameras.slice(0, 1).map((c) => scaleCamera(c, 96, 54)),
    lidars: rig.lidars.map((l) => ({ ...l, azimuthCount: 60 })),
  };
};

function messageOf(changes: Record<string, unknown> = {}): SceneMessage {
  const read = readScene("t", sceneBytes(aSentScene(changes)), false);
  if (!read.ok) throw new Error(read.refusal.detail);
  return read.message;
}

/** What is seen of three Scenes of a session. */
async function see(session: string, changes: Record<string, unknown> = {}) {
  const eyes = makeEyes(smallRig());
  eyes.begin(session);
  const seen = [];
  for (const id of [1, 2, 3])
    seen.push(
      await eyes.look(messageOf({ session, id, stampUs: id * 100_000, ...changes }), 100_000),
    );
  return seen;
}

test("a session that is sent again is seen the same to the bit, another one with other noise", async () => {
  const first = await see("a", { textureSeed: 5 });
  expect(await see("a", { textureSeed: 5 })).toEqual(first);
  const other = await see("b", { textureSeed: 5 });
  expect(other[0]!.sweeps[0]!.xyz).not.toEqual(first[0]!.sweeps[0]!.xyz);
  expect(other[0]!.images[0]!.data).not.toEqual(first[0]!.images[0]!.data);
});

test("a new session forgets where the one before had driven", async () => {
  const eyes = makeEyes(smallRig());
  for (const session of ["a", "b"]) {
    eyes.begin(session);
    const first = await eyes.look(messageOf({ session }), 0);
    expect(first.ego!.odomFromEgo!.t).toEqual([0, 0, 0]);
    const later = await eyes.look(messageOf({ session, id: 8, stampUs: 1_500_000 }), 0);
    expect(later.ego!.odomFromEgo!.t[0]).toBeGreaterThan(4);
  }
});

test("words, limit, period and sensors are those of the Scene and the rig, and nothing of the truth", async () => {
  const [seen] = await see("a", {
    ...{ instruction: "stop here", speedLimitMps: 8, periodUs: 200_000 },
  });
  expect(seen).toMatchObject({
    ...{ id: 1, stampUs: 100_000, periodUs: 200_000, expectedCameras: ["front"], faults: [] },
    route: { text: "stop here", givenUs: 100_000, speedLimitMps: 8 },
  });
  expect(Object.keys(seen!).sort()).toEqual([
    ...["arrivalUs", "ego", "expectedCameras", "expectedLidars", "faults", "id", "images"],
    ...["periodUs", "route", "stampUs", "sweeps"],
  ]);
  const [plain] = await see("a");
  expect(plain!.route).toEqual({ text: "", givenUs: 100_000 });
});

test("the truth that is shown is that of the Scene looked at", async () => {
  const truth = new TruthPerception();
  const eyes = makeEyes({ name: "blind", cameras: [], lidars: [] }, truth);
  eyes.begin("a");
  const observation = await eyes.look(messageOf(), 0);
  const { bev } = await truth.perceive(observation);
  expect(bev).toMatchObject({ stampUs: 1_000_000, lidars: ["truth"] });
});
