import type { SimulateFlags } from "./plan.ts";

/** Two runs of the model on country roads, with what a command line leaves to defaults. */
export const flagsOf = (change: Partial<SimulateFlags> = {}): SimulateFlags => ({
  random: "RURAL",
  driver: "model",
  via: "direct",
  broker: "embedded",
  safety: "on",
  words: "train",
  bev: "perceived",
  seed: 3,
  count: 2,
  jobs: 1,
  period: 100,
  length: 200,
  density: 12,
  blind: 0,
  results: "unused.jsonl",
  ...change,
});
