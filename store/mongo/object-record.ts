import type { ObjectRecord } from '../objects';
import type { ObjectDoc } from './documents';

export function toRecord(doc: ObjectDoc): ObjectRecord {
  const { _id, token_hash: _hash, place: _place, claims: _claims, refused: _refused, state, ...rest } = doc;
  return { object_id: _id, ...rest, state: state === 'COMPLETE' ? state : 'PENDING' };
}
