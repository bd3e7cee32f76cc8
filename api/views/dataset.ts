import type { DatasetRecord } from '../../store/records';
import type { DatasetBody } from '../contract/datasets';

/** A dataset as answered. */
export function datasetBody(record: DatasetRecord): DatasetBody {
  const { dataset, project, mode, state, immutable, head, counts, content_hash, schema } = record;
  const { cloned_to, cloned_from, inference } = record;
  return {
    id: dataset,
    project,
    mode,
    state,
    immutable,
    head,
    counts: { frames: counts.frames, labels: counts.labels },
    content_hash,
    schema,
    archived: record.archived,
    created_at: record.created_at.toISOString(),
    cloned_to,
    ...(cloned_from !== undefined && { cloned_from }),
    ...(inference !== undefined && {
      inference: { base: inference.base.dataset, name: inference.name, base_version: inference.base_version },
    }),
  };
}
