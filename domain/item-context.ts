import type { Digest } from './embedding';
import type { NonFinite } from './free-json';

/** What reading an item needs to know of its project and of the way it came in. */
export interface ItemContext {
  /** The classes in the project's map. */
  classes: ReadonlySet<string>;
  /** SHA-256 of a vector's bytes. */
  digest: Digest;
  /**
   * How label metadata and custom metrics spell NaN and the infinities: `named` (the default) where they come as
   * texts, as in the native API, `keep` where they come as bare tokens and a text is a text.
   */
  nonFinite?: Exclude<NonFinite, 'refuse'>;
}
