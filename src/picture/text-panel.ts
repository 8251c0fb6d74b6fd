import type { Decision, RuleHit } from "../contract/decision.ts";
import type { Observation } from "../contract/observation.ts";
import type { Box } from "./camera-view.ts";
import type { Canvas } from "./canvas.ts";
import { COLOURS, MODE_COLOURS, type Rgb } from "./colours.ts";
import { charWidthPx, drawText, lineHeightPx, wrapText } from "./text.ts";

type Line = { readonly text: string; readonly colour: Rgb; readonly scale: number };

const KMH_PER_MPS = 3.6;
const line = (text: string, colour: Rgb = COLOURS.text, scale = 2): Line => ({
  text,
  colour,
  scale,
});
const speedText = (mps: number): string =>
  `${mps.toFixed(1)} m/s (${(mps * KMH_PER_MPS).toFixed(0)} km/h)`;

/** Writes what was decided and why into `box`; lines that do not fit are left out. */
export function drawTextPanel(
  canvas: Canvas,
  box: Box,
  observation: Observation,
  decision: Decision | undefined,
): void {
  canvas.fillRect(box.leftPx, box.topPx, box.widthPx, box.heightPx, COLOURS.panel);
  let y = box.topPx + 8;
  if (decision !== undefined) {
    const bandPx = lineHeightPx(3) + 4;
    canvas.fillRect(box.leftPx, box.topPx, box.widthPx, bandPx, MODE_COLOURS[decision.mode]);
    const title = `${decision.mode}  ${decision.verdict}`;
    drawText(canvas, box.leftPx + 8, box.topPx + 5, title, COLOURS.background, 3);
    y = box.topPx + bandPx + 8;
  }
  const lines = [
    line(`tick ${observation.id}   t = ${(observation.stampUs / 1e6).toFixed(3)} s`, COLOURS.quiet),
    ...(decision === undefined ? [line("no decision")] : decisionLines(decision)),
    ...egoLines(observation),
    ...(decision === undefined ? [] : decision.hits.map(hitLine)),
    ...(decision?.faults ?? observation.faults).map((fault) =>
      line(`${fault.code} ${fault.source ?? ""}: ${fault.detail}`, COLOURS.warning, 1),
    ),
  ];
  for (const { text, colour, scale } of lines) {
    const columns = Math.floor((box.widthPx - 16) / charWidthPx(scale));
    for (const part of wrapText(text, columns)) {
      if (y + lineHeightPx(scale) > box.topPx + box.heightPx) return;
      drawText(canvas, box.leftPx + 8, y, part, colour, scale);
      y += lineHeightPx(scale);
    }
  }
}

function decisionLines(decision: Decision): Line[] {
  const { maneuver, proposedManeuver } = decision;
  const gap = maneuver.gapM === undefined ? "none" : `${maneuver.gapM.toFixed(1)} m`;
  const proposed =
    proposedManeuver === undefined
      ? "no proposal"
      : `proposed ${proposedManeuver.lateral} ${proposedManeuver.longitudinal} ` +
        `${proposedManeuver.targetSpeedMps.toFixed(1)} m/s`;
  return [
    line(`${maneuver.lateral}  ${maneuver.longitudinal}`, MODE_COLOURS[decision.mode]),
    line(`target ${speedText(maneuver.targetSpeedMps)}  gap ${gap}`),
    line(decision.sentence),
    line(proposed, COLOURS.quiet),
    ...(decision.answer === "NONE"
      ? []
      : [line(`answer ${decision.answer} ${decision.answerDetail}`, COLOURS.info)]),
    ...(decision.hazardLights ? [line("HAZARD LIGHTS ON", COLOURS.critical)] : []),
  ];
}

function egoLines({ ego, route }: Observation): Line[] {
  const derived = ego?.derived === true ? " from poses" : "";
  return [
    ego === undefined
      ? line("ego speed unknown", COLOURS.critical)
      : line(`ego ${speedText(ego.speedMps)}  ${ego.accelMps2.toFixed(1)} m/s2${derived}`),
    line(`told "${route.text === "" ? "follow the road" : route.text}"`, COLOURS.quiet),
  ];
}

const hitLine = (hit: RuleHit): Line =>
  line(
    `${hit.rule} ${hit.detail} (${hit.value.toFixed(2)}, limit ${hit.limit.toFixed(2)} ${hit.unit})`,
    MODE_COLOURS[hit.mode],
  );
