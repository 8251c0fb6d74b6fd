import { describe, expect, test } from "vitest";
import { decodeImage, decodeRegion } from "./decode.ts";
import { decodeJpegInto, jpegFrameOf } from "./jpeg.ts";
import { loadSharp } from "./libvips.ts";

const sharp = await loadSharp();

const WIDTH = 48;
const HEIGHT = 32;

type Form = {
  readonly progressive?: boolean;
  readonly space?: "b-w" | "cmyk";
  readonly note?: string;
};

/** A smooth picture in one form of JPEG; `note` puts an EXIF segment before the frame header. */
async function aJpeg({ progressive = false, space, note }: Form = {}): Promise<Uint8Array> {
  const rgb = Uint8Array.from({ length: WIDTH * HEIGHT * 3 }, (_, i) => (i % (WIDTH * 3)) + 40);
  let picture = sharp(rgb, { raw: { width: WIDTH, height: HEIGHT, channels: 3 } });
  if (space) picture = picture.toColourspace(space);
  if (note) picture = picture.withExif({ IFD0: { ImageDescription: note } });
  return picture.jpeg({ quality: 95, progressive }).toBuffer();
}

describe("jpegFrameOf", () => {
  for (const [name, form, components] of [
    ["baseline", {}, 3],
    ["progressive", { progressive: true }, 3],
    ["grey", { space: "b-w" }, 1],
    ["CMYK", { space: "cmyk" }, 4],
    ["behind a long note", { note: "x".repeat(5000) }, 3],
  ] as const)
    test(`reads size and components: ${name}`, async () => {
      const frame = jpegFrameOf(await aJpeg(form));
      expect(frame).toEqual({ widthPx: WIDTH, heightPx: HEIGHT, components });
    });

  test("finds none where the bytes end before it or are no JPEG", async () => {
    const data = await aJpeg({ note: "x".repeat(500) });
    expect(jpegFrameOf(data.subarray(0, 300))).toBeUndefined();
    expect(jpegFrameOf(data.subarray(1))).toBeUndefined();
    expect(jpegFrameOf(new Uint8Array(0))).toBeUndefined();
    expect(
      jpegFrameOf(Uint8Array.of(0xff, 0xd8, 0xff, 0xe0, 0, 0, 0, 0, 0, 0, 0, 0)),
    ).toBeUndefined();
  });
});

describe("a frame that libjpeg might see elsewhere", () => {
  const SOI = [0xff, 0xd8];
  const frame = [0xff, 0xc0, 0, 17, 8, 0, HEIGHT, 0, WIDTH, 3, 1, 0x22, 0, 2, 0x11, 1, 3, 0x11, 1];
  const note = [0xff, 0xfe, 0, 3, 7];
  test("is found behind a note and fill bytes", () => {
    const found = jpegFrameOf(Uint8Array.from([...SOI, ...note, 0xff, 0xff, ...frame]));
    expect(found).toEqual({ widthPx: WIDTH, heightPx: HEIGHT, components: 3 });
  });
  for (const [what, bytes] of [
    ["a stuffed byte", [0xff, 0x00, 0, 3, 7]],
    ["a segment of length 0", [0xff, 0xfe, 0, 0]],
    ["a segment of length 1", [0xff, 0xfe, 0, 1, 7]],
    ["a restart marker", [0xff, 0xd0]],
    ["a second start of image", SOI],
    ["an end of image", [0xff, 0xd9, 0, 3, 7]],
    ["a scan", [0xff, 0xda, 0, 3, 7]],
    ["a lossless frame", [0xff, 0xc3, 0, 3, 7]],
    ["bytes between segments", [7, 7]],
  ] as const)
    test(`is not looked for behind ${what}`, () => {
      expect(jpegFrameOf(Uint8Array.from([...SOI, ...bytes, ...frame]))).toBeUndefined();
    });
});

describe("a JPEG in every form", () => {
  for (const form of [{}, { progressive: true }, { space: "b-w" }, { space: "cmyk" }] as const)
    test(`${JSON.stringify(form)} comes out as libvips shows it`, async () => {
      const data = await aJpeg(form);
      const shown = await sharp(data).toColourspace("srgb").removeAlpha().raw().toBuffer();
      const ours = await decodeImage({ data, encoding: "jpeg", widthPx: WIDTH, heightPx: HEIGHT });
      expect(ours.length).toBe(shown.length);
      // The fast DCT and libvips' exact one differ by a few steps.
      const worst = ours.reduce((max, v, i) => Math.max(max, Math.abs(v - shown[i]!)), 0);
      expect(worst).toBeLessThanOrEqual(6);
    });

  test("what libjpeg only warns of is an error", async () => {
    const data = (await aJpeg()).slice();
    data.fill(0, data.length - 60, data.length - 2);
    const out = new Uint8Array(WIDTH * HEIGHT * 3);
    await expect(decodeJpegInto(data.subarray(0, data.length - 40), out)).rejects.toThrow();
  });

  test("a frame larger than its buffer is refused before a byte is written", async () => {
    const out = new Uint8Array(WIDTH * HEIGHT * 3 - 1).fill(7);
    await expect(decodeJpegInto(await aJpeg(), out)).rejects.toThrow(/buffer/);
    expect(out.every((v) => v === 7)).toBe(true);
  });
});

test("pictures cut at the same time do not share their memory", async () => {
  const size = { widthPx: WIDTH, heightPx: HEIGHT };
  const region = { leftPx: 0, topPx: 0, ...size };
  const pictures = await Promise.all([
    aJpeg(),
    aJpeg({ space: "b-w" }),
    aJpeg({ progressive: true }),
  ]);
  const cut = (data: Uint8Array) =>
    decodeRegion({ data, encoding: "jpeg", ...size }, region, WIDTH, HEIGHT);
  const alone: Uint8Array[] = [];
  for (const data of pictures) alone.push(await cut(data));
  for (let round = 0; round < 5; round++)
    expect(await Promise.all(pictures.map(cut))).toEqual(alone);
});
