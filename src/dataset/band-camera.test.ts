import { expect, test } from "vitest";
import { planViews, VIEW_WIDTH_PX } from "../bev/views.ts";
import type { RigCamera } from "../contract/scene.ts";
import { demoRig } from "../render/rigs.ts";
import { bandCamera } from "./band-camera.ts";

const viewsOf = ({ intrinsics, egoFromCamera }: RigCamera) =>
  planViews([{ camera: { intrinsics, mountEgoFromCamera: egoFromCamera }, egoFromCamera }]);

test("the network looks in the same directions in the band as in the whole picture", () => {
  for (const camera of demoRig().cameras) {
    const whole = viewsOf(camera);
    const band = viewsOf(bandCamera(camera, 704, VIEW_WIDTH_PX));
    expect(band.length).toBe(whole.length);
    // a view's edges as slopes from straight ahead: within two pixels of the picture
    for (const [i, { intrinsics: k }] of band.entries()) {
      const { fxPx, fyPx, cxPx, cyPx, widthPx, heightPx } = whole[i]!.intrinsics;
      expect(Math.abs(k.cxPx / k.fxPx - cxPx / fxPx)).toBeLessThan(2 / fxPx);
      expect(Math.abs(k.cyPx / k.fyPx - cyPx / fyPx)).toBeLessThan(2 / fyPx);
      expect(k.widthPx / k.fxPx).toBeCloseTo(widthPx / fxPx, 1);
      expect(k.heightPx / k.fyPx).toBeCloseTo(heightPx / fyPx, 1);
    }
  }
});

test("the front picture is wider, for the part that is magnified, and side pictures are as wide as the view", () => {
  const [front, left] = demoRig().cameras.map((c) => bandCamera(c, 704, VIEW_WIDTH_PX));
  expect(front!.intrinsics).toMatchObject({ widthPx: 704, heightPx: 282 });
  expect(left!.intrinsics).toMatchObject({ widthPx: 320, heightPx: 128 });
});
