import type { Scene } from "../contract/scene.ts";

/** What somebody at the wheel is given: a true BevState, words, and the speed to drive at. */
export type WheelView = {
  readonly scene: Scene;
  /** As rasterizeBev makes it. */
  readonly bev: Uint8Array;
  readonly text: string;
  readonly givenUs: number;
  readonly cruiseMps: number;
};

/**
 * Somebody else than the expert at the wheel, so that samples show where it comes to; the labels stay the
 * expert's. The same views give the same control.
 */
export type Wheel = {
  /** Which model it is, for the data card. */
  readonly name: string;
  /** A new world begins. */
  readonly reset: () => void;
  /** undefined where it cannot say: the expert drives on. */
  readonly drive: (
    view: WheelView,
  ) => Promise<{ readonly accelMps2: number; readonly curvatureInvm: number } | undefined>;
};
