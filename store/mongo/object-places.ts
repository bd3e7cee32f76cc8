import { StoreError } from '../errors';
import type { PieceStore } from '../pieces';

/** The stores of pieces that this process can reach. */
export type Places = { readonly [P in PieceStore['place']]?: PieceStore };

/** @throws StoreError store_unavailable for a place that the settings no longer name */
export function placeOf(places: Places, place: PieceStore['place']): PieceStore {
  const pieces = places[place];
  if (pieces) return pieces;
  throw new StoreError(
    'store_unavailable',
    `The bytes of this object lie in ${place}, which is not configured; set it up again to reach them`,
  );
}
