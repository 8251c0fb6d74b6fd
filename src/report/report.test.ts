import { existsSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Decision } from "../contract/decision.ts";
import { ABOUT, aTick } from "../record/recording.fixture.ts";
import { ReportBuilder } from "./report-builder.ts";

const CHROMIUM = [process.env.WAYWARDEN_CHROMIUM ?? "", "/usr/bin/chromium"].find(
  (path) => path !== "" && existsSync(path),
);
if (CHROMIUM === undefined) console.warn("/usr/bin/chromium not found: the page is not opened");

const TICKS = 40;
/** 4 s, the last of them with a stop, a fault and a text that must not become markup. */
const changesAt = (id: number): Partial<Decision> => ({
  mode: id < 30 ? "NORMAL" : "EMERGENCY_STOP",
  verdict: id < 30 ? "APPROVED" : "REPLACED",
  sentence: id < 30 ? `Keep 5.0 m/s, tick ${id}.` : `Brake </script><b id="bad">${id}</b>.`,
  egoSpeedMps: 5 + id / 20,
  ...(id < 30 ? { hits: [], faults: [] } : {}),
});

async function aBuilder(count = TICKS, pictures = true): Promise<ReportBuilder> {
  const builder = new ReportBuilder(ABOUT);
  for (let id = 0; id < count; id++) {
    const { mode, ...changes } = changesAt(Math.min(id, TICKS - 1));
    await builder.add(await aTick(id, { ...changes, mode: mode! }), pictures && id % 5 === 0);
  }
  return builder;
}

test("a page names what ran and counts every decision", async () => {
  const page = (await aBuilder(TICKS, false)).page("interrupted", { published: "40, dropped 0" });
  expect(page).toMatch(/<h1>drive\.mcap<\/h1>/);
  expect(page).toMatch(/replay of 4\.0 s from 2023-11-14 22:13:20 UTC/);
  expect(page).toMatch(/<b>40<\/b><span>decisions/);
  expect(page).toMatch(/>interrupted<\/span>/);
  expect(page).toMatch(/<dt>published<\/dt><dd><code>40, dropped 0/);
  expect(page).toMatch(/S07<\/td><td>distance ahead/);
  expect(page).toMatch(/LIDAR_MISSING top<br>/);
  expect(page).not.toMatch(/id="bad"/);
});

test("nothing in a page asks the network", async () => {
  const page = (await aBuilder(6)).page("complete", {});
  expect(page).toMatch(/Content-Security-Policy" content="default-src 'none'; img-src data:/);
  expect(page.match(/(src|href|url)\s*[=(]\s*["']?(?!data:)[a-z/]+:/gi)).toBeNull();
});

test("a run without a decision still gives a page", () => {
  expect(new ReportBuilder(ABOUT).page("interrupted", {})).toMatch(/<b>0<\/b><span>decisions/);
});

test("a long run keeps to 8 MB, counts all and says what it leaves out", async () => {
  const builder = new ReportBuilder(ABOUT);
  const base = await aTick(0, changesAt(0));
  for (let id = 0; id < 45_000; id++) {
    const decision = {
      ...base.decision,
      id,
      sentence: `Tick ${id} of a long run: ${"-".repeat(180)}`,
    };
    await builder.add({ ...base, decision }, false);
  }
  const page = builder.page("complete", {});
  expect(Buffer.byteLength(page)).toBeLessThanOrEqual(8_000_000);
  expect(page).toMatch(/<b>45000<\/b><span>decisions/);
  expect(page).toMatch(/\d+ earlier decisions; the tiles count them/);
});

describe.skipIf(CHROMIUM === undefined)("in a browser", () => {
  let browser: Browser;
  let url: string;
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: CHROMIUM!, args: ["--no-sandbox"] });
    const path = join(mkdtempSync(join(tmpdir(), "waywarden-report-")), "report.html");
    writeFileSync(path, (await aBuilder()).page("complete", {}));
    url = `file://${path}`;
  });
  afterAll(() => browser?.close());

  async function opened(width: number, act: (page: Page) => Promise<void>): Promise<void> {
    const page = await browser.newPage({ viewport: { width, height: 900 } });
    const troubles: string[] = [];
    page.on("console", (message) => troubles.push(message.text()));
    page.on("pageerror", (error) => troubles.push(error.message));
    page.on("request", (request) => {
      if (!/^(file|data):/.test(request.url())) troubles.push(request.url());
    });
    await page.goto(url);
    await act(page);
    expect(troubles).toEqual([]);
    await page.close();
  }
  const sentence = (page: Page) => page.textContent("#detail .sentence");
  /** x of a tick on the timeline. */
  const xOf = async (page: Page, id: number) => {
    const box = (await page.locator("#timeline").boundingBox())!;
    return { x: box.x + 34 + (id / (TICKS - 1)) * (box.width - 38), y: box.y + 100 };
  };

  test("it shows the strictest tick first, with rule, value, limit and fault", () =>
    opened(1280, async (page) => {
      expect(await sentence(page)).toBe('Brake </script><b id="bad">30</b>.');
      expect(await page.textContent("#hits")).toMatch(/S07NORMAL8\.5 m7\.25 mgap to #4/);
      expect(await page.textContent("#detail .fault")).toMatch(/LIDAR_MISSING/);
      expect(await page.locator("#detail img").count()).toBe(2);
      expect(await page.locator("#film button").count()).toBe(8);
      expect(await page.locator(".mode-run").count()).toBe(2);
    }));

  test("pointing shows a tick, clicking keeps it, arrows step on", () =>
    opened(1280, async (page) => {
      const at = await xOf(page, 12);
      await page.mouse.move(at.x, at.y);
      expect(await page.textContent("#tip")).toMatch(/1\.2 s.*Keep 5\.0 m\/s, tick 12\./);
      expect(await sentence(page)).toMatch(/^Brake/);
      await page.mouse.click(at.x, at.y);
      expect(await sentence(page)).toBe("Keep 5.0 m/s, tick 12.");
      await page.keyboard.press("ArrowRight");
      await page.keyboard.press("Shift+ArrowRight");
      await page.keyboard.press("ArrowLeft");
      expect(await sentence(page)).toBe("Keep 5.0 m/s, tick 22.");
      await page.click('#film button[data-tick="5"]');
      expect(await sentence(page)).toBe("Keep 5.0 m/s, tick 5.");
      expect(await page.getAttribute("#timeline", "aria-valuetext")).toBe("0.5 seconds, normal");
    }));

  test("a phone scrolls it in one direction only", () =>
    opened(390, async (page) => {
      const widths = await page.evaluate("[document.documentElement.scrollWidth, innerWidth]");
      expect(widths).toEqual([390, 390]);
      await page.mouse.click((await xOf(page, 3)).x, (await xOf(page, 3)).y);
      expect(await sentence(page)).toBe("Keep 5.0 m/s, tick 3.");
    }));
});
