/** Shorter words are other words too often when one of their letters is another. */
const REPLACED_MIN = 4;

/**
 * true where `found` is `word` with one letter dropped, added or swapped with the next, or replaced. A word of
 * the language is not another one with a letter replaced: "right" is no slip of "light".
 */
export function isOneSlip(found: string, word: string, isKnown: boolean): boolean {
  if (found === word || Math.abs(found.length - word.length) > 1) return false;
  if (!/^[a-z']+$/.test(found) || word.length < 2) return false;
  let at = 0;
  while (at < found.length && found[at] === word[at]) at++;
  const rest = found.slice(at);
  const wanted = word.slice(at);
  if (found.length < word.length) return rest === wanted.slice(1);
  if (found.length > word.length) return rest.slice(1) === wanted;
  const swapped = rest[0] === wanted[1] && rest[1] === wanted[0];
  if (swapped && rest.slice(2) === wanted.slice(2)) return true;
  return !isKnown && word.length >= REPLACED_MIN && rest.slice(1) === wanted.slice(1);
}
