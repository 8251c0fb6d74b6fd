import { appendFile, readFile } from "node:fs/promises";
import { ConfigError } from "../contract/errors.ts";

/**
 * Counters that were accepted before, over all runs of a vehicle: what was recorded once works never
 * again. Only messages with a valid signature come in here, so nobody else can make it grow.
 */
export class OverrideLedger {
  readonly #path: string;
  readonly #seen: Set<number>;
  readonly #say: (text: string) => void;
  #writing: Promise<void> = Promise.resolve();

  private constructor(path: string, seen: Set<number>, say: (text: string) => void) {
    this.#path = path;
    this.#seen = seen;
    this.#say = say;
  }

  /** @throws ConfigError OVERRIDE_LEDGER where the file is there and cannot be read. */
  static async open(path: string, say: (text: string) => void): Promise<OverrideLedger> {
    let text = "";
    try {
      text = await readFile(path, "utf8");
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== "ENOENT")
        throw new ConfigError(
          "OVERRIDE_LEDGER",
          `${path}: a readable file of used counters expected: ${String(cause)}`,
          { cause },
        );
    }
    // A line that a crash cut short is some other number; it bars nothing that matters.
    const counters = text.split("\n").filter((line) => /^\d+$/.test(line));
    return new OverrideLedger(path, new Set(counters.map(Number)), say);
  }

  has(counter: number): boolean {
    return this.#seen.has(counter);
  }

  /** Counts from now on; the file follows, because a stop must not wait for a disk. */
  add(counter: number): void {
    this.#seen.add(counter);
    this.#writing = this.#writing
      .then(() => appendFile(this.#path, `${counter}\n`, { mode: 0o600 }))
      .catch((error: unknown) =>
        this.#say(
          `override counter not kept: ${String(error)}; it is barred until the service ends`,
        ),
      );
  }

  /** Resolves when the file holds all that was added. */
  async flush(): Promise<void> {
    await this.#writing;
  }
}
