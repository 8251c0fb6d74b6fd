import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { ConfigError } from "../../contract/errors.ts";
import type { RunResult } from "./result.ts";

/** What a results file is of; a file of another plan is not gone on with. */
export type PlanHead = Readonly<Record<string, string | number | boolean>>;

/**
 * Results as JSON lines: the plan, then one line for each finished run, on the disk before the next run
 * counts. A line that was cut off by a crash is taken away at the next start.
 */
export class ResultsFile {
  readonly #path: string;
  readonly #head: string;
  readonly #results = new Map<string, RunResult>();
  #fd: number | undefined;

  private constructor(path: string, head: PlanHead) {
    this.#path = path;
    this.#head = JSON.stringify({ plan: head });
  }

  /** Begins a file, or with `resume` goes on with one. @throws ConfigError RESULTS_EXIST, RESULTS_DIFFER, RESULTS_DAMAGED */
  static open(path: string, head: PlanHead, resume: boolean): ResultsFile {
    const file = new ResultsFile(path, head);
    if (existsSync(path)) {
      if (!resume)
        throw new ConfigError(
          "RESULTS_EXIST",
          `${path}: no file expected, found one (--resume goes on with it)`,
        );
      file.#readBack();
    } else {
      writeFileSync(path, `${file.#head}\n`);
    }
    return file;
  }

  get done(): ReadonlyMap<string, RunResult> {
    return this.#results;
  }

  /** Writes one run and waits until the disk has it. */
  add(result: RunResult): void {
    this.#results.set(result.key, result);
    this.#fd ??= openSync(this.#path, "a");
    writeSync(this.#fd, `${JSON.stringify(result)}\n`);
    fsyncSync(this.#fd);
  }

  /** Puts the lines in the order of the plan, so that the bytes do not tell who finished first. */
  finish(keys: readonly string[]): RunResult[] {
    const ordered = keys.flatMap((key) => this.#results.get(key) ?? []);
    const text = [this.#head, ...ordered.map((r) => JSON.stringify(r))].join("\n");
    this.close();
    const part = `${this.#path}.part`;
    const fd = openSync(part, "w");
    writeSync(fd, `${text}\n`);
    fsyncSync(fd);
    closeSync(fd);
    renameSync(part, this.#path);
    return ordered;
  }

  close(): void {
    if (this.#fd !== undefined) closeSync(this.#fd);
    this.#fd = undefined;
  }

  #readBack(): void {
    const text = readFileSync(this.#path, "utf8");
    const whole = text.slice(0, text.lastIndexOf("\n") + 1);
    const [head, ...lines] = whole.split("\n");
    if (head !== this.#head)
      throw new ConfigError(
        "RESULTS_DIFFER",
        `${this.#path}: results of ${this.#head} expected, found ${head === "" ? "an empty file" : head}`,
      );
    lines.forEach((line, i) => {
      if (line === "") return;
      const result = parseLine(line);
      if (result === undefined)
        throw new ConfigError(
          "RESULTS_DAMAGED",
          `${this.#path}, line ${i + 2}: a run as JSON expected, found ${line.slice(0, 40)}`,
        );
      this.#results.set(result.key, result);
    });
    truncateSync(this.#path, Buffer.byteLength(whole));
  }
}

function parseLine(line: string): RunResult | undefined {
  try {
    const value = JSON.parse(line) as RunResult;
    return typeof value.key === "string" && typeof value.end === "string" ? value : undefined;
  } catch {
    return undefined;
  }
}
