import type { Random } from "../../world/random.ts";
import { speakMetres, speakSeconds, speakSpeed } from "../numbers.ts";
import { mistype, type Split } from "../sentences.ts";
import type { Condition, NavMeaning, Step } from "./nav-meaning.ts";
import { type PhraseName, type PhraseSplit, wordsOf } from "./split.ts";
import { speakDistance, speakLook, speakNth, speakSpeedChange, speakWho } from "./spoken.ts";

export const MANNERS = ["PLAIN", "TERSE", "CHATTY"] as const;
export type Manner = (typeof MANNERS)[number];

/** A sentence and what it really means: numbers are rounded as they are spoken. */
export type NavSentence = {
  readonly text: string;
  readonly meaning: NavMeaning;
  /** The plain shapes that it was made of, slots unfilled. */
  readonly shapes: readonly string[];
};

export type Voice = {
  readonly words: PhraseSplit;
  readonly split: Split;
  readonly manner: Manner;
  /** Chance of a slip of one letter. */
  readonly typoProb: number;
};

/** Words that do not fit into a longer sentence. */
const UNFIT_INSIDE =
  /\b(now|here|please|could you|can you|i want|i'd like|let's|we need|we want|our|coming up|from now on|when you can)\b/;
/** Verbs that a request may begin with. */
const VERBS = new Set(
  (
    "add back bear brake bring carry change close come continue cruise drive drop enter exit fall follow " +
    "get give go halt hang hold hop increase join keep leave make merge move open overtake park pass play " +
    "pull put reduce set shift slide slow speed start stay stick stop switch take travel turn use wait widen"
  ).split(" "),
);
/** Share of requests that get a frame for requests. */
const ASKING_RATIO = 0.6;
/** A terse speaker takes the shortest of so many. */
const TERSE_OF = 4;
const CAPITAL_PROB = 0.35;

/** Writes a meaning in free words. */
export function sayMeaning(meaning: NavMeaning, rng: Random, voice: Voice): NavSentence {
  const said = new Saying(rng, voice).meaning(meaning);
  let { text } = said;
  const shapes = [...said.shapes];
  if (voice.manner === "CHATTY") {
    const asks = VERBS.has(wordsOf(text)[0] ?? "") && rng.chance(ASKING_RATIO);
    const frame = rng.pick(
      rng.pick(voice.words.shapes[asks ? "CHATTY_DO" : "CHATTY"][voice.split]),
    );
    shapes.push(frame);
    text = frame.replace("{s}", () => text);
  }
  if (rng.chance(voice.typoProb)) text = typo(text, rng, voice);
  if (rng.chance(CAPITAL_PROB)) text = text.charAt(0).toUpperCase() + text.slice(1);
  return { text, meaning: said.meaning, shapes };
}

/** A slip that makes no held-out word. */
function typo(text: string, rng: Random, voice: Voice): string {
  const slipped = mistype(rng, text);
  const held = voice.words.heldOutWords;
  const before = new Set(wordsOf(text));
  return wordsOf(slipped).some((word) => held.has(word) && !before.has(word)) ? text : slipped;
}

type Said<M> = { readonly text: string; readonly meaning: M; readonly shapes: readonly string[] };

class Saying {
  readonly #rng: Random;
  readonly #voice: Voice;

  constructor(rng: Random, voice: Voice) {
    this.#rng = rng;
    this.#voice = voice;
  }

  meaning(meaning: NavMeaning): Said<NavMeaning> {
    if (meaning.kind === "SEQUENCE") {
      const [a, b] = meaning.steps.map((step) => this.step(step, true)) as [Said<Step>, Said<Step>];
      const joint = this.#shape("SEQUENCE");
      return {
        text: joint.replace("{a}", () => a.text).replace("{b}", () => b.text),
        meaning: { kind: "SEQUENCE", steps: [a.meaning, b.meaning] },
        shapes: [joint, ...a.shapes, ...b.shapes],
      };
    }
    if (meaning.kind !== "WHEN") return this.step(meaning, false);
    const inner = this.step(meaning.step, true);
    const { text, condition, shape } = this.#condition(meaning.condition);
    return {
      text: text.replace("{a}", () => inner.text),
      meaning: { kind: "WHEN", condition, step: inner.meaning },
      shapes: [shape, ...inner.shapes],
    };
  }

