import type { FieldType } from '../../../domain/field-type';
import type { DatasetRecord } from '../../../store/records';

/** The types that are declared for label metadata, as the old client gives and reads them. */
export function objectMetadataSchema({ schema }: DatasetRecord): { name: string; type: FieldType }[] {
  return Object.entries(schema.label_metadata ?? {}).map(([name, type]) => ({ name, type }));
}
