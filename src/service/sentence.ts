import type { Decision, Mode, RuleHit } from "../contract/decision.ts";
import { MODES } from "../contract/decision.ts";
import type { Lateral, Maneuver, Rationale } from "../contract/maneuver.ts";

/** Slots and rules that a sentence is made of. */
export type SentenceParts = Pick<
  Decision,
  "mode" | "verdict" | "hits" | "maneuver" | "answer" | "answerDetail" | "egoSpeedMps"
>;

const DETAIL_CHARS = 90;

const LATERAL_PHRASES: Record<Lateral, string> = {
  KEEP_LANE: "",
  LANE_CHANGE_LEFT: " while changing to the left lane",
  LANE_CHANGE_RIGHT: " while changing to the right lane",
  TURN_LEFT: " while turning left",
  TURN_RIGHT: " while turning right",
  GO_STRAIGHT: " going straight across",
  PULL_OVER: " while pulling over",
  NUDGE_LEFT: " while easing to the left",
  NUDGE_RIGHT: " while easing to the right",
};

const CAUSES: Record<Rationale, string> = {
  NONE: "",
  FREE_ROAD: "the road ahead is free",
  LEAD_VEHICLE: "a vehicle is ahead",
  LEAD_BRAKING: "the vehicle ahead is braking",
  LEAD_STANDING: "the vehicle ahead is standing",
  LEAD_MOVING_OFF: "the vehicle ahead is moving off",
  CUT_IN: "a vehicle is cutting in",
  VULNERABLE_ON_PATH: "a person is on the path",
  OBSTACLE_ON_PATH: "something is on the path",
  RED_LIGHT: "the light is red",
  GREEN_LIGHT: "the light is green",
  STOP_LINE: "a stop line is ahead",
  CURVE: "a curve is ahead",
  SPEED_LIMIT: "the speed limit says so",
  INSTRUCTION_SPEED: "the instruction names a speed",
  INSTRUCTION_GAP: "the instruction names a gap",
  INSTRUCTION_LANE: "the instruction names a lane",
  INSTRUCTION_STOP: "the instruction says stop",
  INSTRUCTION_PULL_OVER: "the instruction says pull over",
  LANE_BLOCKED: "the lane is blocked",
  OFF_LANE_CENTRE: "the lane centre is to one side",
  INSTRUCTION_REFUSED: "the instruction cannot be followed",
};

const MODE_PHRASES: Record<Mode, string> = {
  NORMAL: "",
  CAUTION: "With caution: ",
  COMFORT_STOP: "Comfort stop: ",
  EMERGENCY_STOP: "Emergency stop: ",
  HOLD: "Hold until released: ",
};

/** One English sentence that says what is done, why, and what the safety layer had to say. */
export function sentenceOf(parts: SentenceParts): string {
  const clauses = [
    action(parts.maneuver, parts.egoSpeedMps) + LATERAL_PHRASES[parts.maneuver.lateral],
    because(parts.maneuver.rationale),
    gap(parts.maneuver),
  ];
  const body = clauses.join("") + safety(parts) + refusal(parts);
  const mode = MODE_PHRASES[parts.mode];
  return `${mode ? mode + body : body.charAt(0).toUpperCase() + body.slice(1)}.`;
}

function action(maneuver: Maneuver, egoSpeedMps: number | undefined): string {
  const speed = `${maneuver.targetSpeedMps.toFixed(1)} m/s`;
  switch (maneuver.longitudinal) {
    case "KEEP_SPEED":
      return egoSpeedMps === undefined ? "keep the speed" : `keep ${speed}`;
    case "ACCELERATE":
      return `speed up to ${speed}`;
    case "DECELERATE":
      return `slow down to ${speed}`;
    case "STOP":
      return "come to a stop";
    case "WAIT":
      return "wait";
    case "EMERGENCY_BRAKE":
      return "brake as hard as possible";
  }
}

function because(rationale: Maneuver["rationale"]): string {
  const causes = [...new Set(rationale.map((cause) => CAUSES[cause]))].filter(Boolean);
  return causes.length > 0 ? ` because ${causes.join(" and ")}` : "";
}

const gap = ({ gapM }: Maneuver): string =>
  gapM === undefined ? "" : `, keeping ${gapM.toFixed(0)} m to it`;

function safety({ verdict, hits }: SentenceParts): string {
  const worst = worstHit(hits);
  const why = worst ? ` by ${worst.rule} (${cut(worst.detail)})` : "";
  switch (verdict) {
    case "APPROVED":
      return worst && worst.mode !== "NORMAL"
        ? `, noting ${worst.rule} (${cut(worst.detail)})`
        : "";
    case "MODIFIED":
      return `, toned down${why}`;
    case "REPLACED":
      return `, the proposal replaced${why}`;
    case "REFUSED":
      return `, no proposal accepted${why}`;
  }
}

/** Sentences are read at a glance; the whole detail is in Decision.hits. */
const cut = (detail: string): string =>
  detail.length <= DETAIL_CHARS ? detail : `${detail.slice(0, DETAIL_CHARS - 1).trimEnd()}…`;

const refusal = ({ answer, answerDetail }: SentenceParts): string =>
  answer.startsWith("REFUSED") ? `; instruction ${answerDetail}` : "";

/** The first of the strictest. */
function worstHit(hits: readonly RuleHit[]): RuleHit | undefined {
  let worst: RuleHit | undefined;
  for (const hit of hits)
    if (!worst || MODES.indexOf(hit.mode) > MODES.indexOf(worst.mode)) worst = hit;
  return worst;
}
