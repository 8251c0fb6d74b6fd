import type { Route } from "../contract/observation.ts";

/** Holds the newest instruction until the next tick takes it. */
export class InstructionInbox {
  readonly #say: (text: string) => void;
  #route: Route | undefined;

  constructor(say: (text: string) => void) {
    this.#say = say;
  }

  put(route: Route): void {
    this.#route = route;
    this.#say(`instruction received: "${route.text}"`);
  }

  take(): Route | undefined {
    const route = this.#route;
    this.#route = undefined;
    return route;
  }
}
