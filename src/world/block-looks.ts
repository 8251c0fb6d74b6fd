import type { SceneBlock } from "../contract/scene.ts";
import type { Random } from "./random.ts";

type Kind = SceneBlock["kind"];

/** Length, width, height and the room between a block and the edge of the road, m. */
export type BlockSize = {
  readonly l: number;
  readonly w: number;
  readonly h: number;
  readonly back: number;
};

/** A size for a kind; buildings stand up to `buildingBackM` back. */
export function drawBlockSize(rng: Random, kind: Kind, buildingBackM: number): BlockSize {
  if (kind === "BUILDING") {
    const [l, w, h] = [rng.range(8, 26), rng.range(7, 14), rng.range(4, 22)];
    return { l, w, h, back: rng.range(1, buildingBackM) };
  }
  if (kind === "TREE") return { l: 0.5, w: 0.5, h: rng.range(4, 11), back: rng.range(0.6, 6) };
  if (kind === "BUSH")
    return {
      l: rng.range(0.8, 6),
      w: rng.range(0.6, 2.2),
      h: rng.range(0.4, 2.2),
      back: rng.range(0.3, 5),
    };
  return { l: 0.22, w: 0.22, h: rng.range(3, 8), back: 0.5 };
}

/** A colour for a kind. */
export function drawBlockColour(rng: Random, kind: Kind): [number, number, number] {
  if (kind === "TREE" || kind === "BUSH")
    return [rng.int(60, 95), rng.int(60, 90), rng.int(35, 55)];
  if (kind === "POLE") return [110, 112, 116];
  const base = rng.int(90, 215);
  return [base, base - rng.int(0, 30), base - rng.int(0, 50)];
}
