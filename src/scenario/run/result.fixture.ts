import type { RunResult } from "./result.ts";

/** A clean, complete run. */
export const aResult = (more: Partial<RunResult> = {}): RunResult => ({
  key: "town route 1",
  world: "town",
  seed: 1,
  driver: "expert",
  end: "COMPLETED",
  durationS: 60,
  routeM: 400,
  completedRatio: 1,
  meanMps: 7,
  paceRatio: 0.9,
  infractions: [],
  collisions: [],
  offRouteRatio: 0,
  offRoadRatio: 0,
  wrongLaneRatio: 0,
  rssRatio: 0.01,
  minSpeedRatio: 1,
  scores: { "leaderboard-1.0": 100, "leaderboard-2.1": 100, pdms: 0.95 },
  ...more,
});