  #shape(name: PhraseName, inside = false): string {
    const groups = this.#voice.words.shapes[name][this.#voice.split];
    const draw = () => this.#rng.pick(this.#rng.pick(groups));
    const draws =
      this.#voice.manner === "TERSE" ? Array.from({ length: TERSE_OF }, draw) : [draw()];
    let best = draws.reduce((a, b) => (b.length < a.length ? b : a));
    for (let tries = 0; inside && tries < 20 && UNFIT_INSIDE.test(best); tries++) best = draw();
    return best;
  }

  #condition(condition: Condition): { text: string; condition: Condition; shape: string } {
    const rng = this.#rng;
    const shape = this.#shape(`WHEN_${condition.kind}`);
    switch (condition.kind) {
      case "PAST":
        return { text: shape.replace("{who}", speakWho(rng, condition.what)), condition, shape };
      case "DRIVEN": {
        const said = speakDistance(rng, condition.metres);
        const text = shape.replace("{dist}", said.text);
        return { text, condition: { kind: "DRIVEN", metres: said.si }, shape };
      }
      case "WAITED": {
        const said = speakSeconds(rng, condition.seconds);
        const text = shape.replace("{time}", said.text);
        return { text, condition: { kind: "WAITED", seconds: said.si }, shape };
      }
      default:
        return { text: shape, condition, shape };
    }
  }

  step(step: Step, inside: boolean): Said<Step> {
    const shape = this.#shape(nameOf(step), inside);
    const [text, meaning] = this.#fill(step, shape);
    return { text, meaning, shapes: [shape] };
  }

  /** Writes the values into a shape; answers what was said. */
  #fill(step: Step, shape: string): readonly [string, Step] {
    const rng = this.#rng;
    switch (step.kind) {
      case "CHANGE_LANE":
      case "OVERTAKE":
        return [shape.replace("{side}", step.side.toLowerCase()), step];
      case "SET_SPEED": {
        const said = speakSpeed(rng, step.mps);
        return [shape.replace("{speed}", said.text), { ...step, mps: said.si }];
      }
      case "CHANGE_SPEED": {
        const said = speakSpeedChange(rng, Math.abs(step.deltaMps));
        const deltaMps = Math.sign(step.deltaMps) * said.si;
        return [shape.replace("{delta}", said.text), { ...step, deltaMps }];
      }
      case "KEEP_GAP": {
        if ("metres" in step) {
          const said = speakMetres(rng, step.metres);
          return [shape.replace("{gap}", said.text), { ...step, metres: said.si }];
        }
        const said = speakSeconds(rng, step.seconds);
        return [shape.replace("{gap}", said.text), { ...step, seconds: said.si }];
      }
      case "CHANGE_GAP": {
        if ("deltaM" in step) {
          const said = speakMetres(rng, Math.abs(step.deltaM));
          const deltaM = Math.sign(step.deltaM) * said.si;
          return [shape.replace("{gap}", said.text), { ...step, deltaM }];
        }
        const said = speakSeconds(rng, Math.abs(step.deltaS));
        const deltaS = Math.sign(step.deltaS) * said.si;
        return [shape.replace("{gap}", said.text), { ...step, deltaS }];
      }
      case "GO_TO": {
        const ahead = speakMetres(rng, step.aheadM);
        const text = shape.replace("{ahead}", ahead.text);
        if (step.leftM === 0) return [text, { ...step, aheadM: ahead.si }];
        const aside = speakMetres(rng, Math.abs(step.leftM));
        const leftM = Math.sign(step.leftM) * aside.si;
        const side = step.leftM > 0 ? "left" : "right";
        return [
          text.replace("{aside}", aside.text).replace("{side}", side),
          { ...step, aheadM: ahead.si, leftM },
        ];
      }
      default:
        return this.#fillWay(step, shape);
    }
  }

  #fillWay(step: Step, shape: string): readonly [string, Step] {
    const rng = this.#rng;
    let text = shape;
    let meaning = step;
    if ("side" in step) text = text.replace("{side}", step.side.toLowerCase());
    if (step.kind === "TURN") {
      text = text.replace("{side}", step.way.toLowerCase());
      if (step.at !== undefined) text = text.replace("{look}", speakLook(rng, step.at));
    }
    if (step.kind === "ROUNDABOUT") text = text.replace("{nth}", speakNth(rng, step.exit));
    if ("inM" in step && step.inM !== undefined) {
      const said = speakDistance(rng, step.inM);
      text = text.replace("{dist}", said.text);
      meaning = { ...step, inM: said.si };
    }
    return [text, meaning];
  }
}

/** Which phrases say a step. */
export function nameOf(step: Step): PhraseName {
  switch (step.kind) {
    case "TURN": {
      const base = step.way === "STRAIGHT" ? "STRAIGHT" : "TURN";
      if (step.at === undefined) return step.inM === undefined ? base : `${base}_IN`;
      return step.inM === undefined ? `${base}_AT` : `${base}_IN_AT`;
    }
    case "ROUNDABOUT":
    case "BEAR":
    case "LEAVE_HIGHWAY":
    case "ENTER_HIGHWAY":
      return step.inM === undefined ? step.kind : `${step.kind}_IN`;
    case "CHANGE_SPEED":
      return step.deltaMps > 0 ? "FASTER" : "SLOWER";
    case "KEEP_GAP":
      return "GAP_METRES";
    case "CHANGE_GAP":
      return ("deltaM" in step ? step.deltaM : step.deltaS) > 0 ? "WIDER" : "CLOSER";
    case "GO_TO":
      return step.leftM === 0 ? "GO_TO_AHEAD" : "GO_TO";
    case "NOTICE":
    case "ILLEGAL":
      return step.what;
    default:
      return step.kind;
  }
}
