import type { ObjectKind } from "../../contract/scene.ts";
import type { Meaning, Side } from "../meaning.ts";

/** What a junction looks like to who says "at the …". */
export const JUNCTION_LOOKS = ["LIGHTS", "STOP_SIGN", "T_JUNCTION", "CROSSING"] as const;
export type JunctionLook = (typeof JUNCTION_LOOKS)[number];

/** What a notice tells the driver about. */
export const NOTICES = [
  "PEDESTRIAN",
  "CYCLIST",
  "BRAKING_AHEAD",
  "LIGHT_RUNNER",
  "ROUGH_ROAD",
  "TUNNEL",
  "LIGHT_RED",
  "LIGHT_YELLOW",
  "LIGHT_GREEN",
] as const;
export type Notice = (typeof NOTICES)[number];

export type TurnWay = Side | "STRAIGHT";

/** When a conditional instruction begins to count, measured from the words. */
export type Condition =
  /** The nearest one ahead of that kind has fallen behind ego's rear bumper. */
  | { readonly kind: "PAST"; readonly what: ObjectKind }
  /** The light ahead shows green. */
  | { readonly kind: "GREEN" }
  /** So far driven. */
  | { readonly kind: "DRIVEN"; readonly metres: number }
  | { readonly kind: "WAITED"; readonly seconds: number }
  /** The next junction lies behind. */
  | { readonly kind: "JUNCTION" };

/** One step: everything that can be asked for but sequences and conditions. */
export type Step =
  | Meaning
  /** `inM`: the way to the turn, as it was said. */
  | {
      readonly kind: "TURN";
      readonly way: TurnWay;
      readonly inM?: number;
      readonly at?: JunctionLook;
    }
  | { readonly kind: "ROUNDABOUT"; readonly exit: number; readonly inM?: number }
  /** Where the road parts without a junction's turns. */
  | { readonly kind: "BEAR"; readonly side: Side; readonly inM?: number }
  | { readonly kind: "LEAVE_HIGHWAY"; readonly inM?: number }
  | { readonly kind: "ENTER_HIGHWAY"; readonly inM?: number }
  | { readonly kind: "OVERTAKE"; readonly side: Side }
  | { readonly kind: "SLOW_DOWN" }
  | { readonly kind: "START" }
  | { readonly kind: "DRIVE_FREELY" }
  /** Counts from the gap when the words were given. */
  | { readonly kind: "CHANGE_GAP"; readonly deltaM: number }
  | { readonly kind: "CHANGE_GAP"; readonly deltaS: number }
  | { readonly kind: "GO_TO"; readonly aheadM: number; readonly leftM: number }
  | { readonly kind: "ARRIVE"; readonly inM: number }
  | { readonly kind: "NOTICE"; readonly what: Notice };

/** What a navigator's or passenger's sentence means, for a machine. */
export type NavMeaning =
  | Step
  | { readonly kind: "SEQUENCE"; readonly steps: readonly [Step, Step] }
  | { readonly kind: "WHEN"; readonly condition: Condition; readonly step: Step };
export type NavKind = NavMeaning["kind"];

export const NAV_KINDS = [
  "FOLLOW_ROAD",
  "CHANGE_LANE",
  "SET_SPEED",
  "CHANGE_SPEED",
  "KEEP_GAP",
  "STOP",
  "PULL_OVER",
  "ILLEGAL",
  "NONSENSE",
  "TURN",
  "ROUNDABOUT",
  "BEAR",
  "LEAVE_HIGHWAY",
  "ENTER_HIGHWAY",
  "OVERTAKE",
  "SLOW_DOWN",
  "START",
  "DRIVE_FREELY",
  "CHANGE_GAP",
  "GO_TO",
  "ARRIVE",
  "NOTICE",
  "SEQUENCE",
  "WHEN",
] as const satisfies readonly NavKind[];
