import type { FrameContent } from './frame';
import type { Json } from './json';

/**
 * One text for one content in normal form. Normal form has its keys in a fixed order, so the engine's own stringify
 * does, except for what JSON lacks: it throws on bigints and writes NaN and the infinities as null. Those go through
 * a slower walk that writes the same for everything else.
 */
export function canonicalJson(content: FrameContent): string {
  let text: string;
  try {
    text = JSON.stringify(content);
  } catch (error) {
    if (error instanceof TypeError) return write(content as unknown as Json);
    throw error;
  }
  return text.includes('null') ? write(content as unknown as Json) : text;
}

function write(value: Json): string {
  if (typeof value === 'number') return String(value);
  if (typeof value === 'bigint') return writeBigint(value);
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(write).join(',')}]`;
  const members: string[] = [];
  for (const key in value) members.push(`${JSON.stringify(key)}:${write(value[key]!)}`);
  return `{${members.join(',')}}`;
}

/**
 * A double is written in the fewest digits that tell it from its neighbours, which may be those of an integer beside
 * it: 2^62 as 4611686018427388000. That integer, a bigint, gets a mark.
 */
function writeBigint(value: bigint): string {
  const digits = String(value);
  return digits === String(Number(value)) ? `${digits}n` : digits;
}
