import type { DatasetRecord } from '../../../store/records';
import { objectMetadataSchema } from './object-metadata-schema';

/** A dataset or inference set as the old client reads it, and what its user may want to know beside. */
export function v1Dataset(record: DatasetRecord): object {
  const { dataset, project, archived, external_metadata, mode, unlabeled, head, counts, immutable, inference } = record;
  return {
    id: dataset,
    project,
    archived,
    external_metadata,
    is_streaming: mode === 'STREAMING',
    is_unlabeled_indexed_dataset: unlabeled !== undefined,
    ...(unlabeled !== undefined && { unlabeled_dataset_version: unlabeled }),
    ingest_agg_windows: [],
    bbox_metrics_metadata: null,
    object_metadata_schema: objectMetadataSchema(record),
    ...(inference !== undefined && {
      inferences_id: inference.name,
      base_dataset: inference.base.dataset,
      base_version: inference.base_version,
    }),
    immutable,
    head,
    num_frames: counts.frames,
    num_labels: counts.labels,
    created_at: record.created_at.toISOString(),
    updated_at: (record.published_at ?? record.created_at).toISOString(),
  };
}
