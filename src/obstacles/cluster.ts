import type { Strength } from "./noise.ts";
import type { Box, Hull } from "./outline.ts";

/** What one sweep shows of one thing; all in ego. */
export type Cluster = {
  /** Range of the point order that holds its points. */
  readonly from: number;
  readonly to: number;
  readonly strength: Strength;
  /** Tile of a wall, hedge or building front; undefined for what may be a road user. */
  readonly tileKey: number | undefined;
  readonly hull: Hull;
  readonly box: Box;
  readonly zMinM: number;
  readonly zMaxM: number;
  /** The edge at lower (right) or higher (left) azimuth is hidden by something nearer. */
  readonly rightHidden: boolean;
  readonly leftHidden: boolean;
  /** A small piece next to a structure: likely a part of it that a few rays meet. */
  readonly besideStructure: boolean;
};
