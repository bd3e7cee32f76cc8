import type { Request } from 'express';

/** True when an If-None-Match names the given ETag, weak or strong, or any. */
export function holds(req: Request, etag: string): boolean {
  const given = req.get('if-none-match');
  if (given === undefined) return false;
  if (given.trim() === '*') return true;
  return given.split(',').some((entry) => entry.trim().replace(/^W\//, '') === etag);
}

/** Headers of a page: one of a version named by its number never changes, any other may the next moment. */
export function pageHeaders(key: number, version: number, fixed: boolean): { ETag: string; 'Cache-Control': string } {
  return {
    ETag: `"${key}.${version}"`,
    'Cache-Control': fixed ? 'private, immutable, max-age=31536000' : 'private, no-cache',
  };
}
