/** A string (skipped), or one of the tokens that Python writes and JSON does not know. */
const STRING_OR_TOKEN = /"(?:[^"\\]|\\.)*"|-?\b(?:NaN|Infinity)\b/g;
const TOKEN = /\b(?:NaN|Infinity)\b/;
/** Marks a string that stands for a token; U+0000 cannot stand unescaped in JSON text. */
const MARK = '\\u0000';
const MARKED = /"\\u0000(-?(?:NaN|Infinity))"/g;

/** True when a text that is no JSON may be so only for its bare tokens, which items may have. */
export function mayHaveTokens(text: string): boolean {
  return TOKEN.test(text);
}

/** The text with a JSON value in place of each bare NaN and infinity. */
export function replaceTokens(text: string, replacement: (token: string) => string): string {
  return text.replace(STRING_OR_TOKEN, (match) => (match.startsWith('"') ? match : replacement(match)));
}

/** JSON text in which strings stand for the bare tokens; `unmarkTokens` turns them back. */
export function markTokens(text: string): string {
  return mayHaveTokens(text) ? replaceTokens(text, (token) => `"${MARK}${token}"`) : text;
}

/** Undoes `markTokens`. */
export function unmarkTokens(text: string): string {
  return text.replace(MARKED, '$1');
}
