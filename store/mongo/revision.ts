import type { FrameContent, StoredLabel } from '../../domain/frame';
import type { CurrentRevision } from '../../domain/revision';
import type { RevisionRecord } from '../records';
import type { FrameDoc } from './documents';

/** The content's parts in the order of the normal form. */
function contentOf(doc: FrameDoc): FrameContent<StoredLabel> {
  const content: FrameContent<StoredLabel> = {};
  if (doc.date_captured !== undefined) content.date_captured = doc.date_captured;
  if (doc.device_id !== undefined) content.device_id = doc.device_id;
  if (doc.sensor_data !== undefined) content.sensor_data = doc.sensor_data;
  if (doc.coordinate_frames !== undefined) content.coordinate_frames = doc.coordinate_frames;
  if (doc.geo !== undefined) content.geo = doc.geo;
  if (doc.metadata !== undefined) content.metadata = doc.metadata;
  if (doc.custom_metrics !== undefined) content.custom_metrics = doc.custom_metrics;
  if (doc.embedding !== undefined) content.embedding = doc.embedding;
  if (doc.labels !== undefined) content.labels = doc.labels;
  return content;
}

export function toRevision(doc: FrameDoc): RevisionRecord {
  const { frame_id, from, to, prev, deleted, hash, upload_id, created_by, vectors_from } = doc;
  return { frame_id, from, to, prev, deleted, hash, upload_id, created_by, content: contentOf(doc), vectors_from };
}

export function toCurrent(doc: FrameDoc): CurrentRevision {
  return {
    from: doc.from,
    deleted: doc.deleted,
    hash: doc.hash,
    content: contentOf(doc),
    vectors_from: doc.vectors_from,
  };
}
