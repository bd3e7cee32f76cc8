import { readObject } from '../domain/fields';
import type { Json, JsonObject } from '../domain/json';
import { setField } from './row-object';
import { isUserKey, metadataKey } from './user-key';

const LINK_PREFIX = 'link__';

/** The attributes of an instance that belong to its place in the mask; all others are the user's (protocol 5.4). */
const OF_INSTANCE: ReadonlySet<string> = new Set(['id', 'resize_mode']);

/** Where an attribute goes that neither the user nor all labels have. */
function ownPart(type: Json | undefined, key: string): 'geometry' | 'metadata' | 'secondary' {
  switch (type) {
    case 'CLASSIFICATION_2D':
    case 'CLASSIFICATION_3D':
      return 'secondary';
    case 'INSTANCE_LABEL_2D':
      return OF_INSTANCE.has(key) ? 'geometry' : 'metadata';
    default:
      return 'geometry';
  }
}

/** True where users choose the names of attributes, so that one of a known name may be of another kind. */
function hasFreeNames(type: Json | undefined): boolean {
  return ownPart(type, '') !== 'geometry';
}

/**
 * Puts a label row's attributes into the parts of a native label: geometry, metadata, secondary labels, links,
 * confidence and iscrowd. A change leaves out nulls, which stand for "not given" there.
 */
export function setAttributes(label: JsonObject, value: Json | undefined, isChange: boolean): void {
  const { type } = label;
  const parts: Partial<Record<'geometry' | 'metadata' | 'secondary' | 'links', JsonObject>> = {};
  if (!isChange) parts.geometry = {};
  const raw = value === undefined || value === null ? {} : readObject(value, 'attributes');
  for (const key in raw) {
    const attribute = raw[key]!;
    if (attribute === null && isChange) continue;
    if (isUserKey(key)) setField((parts.metadata ??= {}), metadataKey(key), attribute);
    else if (key.startsWith(LINK_PREFIX)) setField((parts.links ??= {}), key.slice(LINK_PREFIX.length), attribute);
    else if (isOfAnyLabel(type, key, attribute)) label[key] = attribute;
    else setField((parts[ownPart(type, key)] ??= {}), key, attribute);
  }
  Object.assign(label, parts);
}

function isOfAnyLabel(type: Json | undefined, key: string, value: Json): boolean {
  if (key === 'confidence') return !hasFreeNames(type) || typeof value === 'number';
  return key === 'iscrowd' && (!hasFreeNames(type) || typeof value === 'boolean');
}
