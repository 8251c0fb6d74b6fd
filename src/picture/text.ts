import type { Canvas } from "./canvas.ts";
import type { Rgb } from "./colours.ts";
import { GLYPH_HEIGHT, GLYPH_WIDTH, glyphDot, printable } from "./font.ts";

/** Advance of one character, px. */
export const charWidthPx = (scale: number): number => (GLYPH_WIDTH + 1) * scale;
/** Distance of two lines of text, px. */
export const lineHeightPx = (scale: number): number => (GLYPH_HEIGHT + 2) * scale;

/** Draws one line with its upper left corner at (x, y); each dot is `scale` pixels wide. */
export function drawText(
  canvas: Canvas,
  x: number,
  y: number,
  text: string,
  colour: Rgb,
  scale = 1,
): void {
  for (const [i, character] of [...printable(text)].entries())
    for (let row = 0; row < GLYPH_HEIGHT; row++)
      for (let column = 0; column < GLYPH_WIDTH; column++)
        if (glyphDot(character, column, row)) {
          const left = x + i * charWidthPx(scale) + column * scale;
          canvas.fillRect(left, y + row * scale, scale, scale, colour);
        }
}

/** Breaks at spaces so that no line is longer than `columns`; longer words are cut. */
export function wrapText(text: string, columns: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (let word of printable(text).split(/\s+/)) {
    while (word.length > columns) {
      if (line !== "") lines.push(line);
      line = "";
      lines.push(word.slice(0, columns));
      word = word.slice(columns);
    }
    const longer = line === "" ? word : `${line} ${word}`;
    if (longer.length > columns) {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  if (line !== "") lines.push(line);
  return lines;
}
