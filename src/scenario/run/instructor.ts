import type { Answer } from "../../contract/maneuver.ts";
import type { Scene } from "../../contract/scene.ts";
import { guideRoute, type RouteSentence } from "../../expert/navigator/guidance.ts";
import type { Verdict } from "../../expert/navigator/judge.ts";
import type { NavMeaning, Step } from "../../expert/navigator/nav-meaning.ts";
import { TraceRecorder } from "../../expert/navigator/record-trace.ts";
import type { NavSentence } from "../../expert/navigator/say.ts";
import { STANDING_MPS } from "../../expert/navigator/trace.ts";
import type { RouteKeeper } from "../../expert/route/keeper.ts";
import type { Split } from "../../expert/sentences.ts";
import { Random } from "../../world/random.ts";
import type { PaceBounds } from "../score/allowed-pace.ts";
import { drawVoice, drawWords, type InstructMode, sayStart } from "./draw-words.ts";
import type { DriveWorld } from "./drive-world.ts";
import { InstructionWatch, measured } from "./instruction-watch.ts";

type DrawnOptions = {
  readonly mode: InstructMode;
  /** Whose words: those of training, or with those that are held out. */
  readonly split: Split;
  readonly seed: number;
};
/** These words and no others, in force from the first scene on. */
type ToldOptions = { readonly mode: "told"; readonly text: string; readonly meaning: NavMeaning };
export type InstructOptions = DrawnOptions | ToldOptions;

/** One instruction of a run and what became of it. */
export type InstructionResult = {
  readonly text: string;
  readonly meaning: NavMeaning;
  readonly givenS: number;
  readonly judgedS: number;
  readonly answers: readonly Answer[];
  readonly verdict: Verdict;
};

/** The first words come so long after the start, and the next ones after a verdict, s. */
const FIRST_S = [2, 8] as const;
const PAUSE_S = [1, 4] as const;
/** An instruction that cannot be told done or not by then is let go, s. */
const PATIENCE_S = 45;
const PATIENCE_LONG_S = 75;
/** Nobody is told to have left undone what was asked for a moment ago, s. */
const REACTION_S = 6;
/** A refusal counts when it has stood so long (as the judge has it), s. */
const REFUSAL_S = 1;
/** Guided: a sentence is judged at the latest this far behind its end or what it told of, m. */
const BEHIND_M = 120;
/** At the end of its route ego has so long to stand at its destination, s. */
const ARRIVAL_S = 20;

type Watched = {
  readonly said: NavSentence;
  readonly givenS: number;
  readonly watch: InstructionWatch;
  readonly answers: Answer[];
  /** Guided: judged by this way driven at the latest. */
  readonly byM: number;
  /** Let go after so long. */
  readonly patienceS: number;
};

/** Gives a driver one instruction after the other and has each judged. Same seed, same words. */
export class Instructor {
  readonly results: InstructionResult[] = [];
  readonly #world: DriveWorld;
  readonly #keeper: RouteKeeper;
  readonly #options: InstructOptions;
  readonly #stepS: number;
  readonly #rng: Random;
  readonly #sentences: RouteSentence[];
  #watched: Watched[] = [];
  #nextS: number;
  #endedS: number | undefined;
  #stopped = false;

  /** `stepS`: time between two scenes. */
  constructor(world: DriveWorld, keeper: RouteKeeper, options: InstructOptions, stepS: number) {
    this.#world = world;
    this.#keeper = keeper;
    this.#options = options;
    this.#stepS = stepS;
    this.#rng = new Random((options.mode === "told" ? 0 : options.seed) * 104_729 + 71);
    this.#nextS = this.#rng.range(...FIRST_S);
    this.#sentences = this.#sentencesAhead();
  }

  /** A collision ends the asking: what is still open is judged by what was driven up to it. */
  stop(tS: number): void {
    this.finish(tS);
    this.#stopped = true;
  }

