import type { Decision } from "../contract/decision.ts";
import type { Observation } from "../contract/observation.ts";
import type {
  SceneMessage,
  SceneRefusal,
  SceneRefusalReason,
  SceneState,
} from "../contract/scene-exchange.ts";
import type { OverrideInput } from "../safety/s01-override.ts";
import { readScene } from "../wire/scene-codec.ts";
import { Pipeline, type PipelineSettings, type Rooms, resetRooms, type Tick } from "./pipeline.ts";
import { SceneOrder } from "./scene-order.ts";
import { sealOrStop } from "./seal-or-stop.ts";

/** Scenes that wait for their turn; in lock-step there is never more than one. */
const WAITING_MAX = 16;

/** What the sensors of a vehicle say of Scenes. Rendering is no business of this room, so it is given. */
export type SceneEyes = {
  /** A new session: forget the one before. */
  begin(session: string): void;
  /** @param givenUs when the words of the instruction were given, simulated time */
  look(message: SceneMessage, givenUs: number): Promise<Observation>;
};

/** Where answers go. */
export type SceneOutlet = {
  seal(decision: Decision): Uint8Array;
  /** Answers whether the broker was there to take it. */
  publish(sealed: Uint8Array, decision: Decision, readMs: number): Promise<boolean>;
  refuse(refusal: SceneRefusal): void;
  /** Part of `state` has changed. */
  restate(): void;
};

export type SceneDriverOptions = {
  readonly topic: string;
  readonly rooms: Rooms;
  readonly settings: PipelineSettings;
  /** From the stamp of a Scene to the moment at which its Decision is made, simulated time. */
  readonly decisionDelayUs: number;
  readonly silenceMs: number;
  readonly eyes: SceneEyes;
  /** What a human asks for, at every tick: a STOP outlives the session in which it came. */
  readonly readOverride?: () => OverrideInput;
  /** Monotonic. */
  readonly nowMs: () => number;
  /** One line for a person. */
  readonly say: (text: string) => void;
  readonly onTick?: (tick: Tick) => void;
};

type Came = { readonly payload: Uint8Array; readonly retained: boolean; readonly ms: number };

/**
 * Drives the Scenes of a simulator in lock-step: each message gets exactly one answer, a Decision with the
 * Scene's id or a refusal that says why, in the order in which they came.
 */
export class SceneDriver {
  readonly #options: SceneDriverOptions;
  readonly #order: SceneOrder;
  readonly #refusals = new Map<SceneRefusalReason, number>();
  readonly #waiting: Came[] = [];
  #outlet: SceneOutlet | undefined;
  #working: Promise<void> | undefined;
  #pipeline: Pipeline | undefined;
  #words: { readonly text: string; readonly givenUs: number } | undefined;
  #lastSceneId: number | undefined;
  #decidedCount = 0;

  constructor(options: SceneDriverOptions) {
    this.#options = options;
    this.#order = new SceneOrder(options.silenceMs);
  }

