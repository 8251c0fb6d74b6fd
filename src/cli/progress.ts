import { Presets, SingleBar } from "cli-progress";
import type { Io } from "./io.ts";

/**
 * Lines with a bar below them on a terminal, plain lines elsewhere. The bar is erased before each
 * line, so that what is printed stays readable in a pipe and in a scroll-back.
 */
export class Progress {
  readonly #io: Io;
  readonly #bar: SingleBar | undefined;

  constructor(io: Io, total: number, what: string) {
    this.#io = io;
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

  stop(): void {
    this.#bar?.stop();
  }
}
