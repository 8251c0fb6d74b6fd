import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { type ModelCard, ModelCardSchema } from "./card.ts";

const ROOT = resolve(import.meta.dirname, "../..");

/** The model that tests run: WAYWARDEN_MODEL, or the one that ships. */
export const MODEL_DIR = resolve(ROOT, process.env.WAYWARDEN_MODEL ?? "models/waywarden-s");

export const readCard = (): ModelCard =>
  ModelCardSchema.parse(JSON.parse(readFileSync(join(MODEL_DIR, "card.json"), "utf8")));

export type FolderChanges = {
  /** Changes the card; what it returns is written as it is. */
  readonly card?: (card: ModelCard) => unknown;
  /** Files of other content; their hashes in the card are made to fit. */
  readonly files?: { readonly [K in keyof ModelCard["files"]]?: Uint8Array };
};

/** A copy of the model folder with changes: unchanged files are links, so it costs nothing. */
export function aModelFolder(changes: FolderChanges = {}): string {
  const dir = mkdtempSync(join(tmpdir(), "waywarden-model-"));
  const card = readCard();
  for (const [part, entry] of Object.entries(card.files)) {
    const bytes = changes.files?.[part as keyof ModelCard["files"]];
    if (bytes === undefined) symlinkSync(join(MODEL_DIR, entry.file), join(dir, entry.file));
    else {
      writeFileSync(join(dir, entry.file), bytes);
      entry.sha256 = createHash("sha256").update(bytes).digest("hex");
    }
  }
  const written = changes.card ? changes.card(card) : card;
  writeFileSync(join(dir, "card.json"), JSON.stringify(written));
  return dir;
}
