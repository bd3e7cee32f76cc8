import { checkLabelMetadata } from './label-metadata';
import { checkType, typeOfValue } from './metadata-types';
import { Problem, quote } from './problem';
import type { FieldType } from './field-type';
import type { Item, ItemFailure, PatchItem, PutItem } from './item';
import type { MetadataValue } from './frame';

/** The source of one kind of vectors. A model that nobody named is absent. */
export interface EmbeddingSource {
  model?: string;
  dimension: number;
}

/** What the first values, or a declaration, fixed for a dataset. Fixed entries are never released. */
export interface DatasetSchema {
  metadata: Record<string, FieldType>;
  /** Declared types of label metadata; fields not named here are free JSON. */
  label_metadata?: Record<string, FieldType>;
  frame_embedding?: EmbeddingSource;
  label_embedding?: EmbeddingSource;
}

export const EMPTY_SCHEMA: DatasetSchema = { metadata: {} };

/** What an item would add to a schema. */
export type SchemaFixes = DatasetSchema;

/** Fields that one dataset may fix: the schema lies in one document and is read with every window. */
export const MAX_METADATA_FIELDS = 2_000;

const NO_FIXES: SchemaFixes = EMPTY_SCHEMA;

/** True when an item's fixes add anything. */
export function hasFixes(fixes: SchemaFixes): boolean {
  if (fixes.frame_embedding !== undefined || fixes.label_embedding !== undefined) return true;
  for (const _ in fixes.metadata) return true;
  return false;
}

/** The schema with an item's fixes; a new object, unless there are none. */
export function applyFixes(schema: DatasetSchema, fixes: SchemaFixes): DatasetSchema {
  return hasFixes(fixes) ? mergeSchemas(schema, fixes) : schema;
}

/**
 * Two schemas in one. Where both fix the same, the earlier wins, so items that rely on the later must be checked
 * again; a model that the earlier does not name is taken from the later if the dimensions agree.
 */
export function mergeSchemas(earlier: DatasetSchema, later: DatasetSchema): DatasetSchema {
  const merged: DatasetSchema = { metadata: { ...later.metadata, ...earlier.metadata } };
  if (earlier.label_metadata !== undefined || later.label_metadata !== undefined) {
    merged.label_metadata = { ...later.label_metadata, ...earlier.label_metadata };
  }
  const frame = mergeSources(earlier.frame_embedding, later.frame_embedding);
  if (frame !== undefined) merged.frame_embedding = frame;
  const label = mergeSources(earlier.label_embedding, later.label_embedding);
  if (label !== undefined) merged.label_embedding = label;
  return merged;
}

function mergeSources(
  earlier: EmbeddingSource | undefined,
  later: EmbeddingSource | undefined,
): EmbeddingSource | undefined {
  if (earlier === undefined || later === undefined) return earlier ?? later;
  const silent = earlier.model === undefined && later.model !== undefined;
  return silent && earlier.dimension === later.dimension ? later : earlier;
}

/** Checks an item against what the dataset has fixed, and says what the item would fix. */
export function checkSchema(schema: DatasetSchema, item: Item): { failure: ItemFailure } | { fixes: SchemaFixes } {
  if (item.op === 'delete') return { fixes: NO_FIXES };
  try {
    if (schema.label_metadata !== undefined) checkLabelMetadata(schema.label_metadata, item);
    return { fixes: item.op === 'put' ? fixesOfPut(schema, item) : fixesOfPatch(schema, item) };
  } catch (error) {
    if (error instanceof Problem) return { failure: error.toFailure() };
    throw error;
  }
}

function fixesOfPut(schema: DatasetSchema, { content, metadata_types }: PutItem): SchemaFixes {
  const fixes = new Fixes(schema, metadata_types);
  fixes.checkMetadata(content.metadata);
  if (content.embedding !== undefined) fixes.checkVector('frame_embedding', content.embedding, 'embedding');
  content.labels?.forEach((label, index) => {
    if (label.embedding !== undefined) fixes.checkLabelVector(label.embedding, label.label_id, `labels[${index}]`);
  });
  return fixes.result;
}

