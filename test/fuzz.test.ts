/** A few thousand damaged inputs over every reader and codec; `bench/fuzz.ts` runs the long campaign. */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { newCampaign, ROUNDS, runRound } from "../bench/fuzz/campaign.ts";
import { mutateBytes } from "../bench/fuzz/mutate.ts";
import { type FuzzTarget, inputOf, runInput } from "../bench/fuzz/target.ts";
import { fuzzTargets } from "../bench/fuzz/targets.ts";
import { WireError } from "../src/contract/errors.ts";

const INPUTS = Number(process.env.WAYWARDEN_FUZZ_INPUTS ?? 1000);
const SEED = 1;
/** Some seconds of work; how long that takes is no finding. */
const PATIENCE_MS = 900_000;

test("damaged inputs end in a coded error or fault: no crash, no hang", {
  timeout: PATIENCE_MS,
}, async () => {
  const targets = await fuzzTargets(mkdtempSync(join(tmpdir(), "waywarden-fuzz-")));
  const findings: string[] = [];
  for (const target of targets) {
    const codes = new Map<string, number>();
    const count = Math.ceil((target.share / 100_000) * INPUTS);
    for (let index = 0; index < count; index++) {
      const outcome = await runInput(target, inputOf(target, SEED, index));
      codes.set(outcome.code, (codes.get(outcome.code) ?? 0) + 1);
      if (outcome.finding) findings.push(`${target.name} ${SEED}:${index}: ${outcome.finding}`);
    }
    const refused = [...codes.keys()].some((code) => code !== "ok");
    expect(refused || target.name === "tf", target.name).toBe(true);
  }
  expect(findings).toEqual([]);
});

describe("the campaign itself", () => {
  const aTarget = (run: FuzzTarget["run"]): FuzzTarget => ({
    ...{ name: "toy", share: 100_000, mutate: mutateBytes, run },
    corpus: [Uint8Array.from({ length: 50 }, (_, i) => i)],
  });
  const runAll = async (target: FuzzTarget, inputs: number, stopAt = ROUNDS) => {
    let campaign = newCampaign(3, inputs);
    while (campaign.round < ROUNDS) {
      await runRound(
        [target],
        campaign,
        () => {},
        () => false,
      );
      if (campaign.round === stopAt) campaign = JSON.parse(JSON.stringify(campaign));
    }
    return campaign;
  };

  test("finds what throws anything but a WaywardenError, and counts the rest by code", async () => {
    const campaign = await runAll(
      aTarget((input) => {
        if (input.length === 50) throw new TypeError("fifty bytes");
        if (input.length < 50) throw new WireError("WIRE_SHORT", "more bytes expected, found few");
        return "ok";
      }),
      300,
    );
    const { codes, inputs } = campaign.targets.toy!;
    expect(inputs).toBe(300);
    expect(Object.keys(codes).sort()).toEqual(["CRASH", "WIRE_SHORT", "ok"]);
    expect(campaign.findings).toHaveLength(codes.CRASH!);
    expect(campaign.findings[0]).toMatch(/^toy 3:\d+: TypeError: fifty bytes/);
  });

  test("gives the same inputs again, also where it was stopped and goes on", async () => {
    const seen: string[][] = [[], []];
    for (const [n, stopAt] of [ROUNDS, 40].entries())
      await runAll(
        aTarget((input) => `${seen[n]!.push(Buffer.from(input).toString("hex")) > 0}`),
        250,
        stopAt,
      );
    expect(seen[0]).toHaveLength(250);
    expect(seen[1]).toEqual(seen[0]);
    expect(new Set(seen[0]).size).toBeGreaterThan(150);
  });

  test("leaves the good inputs as they are", () => {
    const target = aTarget(() => "ok");
    const before = target.corpus[0]!.slice();
    for (let index = 0; index < 500; index++) inputOf(target, 1, index);
    expect(target.corpus[0]).toEqual(before);
  });
});
