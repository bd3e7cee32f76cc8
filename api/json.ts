import type { Response } from 'express';
import { stringify } from 'lossless-json';

/**
 * JSON text in which bigints are plain numbers. The engine's own stringify is several times faster and refuses
 * bigints, so the slow path is taken only when there are some.
 */
export function toJson(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch (error) {
    if (error instanceof TypeError) return stringify(value) ?? 'null';
    throw error;
  }
}

/** Answers with a JSON body. */
export function sendJson(res: Response, status: number, value: unknown, type = 'application/json'): void {
  res.status(status).set('Content-Type', `${type}; charset=utf-8`).send(toJson(value));
}
