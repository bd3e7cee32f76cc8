import type { Response } from 'express';
import { stringify } from 'lossless-json';

/**
 * Digits of an integer that the engine's stringify may have rounded: it writes the fewest that tell a double from its
 * neighbours, so 2^62 ends in 8000. Up to 16 digits are exact.
 */
const LONG_INTEGER = /[:,[]-?\d{17}/;

const exactInteger = {
  test: (value: unknown) => typeof value === 'number' && !Number.isSafeInteger(value) && isWrittenInFull(value),
  stringify: (value: unknown) => BigInt(value as number).toString(),
};

/** From 10^21 on a number is written with an exponent. */
function isWrittenInFull(value: number): boolean {
  return Number.isInteger(value) && Math.abs(value) < 1e21;
}

/**
 * JSON text in which integers, bigints among them, have all their digits. The engine's own stringify is several times
 * faster, but refuses bigints and rounds, so the slow path is taken only when there is something to lose.
 */
export function toJson(value: unknown): string {
  try {
    const text = JSON.stringify(value);
    if (!LONG_INTEGER.test(text)) return text;
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
  }
  return stringify(value, null, undefined, [exactInteger]) ?? 'null';
}

/** Answers with a JSON body. */
export function sendJson(res: Response, status: number, value: unknown, type = 'application/json'): void {
  res.status(status).set('Content-Type', `${type}; charset=utf-8`).send(toJson(value));
}
