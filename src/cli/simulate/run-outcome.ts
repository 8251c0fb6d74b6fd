import type { RunResult } from "../../scenario/run/result.ts";

/** What became of the recording of a run. */
export type RecordingNote = {
  /** Where it belongs; until its run counts it stands beside, at `partOf(path)`. */
  readonly path: string;
  /** Why it is not there, or ends before its run does. */
  readonly trouble?: string;
};

/** A run that was driven, or one that the way between world and driver has cost. */
export type RunOutcome =
  | { readonly key: string; readonly result: RunResult; readonly recording?: RecordingNote }
  | { readonly key: string; readonly lost: string };