  get state(): SceneState {
    const { session, silent } = this.#order;
    return {
      ...(session === undefined ? {} : { session }),
      ...(this.#lastSceneId === undefined ? {} : { lastSceneId: this.#lastSceneId }),
      silent,
      silenceLimitS: this.#options.silenceMs / 1000,
      decidedCount: this.#decidedCount,
      refusals: [...this.#refusals].map(([reason, count]) => ({ reason, count })),
    };
  }

  /** Scenes that came before wait until there is somewhere to send the answers. */
  open(outlet: SceneOutlet): void {
    this.#outlet = outlet;
    this.#work();
  }

  receive(payload: Uint8Array, retained: boolean): void {
    const ms = this.#options.nowMs();
    if (this.#waiting.length < WAITING_MAX) this.#waiting.push({ payload, retained, ms });
    else this.#refuseUnread(payload, retained);
    this.#work();
  }

  /** To be called now and then: tells when a simulator has fallen silent. */
  checkSilence(): void {
    const busy = this.#working !== undefined || this.#waiting.length > 0;
    if (busy || !this.#order.checkSilence(this.#options.nowMs())) return;
    const { silenceMs, say } = this.#options;
    say(
      `session ${this.#order.session} is silent: a scene within ${silenceMs / 1000} s expected after scene ${this.#lastSceneId}, found none; still waiting, another session may begin`,
    );
    this.#outlet?.restate();
  }

  /** Resolves when every Scene that has come is answered. */
  async idle(): Promise<void> {
    while (this.#working) await this.#working;
  }

  /** Takes no more, and waits for the answer that is being made. */
  async close(): Promise<void> {
    this.#waiting.length = 0;
    await this.idle();
    this.#outlet = undefined;
  }

  #work(): void {
    const outlet = this.#outlet;
    if (!outlet || this.#working || this.#waiting.length === 0) return;
    this.#working = this.#answer(this.#waiting.shift()!, outlet).finally(() => {
      this.#working = undefined;
      this.#work();
    });
  }

  async #answer({ payload, retained, ms }: Came, outlet: SceneOutlet): Promise<void> {
    const { topic, nowMs } = this.#options;
    const read = readScene(topic, payload, retained);
    if (!read.ok) {
      this.#order.heard(read.refusal.session, nowMs());
      return this.#refuse(read.refusal, outlet);
    }
    const { message } = read;
    const { session, scene } = message;
    const wasSilent = this.#order.silent;
    const verdict = this.#order.judge(message, nowMs());
    if (!verdict.take) {
      const { reason, detail } = verdict;
      return this.#refuse({ reason, detail, session, sceneId: scene.id }, outlet);
    }
    if (verdict.newSession) this.#begin(session);
    else if (wasSilent) this.#options.say(`session ${session} goes on with scene ${scene.id}`);
    try {
      await this.#decide(message, ms, outlet);
    } catch (error) {
      const what = error instanceof Error ? error.message : String(error);
      const detail = `scene ${scene.id} of session ${session}: ${what}`;
      this.#refuse({ reason: "INTERNAL", detail, session, sceneId: scene.id }, outlet);
    }
    this.#order.heard(session, nowMs());
    if (message.last) this.#finish(session);
    if (message.last || verdict.newSession || wasSilent) outlet.restate();
  }

  #begin(session: string): void {
    const { rooms, settings, eyes, say } = this.#options;
    resetRooms(rooms);
    this.#pipeline = new Pipeline(rooms, settings, this.#options.readOverride);
    this.#words = undefined;
    this.#lastSceneId = undefined;
    eyes.begin(session);
    say(`session ${session} begins`);
  }

  #finish(session: string): void {
    this.#order.finish();
    this.#options.say(`session ${session} ends after scene ${this.#lastSceneId}`);
  }

  async #decide(message: SceneMessage, readMs: number, outlet: SceneOutlet): Promise<void> {
    const { eyes, decisionDelayUs, onTick, say } = this.#options;
    const { id, stampUs } = message.scene;
    const pipeline = this.#pipeline!;
    const nowUs = stampUs + decisionDelayUs;
    const observation = await eyes.look(message, this.#givenUs(message));
    const decided = await pipeline.decide(observation, nowUs);
    const seal = (decision: Decision) => outlet.seal({ ...decision, id });
    const { tick, bytes, sealMs } = sealOrStop(pipeline, seal, decided, nowUs);
    pipeline.noteSealMs(sealMs);
    const decision = { ...tick.decision, id };
    this.#lastSceneId = id;
    this.#decidedCount++;
    if (!(await outlet.publish(bytes, decision, readMs)))
      say(`decision ${id} not published: the broker is away or does not acknowledge`);
    onTick?.({ ...tick, decision });
  }

  /** The same words keep their time; what the simulator says goes first. */
  #givenUs({ instruction, instructionGivenUs, scene }: SceneMessage): number {
    const before = this.#words;
    const sinceUs = before?.text === instruction ? before.givenUs : scene.stampUs;
    const givenUs = instructionGivenUs ?? sinceUs;
    this.#words = { text: instruction, givenUs };
    return givenUs;
  }

  #refuse(refusal: SceneRefusal, outlet: SceneOutlet): void {
    this.#refusals.set(refusal.reason, (this.#refusals.get(refusal.reason) ?? 0) + 1);
    this.#options.say(`refused (${refusal.reason}): ${refusal.detail}`);
    outlet.refuse(refusal);
    outlet.restate();
  }

  #refuseUnread(payload: Uint8Array, retained: boolean): void {
    const read = readScene(this.#options.topic, payload, retained);
    const where = read.ok ? { session: read.message.session, sceneId: read.message.scene.id } : {};
    const which = read.ok ? `scene ${where.sceneId} of session ${where.session}: ` : "";
    const detail = `${which}at most ${WAITING_MAX} scenes that wait for their decisions expected, found more; send the next one after the answer`;
    if (this.#outlet) this.#refuse({ reason: "TOO_MANY", detail, ...where }, this.#outlet);
  }
}
