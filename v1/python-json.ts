/**
 * A number that Python is to read as a `float`: it is written with a decimal point or an exponent, also when whole.
 * The old client tells 1 from 1.0 (protocol 2.5).
 */
export class PythonFloat {
  constructor(readonly value: number | bigint) {}
}

/** What may be written as JSON for a Python reader; an absent member is left out. */
export type PythonValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | PythonFloat
  | readonly PythonValue[]
  | { readonly [key: string]: PythonValue | undefined };

/**
 * JSON text as Python's `json` reads it: whole numbers as integers with all their digits, `PythonFloat` as floats, NaN
 * and the infinities as the bare tokens NaN, Infinity and -Infinity.
 */
export function pythonJson(value: PythonValue): string {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value);
    case 'number':
      return numberText(value);
    case 'bigint':
    case 'boolean':
      return String(value);
    default:
      if (value === null) return 'null';
      if (value instanceof PythonFloat) return floatText(value.value);
      if (Array.isArray(value)) return `[${(value as readonly PythonValue[]).map(pythonJson).join(',')}]`;
      return objectText(value as { readonly [key: string]: PythonValue | undefined });
  }
}

function objectText(members: { readonly [key: string]: PythonValue | undefined }): string {
  let text = '';
  for (const key of Object.keys(members)) {
    const value = members[key];
    if (value === undefined) continue;
    if (text !== '') text += ',';
    text += `${JSON.stringify(key)}:${pythonJson(value)}`;
  }
  return `{${text}}`;
}

/** True when the number is written as an integer: whole, and within 64 bits, which is what the client may send back. */
export function isPythonInt(value: number | bigint): boolean {
  return typeof value === 'bigint' || (Number.isInteger(value) && value >= -(2 ** 63) && value < 2 ** 63);
}

/** `String` rounds the digits of integers beyond 2^53. */
function numberText(value: number): string {
  if (Number.isSafeInteger(value) || !Number.isInteger(value)) return String(value);
  return isPythonInt(value) ? BigInt(value).toString() : floatText(value);
}

function floatText(value: number | bigint): string {
  const text = String(value);
  return /^-?\d+$/.test(text) ? `${text}.0` : text;
}

const JSON_SPACE = /^[ \t\n\r]+|[ \t\n\r]+$/g;
/** What a text that Python reads as JSON is or begins with, spaces around it apart. */
const LOOKS_LIKE_JSON = /^(?:["[{]|(?:true|false|null|NaN|-?Infinity|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)$)/;

/**
 * A text as the top level of a sensor, label or coordinate frame has it: the client replaces each value there that it
 * can read as JSON, so such a text is encoded once more (protocol 6).
 */
export function keptText(text: string): string {
  return LOOKS_LIKE_JSON.test(text.replace(JSON_SPACE, '')) ? JSON.stringify(text) : text;
}
