/**
 * How Node runs where a dataset is written; V8 takes them only at the start of a process. Young objects get
 * 16 MiB before the first of them are looked through: a scene's are dead by then, and only what lives costs
 * time. Threads of the garbage collector would take turns from the other jobs.
 */
export const DATASET_NODE_FLAGS: readonly string[] = [
  "--single-threaded-gc",
  "--min-semi-space-size=16",
  "--max-semi-space-size=64",
];
