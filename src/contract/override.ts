/** What a human may ask for over the wire (rule S01). */
export const OVERRIDE_KINDS = ["STOP", "RELEASE"] as const;
export type OverrideKind = (typeof OVERRIDE_KINDS)[number];

/** Why an override was refused; texts are in schemas/waywarden/v1/override.proto. */
export const OVERRIDE_REFUSALS = [
  "RETAINED",
  "MALFORMED",
  "FORGED",
  "REPLAYED",
  "STALE_NONCE",
] as const;
export type OverrideRefusal = (typeof OVERRIDE_REFUSALS)[number];

/** What the service says about overrides in its status. */
export type OverrideStatus = {
  /** A stop that a human asked for, over the wire or at the wheel, is in force. */
  readonly stopped: boolean;
  /** [16] bytes that a RELEASE has to answer; [0] while nothing is stopped. */
  readonly nonce: Uint8Array;
  /** Of the last override that was accepted. */
  readonly lastCounter?: number;
  /** From the reception of the last STOP to the decision that obeys it, wall time. */
  readonly reactionMs?: number;
  readonly acceptedCount: number;
  readonly refusals: readonly { readonly reason: OverrideRefusal; readonly count: number }[];
};
