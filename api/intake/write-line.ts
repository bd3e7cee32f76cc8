import { ApiProblem } from '../problem';
import { invalidRequest } from '../validate';
import { jsonText } from './json-items';

export type WriteOp = 'put' | 'patch' | 'delete';

const LINE_BREAKS = /[\r\n]+/g;

/**
 * The item's line for a single write. The frame goes in as it was sent, so that no number changes on the way; line
 * breaks in JSON stand only between tokens, where a space means the same.
 * @param body the frame's JSON; none for a delete
 * @throws ApiProblem malformed_body, invalid_request, body_too_large
 */
export function writeLine(
  op: WriteOp,
  frame_id: string,
  body: Buffer | undefined,
  if_version: number | undefined,
  maxBytes: number,
): string {
  const frame = body === undefined ? '' : `,"frame":${frameText(frame_id, body)}`;
  const condition = if_version === undefined ? '' : `,"if_version":${if_version}`;
  const line = `{"op":"${op}","frame_id":${JSON.stringify(frame_id)}${condition}${frame}}`;
  if (line.length <= maxBytes / 3 || Buffer.byteLength(line) <= maxBytes) return line;
  throw new ApiProblem(
    'body_too_large',
    `The frame as an item has more than ${maxBytes} bytes; make the frame smaller`,
  );
}

function frameText(frame_id: string, body: Buffer): string {
  const { text, value } = jsonText(body);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw invalidRequest([{ path: '', message: 'Expected the frame to be an object' }]);
  }
  const inside = 'frame_id' in value ? value.frame_id : null;
  if (inside !== null && inside !== frame_id) {
    throw invalidRequest([{ path: 'frame_id', message: 'Expected the frame_id of the path, or none' }]);
  }
  return text.replace(LINE_BREAKS, ' ');
}
