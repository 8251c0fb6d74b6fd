/**
 * How well does the expert drive? Rollouts of 40 s over many seeds with random instructions:
 * contacts, red lights, speed, answers by kind, cost per call. `node dist/bench/expert.js [worlds]`
 */
import { type Rollout, rollOutExpert } from "../src/expert/rollout.ts";
import { Random } from "../src/world/random.ts";

const worlds = Number(process.argv[2] ?? 200);
const instruct = process.argv[3] !== "plain";
const runs: Rollout[] = [];
const laterals = new Map<string, number>();
const longitudinals = new Map<string, number>();
const rationales = new Map<string, number>();
const answersSeen = new Map<string, number>();
const count = (map: Map<string, number>, key: string) => map.set(key, (map.get(key) ?? 0) + 1);
const startMs = performance.now();
for (let i = 0; i < worlds; i++)
  runs.push(
    rollOutExpert(1000 + i, new Random(1000 + i), 40, { instruct }, ({ label }) => {
      count(laterals, label.maneuver.lateral);
      count(longitudinals, label.maneuver.longitudinal);
      count(answersSeen, label.answer);
      for (const r of label.maneuver.rationale) count(rationales, r);
    }),
  );
const wallS = (performance.now() - startMs) / 1000;

const percent = (part: number, whole: number) =>
  whole === 0 ? "-" : `${((100 * part) / whole).toFixed(1)} %`;
const row = (name: string, value: string | number) => console.log(`${name.padEnd(34)} ${value}`);
for (const nominal of [true, false]) {
  const group = runs.filter((r) => r.world.plan.nominal === nominal);
  const hits = group.filter((r) => r.world.collision()?.egoCaused);
  const others = group.filter((r) => r.world.collision()?.egoCaused === false);
  const mean = (f: (r: Rollout) => number) =>
    (group.reduce((s, r) => s + f(r), 0) / Math.max(1, group.length)).toFixed(2);
  console.log(`\n${nominal ? "nominal" : "off-nominal"} starts: ${group.length} worlds`);
  row("contacts caused by ego", `${hits.length} (${percent(hits.length, group.length)})`);
  row("contacts caused by others", others.length);
  row(
    "red lights run",
    group.reduce((s, r) => s + r.ranRedCount, 0),
  );
  row(
    "mean speed, m/s",
    mean((r) => r.meanMps),
  );
  row(
    "mean cruise speed, m/s",
    mean((r) => r.cruiseMps),
  );
  row(
    "ticks > 1 m off all lanes",
    mean((r) => r.offLaneTicks),
  );
  row(
    "ticks braking > 4 m/s²",
    mean((r) => r.hardBrakeTicks),
  );
  for (const r of hits) {
    const c = r.world.collision();
    const where = `${r.world.plan.start} ${r.world.layout.roadClass}`;
    console.log(
      `  seed ${r.world.seed}: ${c?.kind} ${c?.withId} at ${r.world.timeS().toFixed(1)} s, ${where}`,
    );
  }
}

console.log("\ninstructions by kind: given ≥ 5 s, last answer DONE / refused / still accepted");
const kinds = new Map<string, { given: number; done: number; refused: number }>();
for (const run of runs.flatMap((r) => r.instructions)) {
  if (run.lastedS < 5) continue;
  const at = kinds.get(run.meaning.kind) ?? { given: 0, done: 0, refused: 0 };
  at.given++;
  const last = run.answers[run.answers.length - 1] ?? "";
  if (last === "DONE") at.done++;
  if (last.startsWith("REFUSED")) at.refused++;
  kinds.set(run.meaning.kind, at);
}
for (const [kind, k] of kinds)
  row(
    kind,
    `${k.given} given, ${k.done} done, ${k.refused} refused, ${k.given - k.done - k.refused} under way`,
  );
const ticks = runs.reduce((s, r) => s + r.ticks, 0);
for (const [name, map] of Object.entries({ laterals, longitudinals, rationales, answersSeen })) {
  const parts = [...map].sort((a, b) => b[1] - a[1]).map(([k, n]) => `${k} ${percent(n, ticks)}`);
  console.log(`\n${name}: ${parts.join(", ")}`);
}
console.log(
  `\n${ticks} ticks, ${((1e3 * wallS) / ticks).toFixed(3)} ms a tick (scene + label + step)`,
);
