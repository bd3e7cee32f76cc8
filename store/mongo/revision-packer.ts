import { FOREVER } from '../../domain/revision';
import type { CommitRecord, NewRevision, RevisionPacker } from '../commit-store';
import { BsonWriter } from './bson-writer';
import type { FrameDoc } from './documents';
import { revisionId } from './revision-id';

/** Bytes of a revision as against its line, with some room. */
const BSON_TO_JSON = 1.75;

/**
 * Brings the new revisions of one upload in a commit into the form in which they are stored, one `FrameDoc` behind the
 * other in BSON, as soon as each is decided: what an item was parsed into need not outlive the decision.
 */
export function revisionPacker(commit: CommitRecord, upload_id: string, lineBytes: number): RevisionPacker {
  const { key, version, commit_id } = commit;
  const created_by = commit.created_by[upload_id] ?? '';
  const writer = new BsonWriter(Math.ceil(BSON_TO_JSON * lineBytes));
  const frame_ids: string[] = [];
  const ends: number[] = [];
  return {
    add(revision) {
      const document = writer.begin();
      const { frame_id, prev, deleted, hash, vectors_from, line_digest, content } = revision;
      const own: Omit<FrameDoc, keyof NewRevision['content']> = {
        _id: revisionId(key, version, frame_id),
        dataset: key,
        frame_id,
        from: version,
        to: FOREVER,
        prev,
        deleted,
        hash,
        commit_id,
        upload_id,
        created_by,
        vectors_from,
        line_digest,
      };
      let field: keyof typeof own;
      for (field in own) writer.member(field, own[field]);
      let part: keyof typeof content;
      for (part in content) writer.member(part, content[part]);
      writer.end(document);
      frame_ids.push(frame_id);
      ends.push(writer.length);
    },
    packed: () => ({ frame_ids, ends, bytes: writer.bytes() }),
  };
}
