/** What the sides of the comparison with the Python peer share. */
import type { Proposal } from "../src/contract/maneuver.ts";

/** Said to both sides. */
export const INSTRUCTION = "follow the road";

/** What a side prints: one JSON line. Rate and CPU count from the end of the first tick. */
export type SideResult = {
  readonly ticks: number;
  readonly wall_s: number;
  readonly cpu_s: number;
  /** From one result handed to the broker to the next. */
  readonly tick_ms: readonly number[];
  /** Acknowledged by the broker. */
  readonly published: number;
  readonly peak_rss_mb: number;
  readonly versions: Readonly<Record<string, string>>;
};

/** Where the time of a tick goes, on both sides. */
export const STAGES = ["read", "decode", "pillars", "lift", "bev", "planner"] as const;
export type Stage = (typeof STAGES)[number];
/** CPU time of every tick after the first, each stage alone. */
export type StageTimes = { readonly stages_ms: Readonly<Record<Stage, readonly number[]>> };

/** The proposal as the peer publishes it, so that both sides write the same JSON. */
export function proposalJson(proposal: Proposal): Uint8Array {
  const { observationId, stampUs, answer, maneuver, trajectory, probabilities, tokens } = proposal;
  const { rationale, lateral, longitudinal, targetSpeedMps, gapM } = maneuver;
  const { xM, yM, yawRad, speedMps } = trajectory;
  return Buffer.from(
    JSON.stringify({
      observation_id: observationId,
      stamp_us: stampUs,
      answer,
      rationale,
      lateral,
      longitudinal,
      target_speed_mps: targetSpeedMps,
      gap_m: gapM ?? null,
      trajectory: { x_m: xM, y_m: yM, yaw_rad: yawRad, speed_mps: speedMps },
      probabilities,
      tokens,
    }),
  );
}

/** Counts ticks, wall and CPU time of this process from the end of its first tick. */
export class TickClock {
  readonly #tickMs: number[] = [];
  #first: { readonly ms: number; readonly cpuUs: number } | undefined;
  #last: { readonly ms: number; readonly cpuUs: number } | undefined;

  tick(): void {
    const { user, system } = process.cpuUsage();
    const now = { ms: performance.now(), cpuUs: user + system };
    if (this.#last) this.#tickMs.push(now.ms - this.#last.ms);
    this.#first ??= now;
    this.#last = now;
  }

  result(published: number, versions: Readonly<Record<string, string>>): SideResult {
    if (!this.#first || !this.#last) throw new Error("at least one tick expected, found none");
    return {
      ticks: this.#tickMs.length,
      wall_s: (this.#last.ms - this.#first.ms) / 1000,
      cpu_s: (this.#last.cpuUs - this.#first.cpuUs) / 1e6,
      tick_ms: this.#tickMs,
      published,
      peak_rss_mb: process.resourceUsage().maxRSS / 1024,
      versions: { node: process.versions.node, ...versions },
    };
  }
}
