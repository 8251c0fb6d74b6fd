/**
 * A bitmap font of our own, so that pictures need no system fonts: printable ASCII, 5 × 8 dots.
 * A glyph is 8 base-32 digits, one for each row from the top; the highest of 5 bits is the left dot.
 */
export const GLYPH_WIDTH = 5;
export const GLYPH_HEIGHT = 8;

const FIRST_CODE = 32;
// biome-ignore format: ten glyphs a line, from the space on
const GLYPHS = [
  "00000000 44444040 aa000000 aavavaa0 4fke5u40 pq248bj0 8kk8lid0 44000000 24888420 84222480",
  "04lel400 044v4400 00000648 000v0000 00000cc0 01248g00 ehjlphe0 4c4444e0 eh168gv0 v1261he0",
  "26aiv220 vgu11he0 68guhhe0 v1244440 ehhehhe0 ehhf12c0 0cc0cc00 0cc0c480 248g8420 00v0v000",
  "84212480 eh124040 ehnlngf0 ehhvhhh0 uhhuhhu0 ehggghe0 sihhhis0 vgguggv0 vgguggg0 ehgnhhf0",
  "hhhvhhh0 e44444e0 72222ic0 hikokih0 ggggggv0 hrllhhh0 hpljhhh0 ehhhhhe0 uhhuggg0 ehhhlid0",
  "uhhukih0 fgge11u0 v4444440 hhhhhhe0 hhhhha40 hhhllrh0 hha4ahh0 hha44440 v1248gv0 e88888e0",
  "0g842100 e22222e0 4ah00000 0000000v 84200000 00e1fhf0 gguhhhu0 00ehghe0 11fhhhf0 00ehvge0",
  "698s8880 00fhhf1e gguhhhh0 40c444e0 206222ic ggikoki0 c44444e0 00qlllh0 00uhhhh0 00ehhhe0",
  "00uhhugg 00fhhf11 00mpggg0 00fge1u0 88s88960 00hhhjd0 00hhha40 00hllla0 00ha4ah0 00hhhf1e",
  "00v248v0 24484420 44444440 84424480 00di0000",
].join(" ").split(" ");

/** Signs that sentences use beyond ASCII, and what stands for them. */
const STAND_INS: Readonly<Record<string, string>> = {
  "–": "-",
  "—": "-",
  "−": "-",
  "…": "...",
  "≤": "<=",
  "≥": ">=",
  "²": "2",
  "³": "3",
  "·": "*",
  "×": "x",
  "°": "deg",
  "’": "'",
};

/** The text in characters that the font has; anything else becomes "?". */
export const printable = (text: string): string =>
  [...text].map((sign) => STAND_INS[sign] ?? (sign >= " " && sign <= "~" ? sign : "?")).join("");

/** true where the glyph of `character` has a dot at column x, row y. */
export function glyphDot(character: string, x: number, y: number): boolean {
  const glyph =
    GLYPHS[character.charCodeAt(0) - FIRST_CODE] ?? GLYPHS["?".charCodeAt(0) - FIRST_CODE]!;
  const row = Number.parseInt(glyph.charAt(y) || "0", 32);
  return ((row >> (GLYPH_WIDTH - 1 - x)) & 1) === 1;
}
