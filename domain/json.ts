/**
 * A JSON value as Vivarium holds it in memory. Integers that a double cannot hold exactly are `bigint` (up to 2^63);
 * every other number is a `number`, so that equal values are equal in memory. NaN and the infinities occur only where
 * free JSON is allowed (label metadata, custom metrics).
 */
export type Json = null | boolean | number | bigint | string | Json[] | JsonObject;

export interface JsonObject {
  [key: string]: Json;
}