function fixesOfPatch(schema: DatasetSchema, { metadata, parts, labels, metadata_types }: PatchItem): SchemaFixes {
  const fixes = new Fixes(schema, metadata_types);
  if (metadata) fixes.checkMetadata(metadata);
  if (parts.embedding) fixes.checkVector('frame_embedding', parts.embedding, 'embedding');
  labels?.upsert.forEach(({ label_id, embedding }, index) => {
    if (embedding !== undefined) fixes.checkLabelVector(embedding, label_id, `labels.upsert[${index}]`);
  });
  labels?.merge.forEach(({ label_id, fields }, index) => {
    const embedding = fields.embedding as EmbeddingSource | null | undefined;
    if (embedding) fixes.checkLabelVector(embedding, label_id, `labels.merge[${index}]`);
  });
  return fixes.result;
}

/** Gathers what one item fixes; later parts of the item are held to what its earlier parts fix. */
class Fixes {
  result: SchemaFixes = NO_FIXES;

  constructor(
    private readonly schema: DatasetSchema,
    private readonly declared: Readonly<Record<string, FieldType>> | undefined,
  ) {}

  checkMetadata(metadata: Readonly<Record<string, MetadataValue | null>> | undefined): void {
    for (const field in metadata) {
      const value = metadata[field];
      if (value === undefined || value === null) continue;
      if (Object.hasOwn(this.schema.metadata, field)) checkType(field, this.schema.metadata[field]!, value);
      else this.fixType(field, value);
    }
  }

  private fixType(field: string, value: MetadataValue): void {
    const type = this.typeOf(field, value);
    if (type === undefined) return;
    const change = this.change();
    change.metadata[field] = type;
    const count = Object.keys(this.schema.metadata).length + Object.keys(change.metadata).length;
    if (count > MAX_METADATA_FIELDS) {
      const message = `The dataset has ${MAX_METADATA_FIELDS} metadata fields, the most it may have; use a field that it has`;
      throw new Problem('too_many_fields', message, `metadata.${field}`);
    }
  }

  /** A type that the item declares goes before the one that its value shows. */
  private typeOf(field: string, value: MetadataValue): FieldType | undefined {
    const shown = typeOfValue(field, value);
    if (shown === undefined || this.declared === undefined || !Object.hasOwn(this.declared, field)) return shown;
    const type = this.declared[field]!;
    checkType(field, type, value);
    return type;
  }

  checkLabelVector(given: EmbeddingSource, label_id: string, place: string): void {
    try {
      this.checkVector('label_embedding', given, `${place}.embedding`);
    } catch (error) {
      if (error instanceof Problem) error.label_id = label_id;
      throw error;
    }
  }

  checkVector(kind: 'frame_embedding' | 'label_embedding', given: EmbeddingSource, path: string): void {
    const fixed = this.result[kind] ?? this.schema[kind];
    if (fixed !== undefined && !agree(fixed, given)) {
      const owner = kind === 'frame_embedding' ? 'frames' : 'labels';
      const message = `Expected ${showSource(fixed)}, as the ${owner} of this dataset have, got ${showSource(given)}`;
      throw new Problem('wrong_embedding', message, path);
    }
    if (fixed !== undefined && (fixed.model !== undefined || given.model === undefined)) return;
    this.change()[kind] =
      given.model === undefined ? { dimension: given.dimension } : { model: given.model, dimension: given.dimension };
  }

  private change(): SchemaFixes {
    if (this.result === NO_FIXES) this.result = { metadata: {} };
    return this.result;
  }
}

function agree(fixed: EmbeddingSource, given: EmbeddingSource): boolean {
  if (fixed.dimension !== given.dimension) return false;
  return fixed.model === undefined || given.model === undefined || fixed.model === given.model;
}

function showSource({ model, dimension }: EmbeddingSource): string {
  return `a vector of dimension ${dimension}${model === undefined ? '' : ` of the model ${quote(model)}`}`;
}
