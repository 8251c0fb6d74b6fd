import { codecTargets } from "./codec-targets.ts";
import { fileTargets } from "./file-targets.ts";
import { roadTargets } from "./road-targets.ts";
import { sensorTargets } from "./sensor-targets.ts";
import { type FuzzTarget, runInput } from "./target.ts";

/** Everything that takes bytes from outside, warmed up. `dir` is an empty folder to write in. */
export async function fuzzTargets(dir: string): Promise<readonly FuzzTarget[]> {
  const targets = [
    ...codecTargets(),
    ...roadTargets(),
    ...(await sensorTargets()),
    ...(await fileTargets(dir)),
  ];
  for (const target of targets) for (const good of target.corpus) await runInput(target, good);
  return targets;
}
