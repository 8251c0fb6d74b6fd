import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { demoRig, scaleCamera } from "../render/rigs.ts";
import { aStreetScene } from "../render/testing/a-scene.ts";
import { type RenderTask, renderInPlace } from "./render-tasks.ts";
import { openRenderer, shareOut } from "./render-thread.ts";

const { cameras, lidars } = demoRig();
const tasks: readonly RenderTask[] = [
  ...lidars.map((l) => ({ kind: "lidar", lidar: { ...l, azimuthCount: 90 }, seed: 3 }) as const),
  ...cameras.map(
    (c, i) =>
      ({ kind: "camera", camera: scaleCamera(c, i === 0 ? 160 : 64, 48), seed: i }) as const,
  ),
];
const built = resolve("dist/src/dataset/render-worker.js");

test("every task goes to one of the two, the longest alone where it outweighs the rest", () => {
  const [first, second] = shareOut(tasks);
  expect([...first, ...second].sort()).toEqual(tasks.map((_, i) => i));
  const large = tasks.map((task) =>
    task.kind === "camera" && task.seed === 0
      ? { ...task, camera: scaleCamera(task.camera, 1600, 900) }
      : task,
  );
  expect(shareOut(large)[0]).toEqual([1]);
  expect(shareOut([])).toEqual([[], []]);
});

describe.skipIf(!existsSync(built))("a thread beside this one (needs a build)", () => {
  test("gives the bytes that this thread alone gives, tick after tick", async () => {
    const renderer = openRenderer(built);
    try {
      for (const textureSeed of [1, 2]) {
        const scene = aStreetScene({ textureSeed });
        const alone = await renderInPlace.render(scene, tasks);
        expect(await renderer.render(scene, tasks)).toEqual(alone);
      }
    } finally {
      await renderer.close();
    }
  });

  test("what is thrown there is thrown here, and after its end every question fails", async () => {
    const renderer = openRenderer(built);
    const scene = aStreetScene({ textureSeed: 1 });
    const broken = { ...scene, ego: { ...scene.ego, xM: Number.NaN } };
    const pictures = tasks.filter(({ kind }) => kind === "camera");
    await expect(renderer.render(broken, pictures)).rejects.toThrow(RangeError);
    expect((await renderer.render(scene, pictures)).length).toBe(pictures.length);
    await renderer.close();
    await expect(renderer.render(scene, pictures)).rejects.toThrow(/ended with exit code/);
  });
});
