import type { VersionRecord } from '../../store/records';
import type { VersionBody } from '../contract/versions';

/** A version as answered. */
export function versionBody(record: VersionRecord): VersionBody {
  const { version, created_at, kind, uploads, tags, counts, content_hash, pruned, base_version } = record;
  return {
    version,
    created_at: created_at?.toISOString() ?? null,
    kind,
    uploads: uploads.map(({ upload_id, kind: uploadKind, created_by, message, counts: c }) => ({
      upload_id,
      kind: uploadKind,
      created_by,
      message,
      counts: {
        applied: c.applied,
        unchanged: c.unchanged,
        failed: c.failed,
        not_applied: c.not_applied,
        frames: c.frames,
        labels: c.labels,
      },
    })),
    tags: tags.toSorted(),
    counts,
    content_hash,
    pruned,
    ...(base_version !== undefined && { base_version }),
  };
}
