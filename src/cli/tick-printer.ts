import type { SourceInfo } from "../ingest/source.ts";
import type { Tick } from "../service/pipeline.ts";
import { formatDecision } from "./format.ts";
import type { Io } from "./io.ts";
import { Progress } from "./progress.ts";

/** Prints a replay as it goes: one line per decision, a bar below them on a terminal. */
export class TickPrinter {
  readonly #io: Io;
  readonly #print: (line: string) => void;
  #progress: Progress | undefined;
  #firstUs: number | undefined;

  constructor(io: Io, print: (line: string) => void) {
    this.#io = io;
    this.#print = print;
  }

  start(info: SourceInfo): void {
    const ticks = Math.round((info.endUs - info.startUs) / info.periodUs);
    this.#progress = new Progress(this.#io, ticks, info.name);
  }

  tick({ decision, observation }: Tick): void {
    this.#firstUs ??= observation.stampUs;
    this.#progress?.update(observation.id + 1);
    this.line(formatDecision(decision, this.#firstUs), this.#print);
  }

  line(text: string, print: (line: string) => void = this.#io.say): void {
    if (this.#progress) this.#progress.line(text, print);
    else print(text);
  }

  stop(): void {
    this.#progress?.stop();
    this.#progress = undefined;
  }
}
