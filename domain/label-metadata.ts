import { checkType } from './metadata-types';
import { inside } from './problem';
import { ofLabel } from './read-label';
import type { FieldType } from './field-type';
import type { Json, JsonObject } from './json';
import type { PatchItem, PutItem } from './item';

export type LabelTypes = Readonly<Record<string, FieldType>>;

/**
 * Checks the metadata of an item's labels against the types that are declared for it. Fields that are not declared
 * are free JSON, and null is no value, whatever the type. Throws a Problem, `wrong_metadata_type`.
 */
export function checkLabelMetadata(types: LabelTypes, item: PutItem | PatchItem): void {
  if (item.op === 'put') {
    item.content.labels?.forEach(({ label_id, metadata }, index) => {
      checkLabel(types, metadata, label_id, `labels[${index}]`);
    });
    return;
  }
  item.labels?.upsert.forEach(({ label_id, metadata }, index) => {
    checkLabel(types, metadata, label_id, `labels.upsert[${index}]`);
  });
  item.labels?.merge.forEach(({ label_id, fields }, index) => {
    checkLabel(types, fields.metadata as JsonObject | null | undefined, label_id, `labels.merge[${index}]`);
  });
}

function checkLabel(types: LabelTypes, metadata: JsonObject | null | undefined, label_id: string, place: string): void {
  if (metadata === undefined || metadata === null) return;
  try {
    for (const field in metadata) {
      const value: Json = metadata[field]!;
      if (value !== null && Object.hasOwn(types, field)) checkType(field, types[field]!, value);
    }
  } catch (error) {
    throw ofLabel(inside(error, place), label_id);
  }
}
