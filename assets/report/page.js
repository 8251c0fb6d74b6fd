/* The report page: timeline, tick under the cursor, film. Plain DOM, no network. */
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const { ticks, strings, film, modes, verdicts } = data;
  const count = ticks.t.length;
  if (count === 0) return;
  const SVG = "http://www.w3.org/2000/svg";
  const VERDICT_CLASS = {
    APPROVED: "NORMAL",
    MODIFIED: "CAUTION",
    REPLACED: "COMFORT_STOP",
    REFUSED: "EMERGENCY_STOP",
  };
  const box = document.getElementById("timeline");
  const tip = document.getElementById("tip");
  const detail = document.getElementById("detail");
  const strip = document.getElementById("film");
  const HEIGHT = 250;
  const PLOT = { top: 40, bottom: 206, left: 34 };
  let selected = -1;
  let hovered = -1;
  let width = 0;

  const el = (name, attributes = {}, ...children) => {
    const node = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
    node.append(...children);
    return node;
  };
  const draw = (parent, name, attributes, text) => {
    const node = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
    if (text !== undefined) node.textContent = text;
    parent.append(node);
    return node;
  };
  const badge = (text, mode, plain) =>
    el("span", { class: `badge ${mode ?? ""}${plain ? " plain" : ""}` }, text);
  const number = (value, digits = 1) => (value === null ? "?" : value.toFixed(digits));
  const words = (text) => text.toLowerCase().replaceAll("_", " ");
  const sentenceAt = (i) => strings[ticks.sentence[i]];

  const startS = ticks.t[0];
  const spanS = Math.max(ticks.t[count - 1] - startS, 0.1);
  const speeds = [...ticks.speed, ...ticks.target].filter((value) => value !== null);
  const topMps = Math.max(5, Math.ceil(speeds.reduce((most, v) => Math.max(most, v), 0) / 5) * 5);
  const xOf = (i) =>
    PLOT.left + ((ticks.t[i] - startS) / spanS) * Math.max(1, width - PLOT.left - 4);
  const yOf = (mps) => PLOT.bottom - (mps / topMps) * (PLOT.bottom - PLOT.top);

  /** Index of the tick nearest to a place on the timeline. */
  function tickAt(clientX) {
    const ratio =
      (clientX - box.getBoundingClientRect().left - PLOT.left) / (width - PLOT.left - 4);
    const wanted = startS + Math.min(1, Math.max(0, ratio)) * spanS;
    let low = 0;
    let high = count - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (ticks.t[middle] < wanted) low = middle + 1;
      else high = middle;
    }
    return low > 0 && wanted - ticks.t[low - 1] < ticks.t[low] - wanted ? low - 1 : low;
  }

  /** Neighbours with one value become one bar. */
  function runs(svg, values, classOf, y, height) {
    for (let from = 0; from < count; ) {
      let to = from + 1;
      while (to < count && values[to] === values[from]) to++;
      const x = xOf(from);
      const end = to < count ? xOf(to) : width - 4;
      const attributes = { x, y, width: Math.max(1.5, end - x), height };
      draw(svg, "rect", { ...attributes, class: classOf(values[from]) });
      from = to;
    }
  }

  /** Path of a column; holes where nothing is known; at most two points for each pixel. */
  function lineOf(values, stepped) {
    const stride = Math.max(1, Math.floor(count / (2 * width)));
    let path = "";
    let pen = false;
    let lastY = 0;
    for (let i = 0; i < count; i += stride) {
      const value = values[i];
      if (value === null) {
        pen = false;
        continue;
      }
      const x = xOf(i).toFixed(1);
      const y = yOf(value).toFixed(1);
      if (!pen) path += `M${x} ${y}`;
      else path += stepped ? `L${x} ${lastY}L${x} ${y}` : `L${x} ${y}`;
      pen = true;
      lastY = y;
    }
    return path;
  }

  function axes(svg) {
    for (let mps = 0; mps <= topMps; mps += topMps > 20 ? 10 : 5) {
      const y = yOf(mps);
      draw(svg, "line", { class: "grid", x1: PLOT.left, x2: width - 4, y1: y, y2: y });
      draw(svg, "text", { x: PLOT.left - 7, y: y + 4, "text-anchor": "end" }, mps);
    }
    const steps = [0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1800, 3600];
    const stepS = steps.find((s) => (s / spanS) * width > 64) ?? 7200;
    for (let s = Math.ceil(startS / stepS) * stepS; s <= startS + spanS + 1e-6; s += stepS) {
      const x = PLOT.left + ((s - startS) / spanS) * (width - PLOT.left - 4);
      const anchor = x > width - 24 ? "end" : "middle";
      draw(
        svg,
        "text",
        { x: Math.min(x, width - 4), y: HEIGHT - 8, "text-anchor": anchor },
        `${+s.toFixed(1)} s`,
      );
    }
  }

  function drawTimeline() {
    width = box.clientWidth;
    box.querySelector("svg")?.remove();
    const svg = draw(box, "svg", { height: HEIGHT, viewBox: `0 0 ${width} ${HEIGHT}` });
    runs(svg, ticks.mode, (mode) => `mode-run ${modes[mode]}`, 0, 18);
    runs(svg, ticks.verdict, (v) => `verdict-run ${VERDICT_CLASS[verdicts[v]]}`, 20, 6);
    axes(svg);
    draw(svg, "path", { class: "target", d: lineOf(ticks.target, true) });
    draw(svg, "path", { class: "speed", d: lineOf(ticks.speed, false) });
    for (let i = 0; i < count; i++)
      if (ticks.faults[i].length > 0)
        draw(svg, "rect", { class: "fault-mark", x: xOf(i), y: 214, width: 2, height: 8 });
    draw(svg, "line", { class: "ghost", y1: 0, y2: 224, visibility: "hidden" });
    draw(svg, "line", { class: "pin", y1: 0, y2: 224 });
    place();
  }

  /** Puts both cursors where they belong. */
  function place() {
    const move = (name, i) => {
      const line = box.querySelector(name);
      if (!line) return;
      line.setAttribute("visibility", i < 0 ? "hidden" : "visible");
      if (i < 0) return;
      line.setAttribute("x1", xOf(i));
      line.setAttribute("x2", xOf(i));
    };
    move(".ghost", hovered);
    move(".pin", selected);
  }

  function showTip() {
    tip.hidden = hovered < 0;
    if (hovered < 0) return;
    const i = hovered;
    const line = `${number(ticks.t[i])} s · ${number(ticks.speed[i])} → ${number(ticks.target[i])} m/s`;
    const mode = modes[ticks.mode[i]];
    tip.replaceChildren(
      el("div", { class: "quiet" }, line),
      el("div", {}, badge(mode, mode), " ", words(verdicts[ticks.verdict[i]])),
      el("div", {}, sentenceAt(i)),
      ...ticks.faults[i].map(([code]) => el("div", { class: "quiet" }, strings[code])),
    );
    const x = xOf(i);
    const right = x > width / 2;
    tip.style.left = right ? "auto" : `${x + 14}px`;
    tip.style.right = right ? `${width - x + 14}px` : "auto";
    tip.style.top = "34px";
  }

  const frameOf = (i) => {
    let best = film[0];
    for (const frame of film) if (Math.abs(frame.i - i) < Math.abs(best.i - i)) best = frame;
    return best;
  };

  function pairOf(frame) {
    const at = `at ${number(ticks.t[frame.i])} s`;
    const images = [
      [frame.camera, `front camera ${at}`],
      [frame.bev, `the scene from above ${at}`],
    ].filter(([src]) => src !== null);
    const nodes = images.map(([src, alt]) => el("img", { src, alt }));
    return el("div", { class: "pair" }, ...nodes);
  }

  function factsOf(i) {
    const gap = ticks.gap[i] === null ? "" : `, gap ${number(ticks.gap[i], 0)} m`;
    const asked = `${number(ticks.target[i])} m/s${gap}`;
    const [lateral, longitudinal, why, proposed, told, answer] = ticks.words[i].map(
      (s) => strings[s],
    );
    const rows = [
      ["speed", `${number(ticks.speed[i])} m/s now, ${asked} asked for`],
      ["maneuver", `${words(lateral)}, ${words(longitudinal)}`],
      ["because", words(why) || "no reason given"],
      ["proposed", proposed ? words(proposed) : "nothing usable"],
      ...(told ? [["told", answer.includes(told) ? answer : `“${told}”: ${answer}`]] : []),
      ["age", `${number(ticks.age[i])} ms (pipeline ${number(ticks.total[i])} ms)`],
    ];
    const list = el("dl", { class: "facts" });
    for (const [name, value] of rows) list.append(el("dt", {}, name), el("dd", {}, value));
    return list;
  }

  function hitsOf(i) {
    const hits = ticks.hits[i];
    if (hits.length === 0) return el("p", { class: "quiet" }, "No rule spoke.");
    const head = el("tr", {});
    for (const name of ["rule", "asks for", "value", "limit", "what it says"])
      head.append(el("th", name === "value" || name === "limit" ? { class: "n" } : {}, name));
    const table = el("table", { id: "hits" }, head);
    for (const [rule, mode, value, limit, unit, text] of hits) {
      const of = (x) =>
        `${Number(x.toFixed(2))} ${strings[unit].replace("mps2", "m/s²").replace("mps", "m/s")}`;
      table.append(
        el(
          "tr",
          {},
          el("td", {}, strings[rule]),
          el("td", {}, badge(modes[mode], modes[mode])),
          el("td", { class: "n" }, of(value)),
          el("td", { class: "n" }, of(limit)),
          el("td", { class: "wrap" }, strings[text]),
        ),
      );
    }
    return el("div", { class: "scroll" }, table);
  }

  function faultsOf(i) {
    return ticks.faults[i].map(([code, source, text]) =>
      el(
        "p",
        { class: "wrap fault" },
        badge(strings[code], "EMERGENCY_STOP"),
        strings[text].startsWith(strings[source]) ? " " : ` ${strings[source]}: `,
        el("span", { class: "quiet" }, strings[text]),
      ),
    );
  }

  function select(i) {
    selected = Math.min(count - 1, Math.max(0, i));
    const mode = modes[ticks.mode[selected]];
    const steps = el("span", { class: "steps" });
    for (const [text, by, label] of [
      ["‹", -1, "previous tick"],
      ["›", 1, "next tick"],
    ]) {
      const button = el("button", { type: "button", "aria-label": label }, text);
      button.addEventListener("click", () => select(selected + by));
      steps.append(button);
    }
    const head = el(
      "div",
      { class: "head" },
      el("span", { class: "at" }, `${number(ticks.t[selected])} s`),
      badge(mode, mode),
      badge(words(verdicts[ticks.verdict[selected]]), undefined, true),
      steps,
    );
    const left = el(
      "div",
      {},
      head,
      el("p", { class: "sentence" }, sentenceAt(selected)),
      factsOf(selected),
      hitsOf(selected),
      ...faultsOf(selected),
    );
    detail.replaceChildren(left);
    const frame = film.length > 0 ? frameOf(selected) : undefined;
    if (frame) detail.append(pairOf(frame));
    box.setAttribute("aria-valuenow", selected);
    box.setAttribute("aria-valuetext", `${number(ticks.t[selected])} seconds, ${words(mode)}`);
    markFrame(frame);
    place();
  }

  function markFrame(frame) {
    for (const button of strip?.children ?? [])
      button.setAttribute("aria-current", String(Number(button.dataset.tick) === frame?.i));
    const current = strip?.querySelector('[aria-current="true"]');
    if (!current) return;
    const middle =
      current.offsetLeft - strip.offsetLeft - (strip.clientWidth - current.clientWidth) / 2;
    strip.scrollLeft = middle;
  }

  function buildFilm() {
    for (const frame of film) {
      const mode = modes[ticks.mode[frame.i]];
      const time = `${number(ticks.t[frame.i])} s`;
      const button = el("button", { type: "button", class: mode, "data-tick": frame.i });
      button.append(pairOf(frame), el("span", {}, time));
      button.addEventListener("click", () => select(frame.i));
      strip.append(button);
    }
  }

  box.addEventListener("pointermove", (event) => {
    if (event.pointerType === "touch") return;
    hovered = tickAt(event.clientX);
    showTip();
    place();
  });
  box.addEventListener("pointerleave", () => {
    hovered = -1;
    showTip();
    place();
  });
  box.addEventListener("click", (event) => select(tickAt(event.clientX)));
  document.addEventListener("keydown", (event) => {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (by === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    select(selected + by * (event.shiftKey ? 10 : 1));
  });
  new ResizeObserver(() => {
    if (box.clientWidth !== width) drawTimeline();
  }).observe(box);
  if (strip) buildFilm();
  // Only now do the pictures of the film have their sizes.
  addEventListener("load", () => {
    if (film.length > 0) markFrame(frameOf(selected));
  });
  drawTimeline();
  const strictest = Math.max(...ticks.mode.slice(0, 50_000));
  select(ticks.mode.indexOf(strictest));
})();
