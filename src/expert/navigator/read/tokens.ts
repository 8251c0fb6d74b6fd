/** Where words part: spaces, marks between them, hyphens, and a number before its unit. */
const MARKS = /[,;:!?"()]+(?!\d)|\.+(?=\s|$)/g;
const HYPHENS = /(?<=[a-z0-9])[-–](?=[a-z])/g;
const GLUED = /^(\d+(?:\.\d+)?)(?!(?:st|nd|rd|th)$)([a-z][a-z/]*)$/;

/**
 * Words of a sentence or a shape in lower case, without the marks between them; `{slots}` stay whole.
 * "Turn left, 50km/h." gives turn, left, 50, km/h.
 */
export const tokensOf = (text: string): string[] =>
  text
    .toLowerCase()
    .replace(/[’`]/g, "'")
    .replace(HYPHENS, " ")
    .replace(MARKS, " ")
    .split(/\s+/)
    .flatMap((token) => GLUED.exec(token)?.slice(1) ?? [token])
    .filter((token) => token !== "");