  /** Words that are to be said at this scene, where there are any. */
  speak(scene: Scene, tS: number, bounds: PaceBounds | undefined): NavSentence | undefined {
    if (this.#stopped) return undefined;
    const { mode } = this.#options;
    const isDrawn = mode !== "guided" && mode !== "told";
    const said = isDrawn ? this.#draw(scene, tS, bounds) : this.#nextSentence();
    if (said === undefined) return undefined;
    const watch = new InstructionWatch(this.#world, said.meaning, this.#stepS);
    const byM = "toM" in said ? lastM(said as RouteSentence) : Number.POSITIVE_INFINITY;
    // where no other words wait, there is all the time of the drive
    const patience = isDrawn ? patienceS(said.meaning) : Number.POSITIVE_INFINITY;
    this.#watched.push({ said, givenS: tS, watch, answers: [], byM, patienceS: patience });
    return said;
  }

  /** What the driver answers at a scene, and what it does. */
  observe(scene: Scene, tS: number, answer: Answer, bounds: PaceBounds | undefined): void {
    const guide = this.#keeper.guide();
    const newest = this.#watched.at(-1);
    for (const one of this.#watched) {
      // whoever has been told something else since answers that
      const own = one === newest ? answer : (one.answers.at(-1) ?? "NONE");
      if (one.answers.at(-1) !== own) one.answers.push(own);
      one.watch.observe(scene, guide, own, bounds);
    }
    // once a second is often enough to judge
    if (Math.round(tS / this.#stepS) % Math.round(1 / this.#stepS) === 0) this.#judge(tS);
  }

  /** Along its route, ego stands at the destination that it was told: a little short of the end or not. */
  get hasArrived(): boolean {
    return (
      this.#options.mode === "guided" &&
      this.results.some(
        ({ meaning, verdict }) => meaning.kind === "ARRIVE" && verdict.outcome === "DONE",
      )
    );
  }

  /** Told to stand somewhere and to do nothing else, ego does: nothing more will come of the drive. */
  get standsAsTold(): boolean {
    return (
      this.#options.mode === "told" &&
      this.results.some(
        ({ meaning, verdict }) =>
          STANDING.includes(lastOf(meaning).kind) && verdict.outcome === "DONE",
      )
    );
  }

  /** The way is driven, and ego was given time to stand at its destination. */
  get isArriving(): boolean {
    return this.#endedS !== undefined;
  }

  /** Whether the end of the drive waits for ego to stand at its destination. */
  awaitsArrival(tS: number): boolean {
    const open = this.#watched.some(({ said }) => said.meaning.kind === "ARRIVE");
    if (!open || this.#options.mode !== "guided") return false;
    this.#endedS ??= tS;
    return tS - this.#endedS < ARRIVAL_S;
  }

  /** Judges what is left at the end of the drive. */
  finish(tS: number): readonly InstructionResult[] {
    for (const one of this.#watched) this.#settle(one, one.watch.verdict(), tS);
    this.#watched = [];
    return this.results;
  }

  /** What is to be said at its place on the way: along the route, or at once. */
  #sentencesAhead(): RouteSentence[] {
    const { graph, route } = this.#world;
    const options = this.#options;
    if (options.mode === "guided")
      return guideRoute(graph, route, this.#rng, drawVoice(this.#rng, options.split));
    if (options.mode !== "told") return [];
    const { text, meaning } = options;
    const everywhere = { fromM: Number.NEGATIVE_INFINITY, toM: Number.POSITIVE_INFINITY };
    return [{ text, meaning, shapes: [], ...everywhere }];
  }

  #nextSentence(): NavSentence | undefined {
    const next = this.#sentences[0];
    if (next === undefined || this.#keeper.place.doneM < next.fromM) return undefined;
    return this.#sentences.shift();
  }

  #draw(scene: Scene, tS: number, bounds: PaceBounds | undefined): NavSentence | undefined {
    const options = this.#options;
    if (options.mode === "told" || options.mode === "guided") return undefined;
    const { mode, split } = options;
    const { graph, vehicle } = this.#world;
    if (this.#watched.length > 0 || tS < this.#nextS) return undefined;
    // inside a junction it is not plain which place words mean
    if (graph.lanes[this.#keeper.place.lane]!.junctionId !== undefined) return undefined;
    const recorder = new TraceRecorder(graph, vehicle, this.#stepS);
    recorder.add(scene, "NONE", measured(bounds), this.#keeper.guide());
    const { trace } = recorder;
    const { place, speedMps } = trace.samples[0]!;
    if (place === undefined)
      // pulled over, nothing else can be asked for
      return mode !== "wrong" && speedMps < STANDING_MPS ? sayStart(this.#rng, split) : undefined;
    const said = drawWords(this.#rng, mode, split, trace, graph);
    if (said === undefined) this.#nextS = tS + this.#rng.range(...PAUSE_S);
    return said;
  }

  #judge(tS: number): void {
    const open: Watched[] = [];
    for (const one of this.#watched) {
      const verdict = one.watch.verdict();
      if (this.#isFinal(one, verdict)) this.#settle(one, verdict, tS);
      else open.push(one);
    }
    if (this.#watched.length > 0 && open.length === 0)
      this.#nextS = tS + this.#rng.range(...PAUSE_S);
    this.#watched = open;
  }

  #isFinal({ watch, byM, patienceS }: Watched, verdict: Verdict): boolean {
    const { elapsedS } = watch;
    if (this.#keeper.place.doneM > byM) return true;
    switch (verdict.outcome) {
      case "DONE":
        return true;
      case "REFUSED_RIGHTLY":
      case "REFUSED_WRONGLY":
        return elapsedS - (verdict.atS ?? 0) > REFUSAL_S;
      case "IGNORED":
      case "OBEYED_WRONGLY":
        return elapsedS > REACTION_S;
      case "UNTESTED":
        return elapsedS > patienceS;
    }
  }

  #settle({ said, givenS, answers }: Watched, verdict: Verdict, judgedS: number): void {
    const { text, meaning } = said;
    this.results.push({ text, meaning, givenS, judgedS, answers, verdict });
  }
}

const lastM = ({ meaning, fromM, toM }: RouteSentence): number => {
  const wayM = "inM" in meaning ? (meaning.inM ?? 0) : 0;
  return Math.max(toM, fromM + wayM) + BEHIND_M;
};

/** Whoever has done these stands, and waits for other words. */
const STANDING: readonly Step["kind"][] = ["STOP", "PULL_OVER", "ARRIVE"];

const lastOf = (meaning: NavMeaning): Step =>
  meaning.kind === "SEQUENCE" ? meaning.steps[1] : meaning.kind === "WHEN" ? meaning.step : meaning;

/** What lies some way ahead, or waits for others. */
const LONG: readonly NavMeaning["kind"][] = [
  ...(["WHEN", "SEQUENCE", "OVERTAKE", "TURN", "BEAR"] as const),
  ...(["ROUNDABOUT", "LEAVE_HIGHWAY", "ENTER_HIGHWAY"] as const),
];

const patienceS = ({ kind }: NavMeaning): number =>
  LONG.includes(kind) ? PATIENCE_LONG_S : PATIENCE_S;
