import { WaywardenError } from "../../src/contract/errors.ts";
import { Random } from "../../src/world/random.ts";

/** One reader or codec under fire. */
export type FuzzTarget = {
  readonly name: string;
  /** Inputs out of a hundred thousand. */
  readonly share: number;
  /** Good inputs that mutations start from. */
  readonly corpus: readonly Uint8Array[];
  readonly mutate: (random: Random, input: Uint8Array, others: readonly Uint8Array[]) => Uint8Array;
  /**
   * Takes one input; gives the fault code it led to, or "ok". A thrown WaywardenError is an outcome
   * by its code; anything else thrown is a finding.
   */
  readonly run: (input: Uint8Array) => string | Promise<string>;
};

export type Outcome = {
  readonly code: string;
  readonly wallMs: number;
  /** Of the whole process; says more than wall time on a busy machine. */
  readonly cpuMs: number;
  /** What is wrong, where something is. */
  readonly finding?: string;
};

/** Input `index` of a target: a pure function of its three arguments. */
export function inputOf(target: FuzzTarget, seed: number, index: number): Uint8Array {
  const random = new Random(seed * 4_294_967_296 + index * 64 + hashOf(target.name));
  return target.mutate(random, random.pick(target.corpus), target.corpus);
}

const hashOf = (name: string): number =>
  [...name].reduce((h, c) => (h * 31 + c.charCodeAt(0)) % 61, 7);

const CPU_MAX_MS = 1000;
/** A wait without work; on a machine that does nothing else it would be a second too. */
const WALL_MAX_MS = 30_000;
const isSlow = ({ cpuMs, wallMs }: Outcome) => cpuMs > CPU_MAX_MS || wallMs > WALL_MAX_MS;

/** Runs one input. A slow one is tried again: the machine may be busy, code may be cold. */
export async function runInput(target: FuzzTarget, input: Uint8Array): Promise<Outcome> {
  let outcome = await timed(target, input);
  for (let n = 0; n < 2 && isSlow(outcome); n++) outcome = await timed(target, input);
  if (!isSlow(outcome) || outcome.finding) return outcome;
  const { wallMs, cpuMs } = outcome;
  return { ...outcome, finding: `took ${wallMs.toFixed(0)} ms, ${cpuMs.toFixed(0)} ms of CPU` };
}

async function timed(target: FuzzTarget, input: Uint8Array): Promise<Outcome> {
  const startMs = performance.now();
  const start = process.cpuUsage();
  const spent = () => {
    const { user, system } = process.cpuUsage(start);
    return { wallMs: performance.now() - startMs, cpuMs: (user + system) / 1000 };
  };
  try {
    const code = await target.run(input);
    return { code, ...spent() };
  } catch (error) {
    if (error instanceof WaywardenError && error.message.length > 10)
      return { code: error.code, ...spent() };
    const finding = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { code: "CRASH", finding, ...spent() };
  }
}
