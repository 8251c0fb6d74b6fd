import { Presets, SingleBar } from "cli-progress";
import type { Io } from "./io.ts";

/**
 * Lines with a bar below them on a terminal, plain lines elsewhere. The bar is erased before each
 * line, so that what is printed stays readable in a pipe and in a scroll-back.
 */
export class Progress {
  readonly #io: Io;
  readonly #bar: SingleBar | undefined;
  readonly #total: number;
  readonly #what: string;
  #quarter = 0;

  constructor(io: Io, total: number, what: string) {
    this.#io = io;
    this.#total = total;
    this.#what = what;
    if (!io.isTerminal) return;
    this.#bar = new SingleBar(
      {
        format: `${what} {bar} {percentage}% {value}/{total} eta {eta_formatted}`,
        clearOnComplete: true,
        hideCursor: true,
      },
      Presets.shades_grey,
    );
    this.#bar.start(total, 0);
  }

  /** Prints through `print`, then shows the bar again. */
  line(text: string, print: (line: string) => void = this.#io.say): void {
    if (this.#bar) process.stderr.write("\r\u001b[K");
    print(text);
    this.#bar?.render();
  }

  update(done: number): void {
    this.#bar?.update(done);
  }

  /** As update, and without a terminal one line for each quarter; for work that prints no lines. */
  updateAloud(done: number): void {
    this.update(done);
    const quarter = Math.floor((4 * done) / this.#total);
    if (this.#bar || quarter === this.#quarter) return;
    this.#quarter = quarter;
    this.#io.say(`${this.#what}: ${25 * quarter} %`);
  }

  stop(): void {
    this.#bar?.stop();
  }
}
