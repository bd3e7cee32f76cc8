import type { Response } from 'express';
import { parse, stringify } from 'lossless-json';
import { numberOf } from '../domain/numbers';

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

/** A number that a double may not hold, or, rarely, a text that looks like one. */
const LONG_NUMBER = /[:,[]\s*-?\d{16}/;

/** What text that parses as `value` says with all digits of its integers: those that a double does not hold are bigints. */
export function parseExact(text: string, value: unknown): unknown {
  return LONG_NUMBER.test(text) ? parse(text, null, numberOf) : value;
}

/** Answers with a JSON body. */
export function sendJson(res: Response, status: number, value: unknown, type = 'application/json'): void {
  res.status(status).set('Content-Type', `${type}; charset=utf-8`).send(toJson(value));
}
