/** Chunk ids sort in the order of their submission. */
export function chunkId(submission_id: string, index: number): string {
  return `${submission_id}/${String(index).padStart(6, '0')}`;
}

export function submissionOf(chunk_id: string): string {
  return chunk_id.slice(0, chunk_id.lastIndexOf('/'));
}
