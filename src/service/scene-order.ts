import type { SceneMessage, SceneRefusalReason } from "../contract/scene-exchange.ts";

/** From one Scene to the next, in simulated time. */
const STEP_MAX_US = 1_000_000;
/** Sessions that have ended are never taken again. */
const ENDED_MAX = 64;

export type SceneVerdict =
  | { readonly take: true; readonly newSession: boolean }
  | { readonly take: false; readonly reason: SceneRefusalReason; readonly detail: string };

type Driven = {
  readonly session: string;
  readonly id: number;
  readonly stampUs: number;
};

/**
 * One simulator at a time, each of its Scenes once and in order. A session begins with its first Scene and
 * ends with the one that says so, or when it has been silent and another one begins.
 */
export class SceneOrder {
  readonly #silenceMs: number;
  readonly #ended = new Set<string>();
  #driven: Driven | undefined;
  #heardMs = 0;
  #silent = false;

  constructor(silenceMs: number) {
    this.#silenceMs = silenceMs;
  }

  get session(): string | undefined {
    return this.#driven?.session;
  }

  get silent(): boolean {
    return this.#silent;
  }

  /** Something came from the session, or was answered to it: it is not silent. */
  heard(session: string | undefined, nowMs: number): void {
    if (session === undefined || session !== this.#driven?.session) return;
    this.#heardMs = nowMs;
    this.#silent = false;
  }

  /** Answers true once, when silence begins. */
  checkSilence(nowMs: number): boolean {
    if (!this.#driven || this.#silent || nowMs - this.#heardMs < this.#silenceMs) return false;
    this.#silent = true;
    return true;
  }

  judge(message: SceneMessage, nowMs: number): SceneVerdict {
    const { session, scene } = message;
    const which = `scene ${scene.id} of session ${session}`;
    if (this.#ended.has(session))
      return {
        ...{ take: false, reason: "SESSION" },
        detail: `${which}: a session that goes on expected, found one that has ended; draw a new name at each start`,
      };
    const driven = this.#driven;
    if (driven !== undefined && driven.session !== session) {
      this.checkSilence(nowMs);
      if (!this.#silent)
        return { take: false, reason: "SESSION", detail: this.#taken(which, nowMs) };
      this.#end(driven.session);
    }
    const before = this.#driven;
    const problem = before && orderProblem(before, message);
    if (problem) return { take: false, ...problem, detail: `${which}: ${problem.detail}` };
    this.#driven = { session, id: scene.id, stampUs: scene.stampUs };
    this.heard(session, nowMs);
    return { take: true, newSession: before === undefined };
  }

  /** The session said that its last Scene has come. */
  finish(): void {
    if (this.#driven) this.#end(this.#driven.session);
  }

  #end(session: string): void {
    this.#driven = undefined;
    this.#silent = false;
    this.#ended.add(session);
    const [oldest] = this.#ended;
    if (this.#ended.size > ENDED_MAX && oldest !== undefined) this.#ended.delete(oldest);
  }

  #taken(which: string, nowMs: number): string {
    const { session, id } = this.#driven!;
    const agoS = ((nowMs - this.#heardMs) / 1000).toFixed(1);
    return (
      `${which}: a scene of session ${session} expected, which is being driven (scene ${id}, ${agoS} s ago); ` +
      `another session may begin after one with last = true, or after ${this.#silenceMs / 1000} s of silence`
    );
  }
}

function orderProblem(
  before: Driven,
  { scene }: SceneMessage,
): { readonly reason: SceneRefusalReason; readonly detail: string } | undefined {
  if (scene.id <= before.id)
    return {
      reason: "ID",
      detail: `an id above ${before.id} expected, found ${scene.id}: it came twice, or two publishers send the same session`,
    };
  const stepUs = scene.stampUs - before.stampUs;
  if (stepUs <= 0 || stepUs > STEP_MAX_US)
    return {
      reason: "STAMP",
      detail: `stamp_us 1 to ${STEP_MAX_US} after that of scene ${before.id} (${before.stampUs}) expected, found ${scene.stampUs}`,
    };
  return undefined;
}
