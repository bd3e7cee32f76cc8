import { Binary } from 'mongodb';
import type { Collections } from './database';
import type { ChunkDoc } from './documents';

/** The submitted lines that a chunk's body still holds, by position in the chunk. */
export async function keptLines(c: Collections, chunk: ChunkDoc): Promise<Map<number, string>> {
  const doc = await c.bodies.findOne({ _id: chunk._id });
  if (!doc) return new Map();
  const lines = Buffer.from(doc.body.buffer).toString('utf8').split('\n');
  const positions = chunk.kept === 'failed' ? failedPositions(chunk) : lines.map((_, at) => at);
  return new Map(positions.map((at, index) => [at, lines[index] ?? '']));
}

/** Positions of FAILED items whose line could be kept. */
export function failedPositions(chunk: Pick<ChunkDoc, 'outcomes' | 'broken'>): number[] {
  const broken = new Set(chunk.broken.map(({ at }) => at));
  return [...(chunk.outcomes ?? '')].flatMap((letter, at) => (letter === 'F' && !broken.has(at) ? [at] : []));
}

export function bodyOf(lines: string[]): Binary {
  return new Binary(Buffer.from(lines.join('\n'), 'utf8'));
}
