/**
 * `node dist/bench/fuzz.js [--inputs 200000] [--seed 1] [--state FILE]`: damaged inputs over every
 * reader and codec. Stopped and started again with the same --state it goes on where it was.
 * `--only TARGET:INDEX` runs one input again. Exit code 1 where something was found. With
 * `node --expose-gc` it also tells what is still reachable after each round: resident memory alone
 * cannot tell a leak from what the allocator keeps.
 */
import { existsSync, mkdtempSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { type Campaign, newCampaign, ROUNDS, runRound, tableOf } from "./fuzz/campaign.ts";
import { inputOf, runInput } from "./fuzz/target.ts";
import { fuzzTargets } from "./fuzz/targets.ts";

const HANG_MS = 60_000;
const aFolder = () => mkdtempSync(join(tmpdir(), "waywarden-fuzz-"));

type Job = {
  readonly campaign: Campaign;
  readonly hung: readonly string[];
  readonly at: Int32Array;
};

/** Runs rounds until the campaign ends; the main thread watches over it. */
async function work({ campaign, hung, at }: Job): Promise<void> {
  const targets = await fuzzTargets(aFolder());
  while (campaign.round < ROUNDS) {
    await runRound(
      targets,
      campaign,
      (target, index) => {
        at[0] = target;
        at[1] = index;
        Atomics.add(at, 2, 1);
      },
      (name, index) => hung.includes(`${name}:${index}`),
    );
    parentPort!.postMessage(campaign);
  }
}

async function watch(campaign: Campaign, statePath: string | undefined): Promise<Campaign> {
  const names = (await fuzzTargets(aFolder())).map((target) => target.name);
  const hung: string[] = [];
  let newest = campaign;
  for (;;) {
    const at = new Int32Array(new SharedArrayBuffer(12));
    const hang = await new Promise<string | undefined>((resolve, reject) => {
      const worker = new Worker(new URL(import.meta.url), {
        workerData: { campaign: newest, hung, at },
      });
      let seen = -1;
      const timer = setInterval(() => {
        const count = Atomics.load(at, 2);
        if (count === seen && count > 0)
          void worker.terminate().then(() => resolve(`${names[at[0]!]}:${at[1]}`));
        seen = count;
      }, HANG_MS);
      worker.on("message", (state: Campaign) => {
        newest = state;
        save(state, statePath);
      });
      worker.on("error", reject);
      worker.on("exit", () => {
        clearInterval(timer);
        resolve(undefined);
      });
    });
    if (hang === undefined) return newest;
    hung.push(hang);
    newest.findings.push(`${hang}: no end within ${HANG_MS} ms`);
  }
}

function save(campaign: Campaign, path: string | undefined): void {
  if (process.stderr.isTTY || campaign.round % 10 === 0)
    console.error(`round ${campaign.round}/${ROUNDS}, ${campaign.findings.length} findings`);
  if (path === undefined) return;
  writeFileSync(`${path}.new`, JSON.stringify(campaign));
  renameSync(`${path}.new`, path);
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      inputs: { type: "string", default: "200000" },
      seed: { type: "string", default: "1" },
      state: { type: "string" },
      only: { type: "string" },
    },
  });
  const seed = Number(values.seed);
  if (values.only !== undefined) {
    const [name, index] = values.only.split(":");
    const target = (await fuzzTargets(aFolder())).find((t) => t.name === name);
    if (!target) throw new Error(`a target expected, found ${name}`);
    console.log(await runInput(target, inputOf(target, seed, Number(index))));
    return;
  }
  const known = values.state !== undefined && existsSync(values.state);
  const campaign = known
    ? (JSON.parse(readFileSync(values.state!, "utf8")) as Campaign)
    : newCampaign(seed, Number(values.inputs));
  const done = await watch(campaign, values.state);
  console.log(tableOf(done));
  for (const finding of done.findings) console.log(`- ${finding}`);
  process.exitCode = done.findings.length > 0 ? 1 : 0;
}

if (isMainThread) await main();
else await work(workerData as Job);
