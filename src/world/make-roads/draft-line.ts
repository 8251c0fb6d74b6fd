import type { OdrGeometry, OdrShape } from "../opendrive/model.ts";
import { type LinePose, poseAt } from "../opendrive/reference-line.ts";
import { joinPoses } from "./join-poses.ts";

/** A reference line that grows piece by piece; each piece starts where the one before ends. */
export type DraftLine = {
  readonly pieces: OdrGeometry[];
  end: LinePose;
  lengthM: number;
};

export const startLine = (pose: LinePose): DraftLine => ({ pieces: [], end: pose, lengthM: 0 });

function append(line: DraftLine, shape: OdrShape, lengthM: number): void {
  const { xM, yM, yawRad } = line.end;
  line.pieces.push({ sM: line.lengthM, xM, yM, yawRad, lengthM, shape });
  line.lengthM += lengthM;
  line.end = poseAt(line.pieces, line.lengthM);
}

export const addLine = (line: DraftLine, lengthM: number): void =>
  append(line, { kind: "LINE" }, lengthM);

export const addArc = (line: DraftLine, curvatureInvm: number, lengthM: number): void =>
  append(line, { kind: "ARC", curvatureInvm }, lengthM);

/** On to a pose, smoothly (see joinPoses); what follows starts there exactly. */
export function addJoin(line: DraftLine, to: LinePose): void {
  const pieces = joinPoses(line.end, to, line.lengthM);
  line.pieces.push(...pieces);
  const last = pieces.at(-1)!;
  line.lengthM = last.sM + last.lengthM;
  line.end = to;
}

/** Spiral, arc, spiral: a turn by that angle (left positive) from and to a straight line. */
export function addBend(line: DraftLine, radiusM: number, turnRad: number, spiralM: number): void {
  const k = Math.sign(turnRad) / radiusM;
  const arcM = Math.abs(turnRad) * radiusM - spiralM;
  const spiral = Math.max(1, arcM > 0 ? spiralM : Math.abs(turnRad) * radiusM);
  const peak = arcM > 0 ? k : turnRad / spiral;
  append(line, { kind: "SPIRAL", startInvm: 0, endInvm: peak }, spiral);
  if (arcM > 0) append(line, { kind: "ARC", curvatureInvm: k }, arcM);
  append(line, { kind: "SPIRAL", startInvm: peak, endInvm: 0 }, spiral);
}

/** Pose at a distance ahead (in a straight line) and to the left of another. */
export const poseFrom = (
  { xM, yM, yawRad }: LinePose,
  aheadM: number,
  leftM: number,
  turnRad = 0,
): LinePose => ({
  xM: xM + aheadM * Math.cos(yawRad) - leftM * Math.sin(yawRad),
  yM: yM + aheadM * Math.sin(yawRad) + leftM * Math.cos(yawRad),
  yawRad: yawRad + turnRad,
  curvatureInvm: 0,
});

/** The sharpest curvature of a line. 1/m */
export function sharpestInvm(pieces: readonly OdrGeometry[]): number {
  return Math.max(
    ...pieces.flatMap(({ sM, lengthM }) => [
      Math.abs(poseAt(pieces, sM).curvatureInvm),
      Math.abs(poseAt(pieces, sM + lengthM * (1 - 1e-9)).curvatureInvm),
    ]),
  );
}
