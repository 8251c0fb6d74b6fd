import { describe, expect, test } from "vitest";
import { Canvas } from "./canvas.ts";
import { ramp } from "./colours.ts";
import { drawText, wrapText } from "./text.ts";

const WHITE = [255, 255, 255] as const;
const aCanvas = (size = 12) => new Canvas(size, size, [0, 0, 0]);

/** The canvas as text: # where it is not black. */
const dots = (canvas: Canvas, widthPx: number, heightPx: number): string[] =>
  Array.from({ length: heightPx }, (_, y) =>
    Array.from({ length: widthPx }, (_, x) =>
      canvas.rgb[(y * canvas.widthPx + x) * 3]! > 0 ? "#" : ".",
    ).join(""),
  );
const count = (canvas: Canvas) =>
  dots(canvas, canvas.widthPx, canvas.heightPx).join("").split("#").length - 1;

describe("Canvas", () => {
  test("a pixel outside is cut off, not wrapped to the next row", () => {
    const canvas = aCanvas();
    for (const [x, y] of [
      [-1, 3],
      [12, 3],
      [3, -1],
      [3, 12],
      [Number.NaN, 3],
    ] as const)
      canvas.setPixel(x, y, WHITE);
    expect(count(canvas)).toBe(0);
  });

  test("alpha mixes with what is there", () => {
    const canvas = new Canvas(1, 1, [100, 0, 200]);
    canvas.setPixel(0, 0, [200, 100, 0], 0.5);
    expect([...canvas.rgb]).toEqual([150, 50, 100]);
  });

  test("a polygon fills the pixels whose centres it holds", () => {
    const canvas = aCanvas(5);
    const square = [
      [1, 1],
      [4, 1],
      [4, 3],
      [1, 3],
    ] as const;
    canvas.fillPolygon(square, WHITE);
    expect(dots(canvas, 5, 4)).toEqual([".....", ".###.", ".###.", "....."]);
  });

  test("a polygon with a dent stays dented", () => {
    const canvas = aCanvas(6);
    canvas.fillPolygon(
      [
        [0, 0],
        [6, 0],
        [6, 4],
        [3, 0.9],
        [0, 4],
      ],
      WHITE,
    );
    expect(dots(canvas, 6, 3)[2]).toBe("#....#");
  });

  test("a line joins its ends, and one to infinity is left out", () => {
    const canvas = aCanvas(4);
    canvas.line(0, 0, 3, 3, WHITE);
    canvas.line(0, 0, Number.POSITIVE_INFINITY, 3, WHITE);
    expect(dots(canvas, 4, 4)).toEqual(["#...", ".#..", "..#.", "...#"]);
  });

  test("blit places a picture and cuts what hangs over", () => {
    const canvas = aCanvas(3);
    canvas.blit(new Uint8Array(12).fill(9), 2, 2, 2, 1);
    expect(dots(canvas, 3, 3)).toEqual(["...", "..#", "..#"]);
  });
});

describe("text", () => {
  test("letters have the dots of the font", () => {
    const canvas = aCanvas();
    drawText(canvas, 0, 0, "Lg", WHITE);
    expect(dots(canvas, 11, 8)).toEqual([
      "#..........",
      "#..........",
      "#......####",
      "#.....#...#",
      "#.....#...#",
      "#......####",
      "#####.....#",
      ".......###.",
    ]);
  });

  test("every printable sign but the space has dots of its own", () => {
    const seen = new Set<string>();
    for (let code = 33; code < 127; code++) {
      const canvas = aCanvas(8);
      drawText(canvas, 0, 0, String.fromCharCode(code), WHITE);
      expect(count(canvas), String.fromCharCode(code)).toBeGreaterThan(0);
      seen.add(dots(canvas, 8, 8).join("\n"));
    }
    expect(seen.size).toBe(94);
  });

  test("signs beyond ASCII get a stand-in or a question mark, never nothing", () => {
    const drawn = (text: string) => {
      const canvas = new Canvas(20, 8, [0, 0, 0]);
      drawText(canvas, 0, 0, text, WHITE);
      return dots(canvas, 20, 8);
    };
    expect(drawn("≤2")).toEqual(drawn("<=2"));
    expect(drawn("車")).toEqual(drawn("?"));
  });

  test("text breaks at spaces and long words are cut", () => {
    expect(wrapText("the lead vehicle brakes", 9)).toEqual(["the lead", "vehicle", "brakes"]);
    expect(wrapText("a incomprehensible b", 6)).toEqual(["a", "incomp", "rehens", "ible b"]);
    expect(wrapText("", 6)).toEqual([]);
  });
});

test("the ramp runs from red to blue and holds at its ends", () => {
  expect(ramp(0)).toEqual(ramp(-3));
  expect(ramp(1)).toEqual(ramp(7));
  expect(ramp(Number.NaN)).toEqual(ramp(0));
  expect(ramp(0)[0]).toBeGreaterThan(ramp(1)[0]);
  expect(ramp(1)[2]).toBeGreaterThan(ramp(0)[2]);
});
