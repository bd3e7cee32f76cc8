import type { DatasetRecord } from '../../store/records';
import type { DatasetBody } from '../contract/datasets';

/** A dataset as answered. */
export function datasetBody(record: DatasetRecord): DatasetBody {
  const { dataset, project, mode, state, immutable, head, counts, content_hash, schema, cloned_to, cloned_from } =
    record;
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
    created_at: record.created_at.toISOString(),
    cloned_to,
    ...(cloned_from !== undefined && { cloned_from }),
  };
}
