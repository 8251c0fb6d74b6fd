import { expect, test } from "vitest";
import { BEV_SPEC } from "../contract/bev.ts";
import type { CameraIntrinsics } from "../contract/observation.ts";
import type { Se3 } from "../contract/se3.ts";
import { cellOf } from "../geometry/bev-index.ts";
import { projectPoint } from "../geometry/camera.ts";
import {
  BODY_FROM_OPTICAL,
  compose,
  fromYawPitchRoll,
  invert,
  transformPoint,
} from "../geometry/se3.ts";
import { FEATURES_PER_VIEW, LIFT_CELLS, LIFT_HEIGHTS_M, liftTableInto } from "./lift-table.ts";
import { planViews, VIEW_HEIGHT_PX, VIEW_WIDTH_PX } from "./views.ts";

const K: CameraIntrinsics = {
  widthPx: 960,
  heightPx: 540,
  fxPx: 900,
  fyPx: 900,
  cxPx: 479.5,
  cyPx: 269.5,
};

function aCamera(yawRad: number, pitchRad = 0) {
  const mount: Se3 = compose(
    fromYawPitchRoll(yawRad, pitchRad, 0, [1.5, 0, 1.6]),
    BODY_FROM_OPTICAL,
  );
  return { camera: { intrinsics: K, mountEgoFromCamera: mount }, egoFromCamera: mount };
}

test("a forward camera gives its band and a magnified centre crop, others only the band", () => {
  const views = planViews([aCamera(Math.PI / 2), aCamera(0.02), aCamera(Math.PI)]);
  expect(views.map((v) => v.imageIndex)).toEqual([0, 1, 2, 1]);
  expect(views[3]!.intrinsics.fxPx / views[1]!.intrinsics.fxPx).toBeCloseTo(2.75, 1);
});

test("the horizon lies at the same row whatever the pitch", () => {
  for (const pitchRad of [-0.08, 0, 0.1]) {
    const [view] = planViews([aCamera(0, pitchRad)]);
    const far = transformPoint(view!.cameraFromEgo, [1e5, 0, 1.6]);
    const pixel = projectPoint(view!.intrinsics, ...far)!;
    expect(pixel.vPx).toBeCloseTo(0.4 * VIEW_HEIGHT_PX, -0.5);
  }
});

test("a view's intrinsics project like the source picture, cut and resized", () => {
  const [view] = planViews([aCamera(0)]);
  const p = transformPoint(view!.cameraFromEgo, [25, 3, 0]);
  const source = projectPoint(K, ...p)!;
  const found = projectPoint(view!.intrinsics, ...p)!;
  const { region } = view!;
  expect(found.uPx + 0.5).toBeCloseTo(
    ((source.uPx + 0.5 - region.leftPx) * VIEW_WIDTH_PX) / region.widthPx,
    6,
  );
  expect(found.vPx + 0.5).toBeCloseTo(
    ((source.vPx + 0.5 - region.topPx) * VIEW_HEIGHT_PX) / region.heightPx,
    6,
  );
});

test("the lift table points to the feature where the cell is seen, and to none behind", () => {
  const views = planViews([aCamera(0)]);
  const out = new Int32Array(LIFT_HEIGHTS_M.length * LIFT_CELLS);
  liftTableInto(views, out);
  const none = views.length * FEATURES_PER_VIEW;
  const cell = cellOf(BEV_SPEC, 12.5, 2.5);
  const p = transformPoint(views[0]!.cameraFromEgo, [12.5, 2.5, 0.7]);
  const pixel = projectPoint(views[0]!.intrinsics, ...p)!;
  const expected = Math.floor((pixel.vPx + 0.5) / 8) * 40 + Math.floor((pixel.uPx + 0.5) / 8);
  expect(out[LIFT_CELLS + cell]).toBe(expected);
  expect(out[cellOf(BEV_SPEC, -10.5, 0.5)]).toBe(none);
});

test("of two views the one with more pixels per metre is taken: the crop far ahead", () => {
  const views = planViews([aCamera(0)]);
  const out = new Int32Array(LIFT_HEIGHTS_M.length * LIFT_CELLS);
  liftTableInto(views, out);
  const view = Math.floor(out[2 * LIFT_CELLS + cellOf(BEV_SPEC, 60.5, 0.5)]! / FEATURES_PER_VIEW);
  expect(view).toBe(1);
});

test("ego motion between image and observation moves the lookup", () => {
  const camera = aCamera(0);
  const moved: Se3 = { r: camera.egoFromCamera.r, t: [-0.5, 0, 1.6] };
  const still = planViews([camera])[0]!;
  const shifted = planViews([{ ...camera, egoFromCamera: moved }])[0]!;
  expect(invert(shifted.cameraFromEgo).t[0]).toBeCloseTo(-0.5, 9);
  expect(still.region).toEqual(shifted.region);
});
