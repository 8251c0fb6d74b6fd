import { type Decision, MODES, type Mode } from "../contract/decision.ts";
import type { RecordedTick, RunAbout } from "../record/recorded-tick.ts";
import { Film } from "./film.ts";
import { renderPage } from "./page.ts";
import { type Row, reportData } from "./report-data.ts";

/** One hour; older ticks are counted and no longer shown, which bounds memory and page. */
const ROWS_MAX = 36_000;
const PAGE_BYTES_MAX = 8_000_000;

/** Collects a run of any length and makes one page of it. */
export class ReportBuilder {
  readonly #about: RunAbout;
  readonly #film = new Film();
  readonly #modes = Object.fromEntries(MODES.map((mode) => [mode, 0])) as Record<Mode, number>;
  #rows: Row[] = [];
  #firstUs: number | undefined;
  #lastUs = 0;
  #decisionCount = 0;
  #motionCount = 0;

  constructor(about: RunAbout) {
    this.#about = about;
  }

  async add(tick: RecordedTick, withPictures: boolean): Promise<void> {
    const { decision, observation, ageMs } = tick;
    this.#firstUs ??= decision.observationStampUs;
    this.#lastUs = decision.observationStampUs;
    this.#decisionCount++;
    this.#modes[decision.mode]++;
    if (permitsMotion(decision)) this.#motionCount++;
    this.#rows.push({ decision, ageMs, told: observation.route.text });
    if (this.#rows.length > ROWS_MAX * 1.1) this.#rows = this.#rows.slice(-ROWS_MAX);
    if (withPictures) await this.#film.add(tick);
  }

  /** The page, at most 8 MB: pictures go first, then the oldest ticks. */
  page(reason: string, facts: Readonly<Record<string, string>>): string {
    for (let rows = this.#rows.slice(-ROWS_MAX); ; ) {
      const page = this.#render(rows, reason, facts);
      if (Buffer.byteLength(page) <= PAGE_BYTES_MAX || rows.length < 2) return page;
      if (this.#film.frames.length > 20) this.#film.thin();
      else rows = rows.slice(Math.ceil(rows.length / 4));
    }
  }

  #render(rows: readonly Row[], reason: string, facts: Readonly<Record<string, string>>): string {
    const firstUs = this.#firstUs ?? 0;
    const parts = {
      about: this.#about,
      reason,
      facts,
      firstUs,
      lastUs: this.#lastUs,
      decisionCount: this.#decisionCount,
      motionCount: this.#motionCount,
      modeCounts: this.#modes,
    };
    return renderPage(parts, rows, reportData(rows, firstUs, this.#film.frames));
  }
}

/** As the summary counts it: the vehicle may still move at the end of its trajectory. */
const permitsMotion = ({ mode, maneuver, trajectory }: Decision): boolean =>
  (mode === "NORMAL" || mode === "CAUTION") &&
  maneuver.targetSpeedMps > 0 &&
  (trajectory.speedMps.at(-1) ?? 0) > 0;
