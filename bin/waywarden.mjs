#!/usr/bin/env -S node --single-threaded-gc --always-sparkplug
// Both cores are busy with networks and sensing; helper threads of the garbage collector would only
// take them turns (replay 1.58 against 1.79 × real time on two cores).
import { existsSync } from "node:fs";
import { setFlagsFromString } from "node:v8";

// Twice V8's own patience before a function is optimized. In a drive of seconds, optimizing what is warm
// rather than hot takes more time of the cores than it gives back (75.6 against 70.9 ms of CPU a decision).
// Set here and not in the first line, where a flag that a later Node has dropped would end the start.
// A dataset is written for minutes or hours: what is warm there will be hot.
if (process.argv[2] !== "dataset") setFlagsFromString("--interrupt-budget=300000");

const main = new URL("../dist/src/cli/main.js", import.meta.url);
if (existsSync(main)) {
  await import(main.href);
} else {
  process.stderr.write(
    "error[NOT_BUILT]: dist/src/cli/main.js expected, found none; run `node bin/bootstrap.mjs build` first\n",
  );
  process.exitCode = 1;
}
