import { createHash } from "node:crypto";
import { type Decision, MODES } from "../contract/decision.ts";
import type { Maneuver } from "../contract/maneuver.ts";
import { decisionBytesForCompare } from "../wire/decision-codec.ts";
import type { RecordedDecision, Recording } from "./read-recording.ts";

export const FLIP_KINDS = ["mode", "verdict", "lateral", "longitudinal", "target_speed"] as const;
export type FlipKind = (typeof FLIP_KINDS)[number];

/** One tick that two runs decided otherwise. */
export type Flip = {
  readonly atS: number;
  readonly stampUs: number;
  readonly kinds: readonly FlipKind[];
  /** What each run decided, in words. */
  readonly a: string;
  readonly b: string;
  /** From the rules, proposals and faults of both. */
  readonly why: string;
};

export type Comparison = {
  /** sha256 over all decisions without their wall times, as in a replay's summary. */
  readonly hashes: { readonly a: string; readonly b: string };
  readonly identical: boolean;
  /** Ticks that both runs decided. */
  readonly ticks: number;
  readonly onlyInA: number;
  readonly onlyInB: number;
  readonly flips: readonly Flip[];
  readonly flipsByKind: Readonly<Record<FlipKind, number>>;
  /** Ticks at which B is in a freer, or a stricter mode than A. */
  readonly freer: number;
  readonly stricter: number;
};

/** Hash of a run while its decisions go by. */
async function* hashed(recording: Recording, done: (hash: string) => void) {
  const hash = createHash("sha256");
  for await (const found of recording.decisions()) {
    const bytes = decisionBytesForCompare(found.decision);
    hash.update(`${bytes.length}\n`).update(bytes);
    yield found;
  }
  done(hash.digest("hex"));
}

/** Walks both runs by the stamps of their observations; holds the flips, never the runs. */
export async function compareRuns(
  a: Recording,
  b: Recording,
  speedToleranceMps: number,
): Promise<Comparison> {
  const hashes = { a: "", b: "" };
  const [left, right] = [
    hashed(a, (hash) => Object.assign(hashes, { a: hash })),
    hashed(b, (hash) => Object.assign(hashes, { b: hash })),
  ];
  const flips: Flip[] = [];
  const counts = { ticks: 0, onlyInA: 0, onlyInB: 0, freer: 0, stricter: 0 };
  let [inA, inB] = [await next(left), await next(right)];
  while (inA || inB) {
    const order = !inA ? 1 : !inB ? -1 : stampOf(inA) - stampOf(inB);
    if (order < 0) counts.onlyInA++;
    if (order > 0) counts.onlyInB++;
    if (order === 0 && inA && inB) {
      counts.ticks++;
      const step = MODES.indexOf(inB.decision.mode) - MODES.indexOf(inA.decision.mode);
      if (step < 0) counts.freer++;
      if (step > 0) counts.stricter++;
      const flip = flipOf(inA, inB.decision, speedToleranceMps);
      if (flip) flips.push(flip);
    }
    if (order <= 0) inA = await next(left);
    if (order >= 0) inB = await next(right);
  }
  const byKind = FLIP_KINDS.map((kind) => [
    kind,
    flips.filter(({ kinds }) => kinds.includes(kind)).length,
  ]);
  return {
    hashes,
    identical: hashes.a === hashes.b,
    ...counts,
    flips,
    flipsByKind: Object.fromEntries(byKind) as Record<FlipKind, number>,
  };
}

const stampOf = ({ decision }: RecordedDecision): number => decision.observationStampUs;
const next = async (run: AsyncGenerator<RecordedDecision>) => {
  const { value, done } = await run.next();
  return done === true ? undefined : value;
};

function flipOf({ atS, decision: a }: RecordedDecision, b: Decision, toleranceMps: number) {
  const differs: Readonly<Record<FlipKind, boolean>> = {
    mode: a.mode !== b.mode,
    verdict: a.verdict !== b.verdict,
    lateral: a.maneuver.lateral !== b.maneuver.lateral,
    longitudinal: a.maneuver.longitudinal !== b.maneuver.longitudinal,
    target_speed:
      Math.abs(a.maneuver.targetSpeedMps - b.maneuver.targetSpeedMps) > toleranceMps + 1e-9,
  };
  const kinds = FLIP_KINDS.filter((kind) => differs[kind]);
  if (kinds.length === 0) return undefined;
  const words = [textOf(a), textOf(b)] as const;
  return { atS, stampUs: a.observationStampUs, kinds, a: words[0], b: words[1], why: whyOf(a, b) };
}

const maneuverText = ({ lateral, longitudinal, targetSpeedMps }: Maneuver): string =>
  `${lateral} ${longitudinal} ${targetSpeedMps.toFixed(1)} m/s`;
const textOf = ({ mode, verdict, maneuver }: Decision): string =>
  `${mode} ${verdict} ${maneuverText(maneuver)}`;

/** What one run had and the other had not: inputs first, then the planner, then the rules. */
function whyOf(a: Decision, b: Decision): string {
  const reasons = [
    ...onlyInOne(faultsOf(a), faultsOf(b)),
    ...proposals(a, b),
    ...onlyInOne(hitsOf(a), hitsOf(b)),
  ];
  return reasons.join("; ") || "the rules' memory of earlier ticks";
}

const faultsOf = ({ faults }: Decision) =>
  new Map(faults.map(({ code, source }) => [`${code}${source ?? ""}`, `${code} ${source ?? ""}`]));
const hitsOf = ({ hits }: Decision) =>
  new Map(
    hits.map(({ rule, mode, detail, value, limit, unit }) => [
      `${rule}${mode}`,
      `${rule} ${detail} (${Number(value.toFixed(2))}, limit ${Number(limit.toFixed(2))} ${unit})`,
    ]),
  );

const onlyInOne = (a: ReadonlyMap<string, string>, b: ReadonlyMap<string, string>): string[] => [
  ...missingInOther("A", a, b),
  ...missingInOther("B", b, a),
];

const missingInOther = (
  name: string,
  mine: ReadonlyMap<string, string>,
  theirs: ReadonlyMap<string, string>,
): string[] =>
  [...mine].filter(([key]) => !theirs.has(key)).map(([, text]) => `${name}: ${text.trim()}`);

function proposals(a: Decision, b: Decision): string[] {
  const of = ({ proposedManeuver: proposed }: Decision) =>
    proposed ? `${maneuverText(proposed)} (${proposed.rationale[0]})` : "nothing";
  return of(a) === of(b) ? [] : [`proposed ${of(a)} in A, ${of(b)} in B`];
}
