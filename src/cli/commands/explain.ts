import type { Command } from "commander";
import type { Decision } from "../../contract/decision.ts";
import type { FoundDecision } from "../../record/find-decision.ts";
import { findDecision } from "../../record/find-decision.ts";
import { openRecording } from "../../record/read-recording.ts";
import { SEQUENTIAL_SLOTS } from "../../tokens/vocabulary.ts";
import type { Io } from "../io.ts";
import * as parse from "../options.ts";

type ExplainFlags = { readonly at: number; readonly json?: true };

/** `waywarden explain <recording> --at 12.3`: one sentence, and the numbers behind it. */
export function registerExplain(program: Command, io: Io): void {
  program
    .command("explain")
    .description("say why a recorded decision was taken, with the numbers behind it")
    .argument("<recording>", "file written by --record")
    .requiredOption("--at <seconds>", "time as replay prints it", parse.seconds)
    .option("--json", "print the decision as one JSON line")
    .action(async (path: string, flags: ExplainFlags) => {
      const recording = await openRecording(path);
      try {
        const found = await findDecision(recording, flags.at);
        if (flags.json) io.out(JSON.stringify(found));
        else for (const line of explain(found)) io.out(line);
      } finally {
        await recording.close();
      }
    });
}

const fixed = (value: number, digits = 2): string => String(Number(value.toFixed(digits)));

/** The sentence is the decision's own; each line below shows what it was made of. */
export function explain({ atS, decision, before }: FoundDecision): string[] {
  const { mode, verdict, sentence, maneuver, hits, faults } = decision;
  const reasons = maneuver.rationale.filter((cause) => cause !== "NONE").join(", ");
  const lines: [string, string][] = [
    ["maneuver", `${maneuver.lateral} ${maneuver.longitudinal}${reasons ? `: ${reasons}` : ""}`],
    ["speed", speedText(decision)],
    ["proposed", proposedText(decision)],
    ...(decision.answer === "NONE"
      ? []
      : [["answer", `${decision.answer}: ${decision.answerDetail}`] as [string, string]]),
    ...hits.map(({ rule, mode: asked, value, limit, unit, detail }): [string, string] => [
      `rule ${rule}`,
      `${detail}: ${fixed(value)}, limit ${fixed(limit)} ${unit} → ${asked}`,
    ]),
    ...(hits.length === 0 ? [["rules", "none spoke"] as [string, string]] : []),
    ...faults.map(({ code, detail }): [string, string] => ["fault", `${code}: ${detail}`]),
    ["sure of", sureText(decision)],
    [
      "inputs",
      decision.ages.map(({ name, ageUs }) => `${name} ${fixed(ageUs / 1000, 0)} ms`).join(", ") ||
        "none",
    ],
    ["took", `${fixed(decision.timing.totalMs, 1)} ms`],
    ...(before ? [["before", changeText(before, decision)] as [string, string]] : []),
  ];
  return [
    `${atS.toFixed(1)} s  ${mode}  ${verdict}  (decision ${decision.id})`,
    sentence,
    ...lines.map(([name, text]) => `${name.padEnd(9)} ${text}`),
  ];
}

function speedText({ egoSpeedMps, maneuver, accelLimitMps2, trajectory }: Decision): string {
  const now = egoSpeedMps === undefined ? "unknown" : `${fixed(egoSpeedMps)} m/s`;
  const gap = maneuver.gapM === undefined ? "" : `, gap ${fixed(maneuver.gapM, 1)} m`;
  const first = fixed(trajectory.accelMps2[0] ?? 0);
  return `${now} now, ${fixed(maneuver.targetSpeedMps)} m/s asked for${gap}; ${first} m/s² first, at most ${fixed(accelLimitMps2)} m/s²`;
}

function proposedText({ proposedManeuver: asked }: Decision): string {
  if (!asked) return "nothing usable";
  return `${asked.lateral} ${asked.longitudinal} ${fixed(asked.targetSpeedMps)} m/s: ${asked.rationale[0]}`;
}

const sureText = ({ probabilities }: Decision): string =>
  SEQUENTIAL_SLOTS.flatMap((slot, i) => {
    const probability = probabilities[i];
    return probability === undefined ? [] : [`${slot} ${fixed(probability)}`];
  }).join(", ") || "no proposal";

function changeText(before: Decision, now: Decision): string {
  const pairs: [string, string, string][] = [
    ["mode", before.mode, now.mode],
    ["verdict", before.verdict, now.verdict],
    ["lateral", before.maneuver.lateral, now.maneuver.lateral],
    ["longitudinal", before.maneuver.longitudinal, now.maneuver.longitudinal],
    ["target", fixed(before.maneuver.targetSpeedMps), fixed(now.maneuver.targetSpeedMps)],
  ];
  const changed = pairs.filter(([, from, to]) => from !== to);
  return changed.map(([name, from, to]) => `${name} ${from} → ${to}`).join(", ") || "the same";
}
