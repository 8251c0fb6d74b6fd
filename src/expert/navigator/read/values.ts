import type { ObjectKind } from "../../../contract/scene.ts";
import type { Side } from "../../meaning.ts";
import type { JunctionLook, NavMeaning, Step } from "../nav-meaning.ts";

/** A distance to who is ahead, in m or in s. */
export type Gap = { readonly metres: number } | { readonly seconds: number };

/** What each slot of a shape holds, in SI. */
export type Values = {
  readonly digits: number;
  readonly number: number;
  readonly speed: number;
  /** A difference of speed without its sign. */
  readonly delta: number;
  readonly metres: number;
  readonly ahead: number;
  readonly aside: number;
  readonly dist: number;
  readonly seconds: number;
  readonly time: number;
  readonly gap: Gap;
  readonly side: Side;
  readonly look: JunctionLook;
  readonly nth: number;
  readonly who: ObjectKind;
  readonly step: Step;
  /** Steps of a sequence; the one that a condition puts off. */
  readonly a: Step;
  readonly b: Step;
  /** A sentence with at most so many frames around it. */
  readonly bare: NavMeaning;
  readonly framed1: NavMeaning;
  readonly framed2: NavMeaning;
  readonly framed3: NavMeaning;
};

/** Slots that are read as another one. */
export const ALIASES = {
  ...({ ahead: "metres", aside: "metres", time: "seconds" } as const),
  ...({ a: "step", b: "step" } as const),
} as const satisfies Partial<Record<keyof Values, keyof Values>>;
