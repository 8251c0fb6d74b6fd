import { escapeHtml } from "../../report/tables.ts";
import { isMissed } from "../../scenario/run/instruction-summary.ts";
import { isFailure, type RunResult } from "../../scenario/run/result.ts";
import { formatEstimate, summarize } from "../../scenario/run/summary.ts";

/** One HTML page of all runs: no request leaves it. Each failure has its last seconds from above. */
export function simulateReport(title: string, runs: readonly RunResult[]): string {
  const failed = runs.filter(isFailure);
  const films = failed.flatMap(({ key, film }) => (film === undefined ? [] : [{ key, film }]));
  const json = JSON.stringify(films).replaceAll("<", "\\u003c");
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
<title>${escapeHtml(title)}</title>
<link rel="icon" href="data:,">
<style>${STYLE}</style>
</head>
<body>
<h1>${escapeHtml(title)}</h1>
<p>${runs.length} runs, ${failed.length} with a breach. Intervals are 95 %: Wilson for shares, seeded bootstrap for means.</p>
${summaryTable(runs)}
<h2>Runs</h2>
${runsTable(runs)}
${instructionsTable(runs)}
${failed.length === 0 ? "" : `<h2>Failures from above</h2>${failed.map(failureCard).join("\n")}`}
<script>const FILMS = ${json};
${SCRIPT}</script>
</body>
</html>
`;
}

function summaryTable(runs: readonly RunResult[]): string {
  const rows = summarize(runs).map(
    (row) => `<tr><td>${escapeHtml(row.name)}</td><td>${escapeHtml(formatEstimate(row))}</td></tr>`,
  );
  return `<table><tr><th>measure</th><th>value (95 % interval)</th></tr>${rows.join("")}</table>`;
}

function runsTable(runs: readonly RunResult[]): string {
  const head = "run,end,LB 1.0,LB 2.1,completed,m/s,of allowed,breaches"
    .split(",")
    .map((name) => `<th>${name}</th>`)
    .join("");
  const rows = runs.map((run) => {
    const cells = [
      run.key,
      run.end,
      run.scores["leaderboard-1.0"].toFixed(1),
      run.scores["leaderboard-2.1"].toFixed(1),
      `${(100 * run.completedRatio).toFixed(0)} %`,
      run.meanMps.toFixed(1),
      run.paceRatio === undefined ? "-" : `${(100 * run.paceRatio).toFixed(0)} %`,
      run.infractions.map((i) => i.kind).join(", ") || "none",
    ];
    const style = isFailure(run) ? ' class="bad"' : "";
    return `<tr${style}>${cells.map((c) => `<td>${escapeHtml(c)}</td>`).join("")}</tr>`;
  });
  return `<table><tr>${head}</tr>${rows.join("")}</table>`;
}

/** Every instruction that was given; those neither done nor rightly refused stand out. */
function instructionsTable(runs: readonly RunResult[]): string {
  const rows = runs.flatMap(({ key, instructions }) =>
    (instructions ?? []).map((one) => {
      const { givenS, text, meaning, answers, verdict } = one;
      const cells = [
        key,
        `${givenS.toFixed(1)} s`,
        text,
        meaning.kind,
        answers.join(", "),
        verdict.outcome,
        verdict.why,
      ];
      const style = isMissed(one) ? ' class="bad"' : "";
      return `<tr${style}>${cells.map((c) => `<td>${escapeHtml(c)}</td>`).join("")}</tr>`;
    }),
  );
  if (rows.length === 0) return "";
  const head = "run,given,words,kind,answers,outcome,why"
    .split(",")
    .map((name) => `<th>${name}</th>`)
    .join("");
  return `<h2>Instructions</h2><table><tr>${head}</tr>${rows.join("")}</table>`;
}

function failureCard(run: RunResult): string {
  const lines = [
    ...run.infractions.map((i) => `${i.tS.toFixed(1)} s: ${i.kind}, ${i.detail}`),
    ...run.collisions.map(
      (c) =>
        `${c.tS.toFixed(1)} s: contact with ${c.kind} ${c.withId}; ${c.striker} struck; a careful and competent driver ${c.avoidable ? "would have avoided it" : "could not have avoided it"}`,
    ),
    ...(run.end === "COMPLETED" ? [] : [`ended: ${run.end} ${run.error ?? ""}`]),
  ];
  const picture =
    run.film === undefined
      ? ""
      : `<canvas width="560" height="420" data-film="${escapeHtml(run.key)}"></canvas>`;
  return `<section><h3>${escapeHtml(run.key)}</h3><ul>${lines.map((l) => `<li>${escapeHtml(l)}</li>`).join("")}</ul>${picture}</section>`;
}

const STYLE = `body{font:14px/1.45 system-ui,sans-serif;margin:24px;color:#1c2430;background:#f6f7f9}
table{border-collapse:collapse;background:#fff;margin:8px 0}td,th{padding:4px 10px;border:1px solid #dde2e8;text-align:left}
tr.bad td{background:#fdecea}section{background:#fff;border:1px solid #dde2e8;padding:8px 16px;margin:12px 0;display:inline-block;vertical-align:top;margin-right:12px}
canvas{background:#e9edf0;display:block}`;

/** Ego blue, heading up as the map has it; the loop pauses a second at its end. */
const SCRIPT = `const PAINT={PEDESTRIAN:"#c2185b",CYCLIST:"#8e24aa",STATIC:"#555"};
const LIGHT={RED:"#d32f2f",YELLOW:"#f9a825",GREEN:"#2e7d32",OFF:"#999"};
for(const canvas of document.querySelectorAll("canvas")){
  const found=FILMS.find((f)=>f.key===canvas.dataset.film);if(!found)continue;
  const {frames,lanes}=found.film;const g=canvas.getContext("2d");const scale=5;
  const draw=(frame)=>{const [ex,ey]=frame.ego;
    const at=(x,y)=>[canvas.width/2+(x-ex)*scale,canvas.height/2-(y-ey)*scale];
    const box=(b,fill)=>{const [x,y]=at(b[0],b[1]);g.save();g.translate(x,y);g.rotate(-b[2]);g.fillStyle=fill;
      g.fillRect(-b[3]*scale/2,-b[4]*scale/2,b[3]*scale,b[4]*scale);g.fillStyle="#fff";
      g.fillRect(b[3]*scale*0.3,-b[4]*scale*0.35,b[3]*scale*0.12,b[4]*scale*0.7);g.restore();};
    g.clearRect(0,0,canvas.width,canvas.height);g.lineJoin="round";
    for(const lane of lanes){g.strokeStyle="#c9d0d6";g.lineWidth=lane.widthM*scale;g.beginPath();
      for(let i=0;i<lane.points.length;i+=2){const p=at(lane.points[i],lane.points[i+1]);i?g.lineTo(...p):g.moveTo(...p);}g.stroke();}
    for(const lane of lanes){g.strokeStyle="#fff";g.lineWidth=1;g.beginPath();
      for(let i=0;i<lane.points.length;i+=2){const p=at(lane.points[i],lane.points[i+1]);i?g.lineTo(...p):g.moveTo(...p);}g.stroke();}
    for(const o of frame.objects)box(o.slice(1),PAINT[o[0]]||"#e08a2e");
    box(frame.ego,"#1565c0");
    for(const [x,y,state] of frame.signals){g.fillStyle=LIGHT[state];g.beginPath();g.arc(...at(x,y),4,0,7);g.fill();}
    g.fillStyle="#1c2430";g.fillText(frame.tS.toFixed(1)+" s   "+frame.egoMps.toFixed(1)+" m/s",8,16);};
  let k=0;const tick=()=>{draw(frames[Math.min(k,frames.length-1)]);k=k>frames.length+5?0:k+1;};
  tick();setInterval(tick,200);
}`;
