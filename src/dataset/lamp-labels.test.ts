import { expect, test } from "vitest";
import { FEATURE_COLUMNS, FEATURES_PER_VIEW, LIFT_STRIDE_PX } from "../bev/lift-table.ts";
import { planViews, VIEW_HEIGHT_PX, VIEW_WIDTH_PX, type View } from "../bev/views.ts";
import type { SignalState } from "../contract/scene.ts";
import { decodeRegions } from "../image/decode.ts";
import { encodePng } from "../image/encode.ts";
import { renderCamera } from "../render/camera.ts";
import { demoRig } from "../render/rigs.ts";
import { aScene } from "../render/testing/a-scene.ts";
import { LAMP_SLOTS, lampLabels } from "./lamp-labels.ts";

const camera = demoRig().cameras[0]!;
const { intrinsics, egoFromCamera } = camera;
const views = planViews([
  { camera: { intrinsics, mountEgoFromCamera: egoFromCamera }, egoFromCamera },
]);
const lit = (state: SignalState, xM = 32, yM = -3, yawRad = Math.PI) =>
  aScene({ signals: [{ id: 1, xM, yM, zM: 4, yawRad, state }], light: 0.6, haze: 0 });
const rows = (labels: Int16Array) =>
  Array.from({ length: LAMP_SLOTS }, (_, i) => [labels[2 * i]!, labels[2 * i + 1]!] as const);

/** Most coloured pixel of a view, [column, row] of its feature. */
async function mostColoured(scene: ReturnType<typeof lit>, view: View, channel: 0 | 1) {
  const { widthPx, heightPx } = intrinsics;
  const png = await encodePng(renderCamera(scene, camera, 1), widthPx, heightPx);
  const region = { ...view.region, outWidthPx: VIEW_WIDTH_PX, outHeightPx: VIEW_HEIGHT_PX };
  const [rgb] = await decodeRegions({ data: png, encoding: "png", widthPx, heightPx }, [region]);
  let best = -1;
  let at = 0;
  for (let i = 0; i < rgb!.length; i += 3) {
    const colour = rgb![i + channel]! - rgb![i + 1 - channel]!;
    if (colour > best) [best, at] = [colour, i / 3];
  }
  return [at % VIEW_WIDTH_PX, Math.floor(at / VIEW_WIDTH_PX)].map((px) =>
    Math.floor(px / LIFT_STRIDE_PX),
  );
}

test.each([
  ["RED", 1, 0],
  ["GREEN", 2, 1],
] as const)(
  "a %s lamp is told where its pixels are, in each view",
  async (state, code, channel) => {
    const scene = lit(state);
    const found = rows(lampLabels(scene, views)).filter(([feature]) => feature >= 0);
    expect(found.map(([feature]) => Math.floor(feature / FEATURES_PER_VIEW))).toEqual([0, 1]);
    for (const [n, [feature, told]] of found.entries()) {
      expect(told).toBe(code);
      const cell = feature % FEATURES_PER_VIEW;
      const [column, row] = await mostColoured(scene, views[n]!, channel);
      expect(Math.abs((cell % FEATURE_COLUMNS) - column!)).toBeLessThanOrEqual(1);
      expect(Math.abs(Math.floor(cell / FEATURE_COLUMNS) - row!)).toBeLessThanOrEqual(1);
    }
  },
);

test.each([
  ["behind the vehicle", lit("RED", -20)],
  ["seen from its back", lit("RED", 32, -3, 0)],
  ["dark", lit("OFF")],
  ["too far to be told apart", lit("RED", 200)],
])("a lamp %s is not told", (_, scene) => {
  expect(rows(lampLabels(scene, views)).every(([feature]) => feature === -1)).toBe(true);
});
