import { z } from 'zod';
import {
  AfterNumber,
  DatasetPath,
  After,
  FramePath,
  IfNoneMatchHeaders,
  LabelPath,
  Limit,
  pageOf,
  Timestamp,
  VersionText,
} from './common';
import { API_ROOT, endpoint } from './endpoint';
import { FrameView, LabelView, VERSION_PROBLEMS } from './frames';

export const Change = z
  .strictObject({
    path: z.string().meta({ description: 'Label changes stand under `labels[<label_id>]`' }),
    old: z.unknown().optional().meta({ description: 'Absent when the value is new' }),
    new: z.unknown().optional().meta({ description: 'Absent when the value is gone' }),
  })
  .meta({ id: 'Change' });
const ChangeKind = z.enum(['added', 'updated', 'deleted']);

const entry = {
  version: z.number().int(),
  created_at: Timestamp,
  created_by: z.string(),
  upload_id: z.string(),
  kind: ChangeKind,
  changes: z.array(Change),
};

const FrameHistoryEntry = z.strictObject({ ...entry, frame: FrameView.nullable() }).meta({ id: 'FrameHistoryEntry' });
const LabelHistoryEntry = z.strictObject({ ...entry, label: LabelView.nullable() }).meta({ id: 'LabelHistoryEntry' });
export type HistoryEntry = z.infer<z.ZodObject<typeof entry>>;

export const DiffEntry = z
  .strictObject({ frame_id: z.string(), kind: ChangeKind, changes: z.array(Change) })
  .meta({ id: 'DiffEntry' });
export type DiffEntryBody = z.infer<typeof DiffEntry>;

const tag = 'History';
const dataset = `${API_ROOT}/projects/{p}/datasets/{d}`;
const query = z.strictObject({ after: AfterNumber, limit: Limit });

export const historyEndpoints = {
  frame: endpoint({
    method: 'get',
    path: `${dataset}/frames/{f}/history`,
    summary: 'List the revisions of a frame with what changed',
    tag,
    role: 'reader',
    params: FramePath,
    query,
    answers: { 200: { description: 'Newest first', schema: pageOf(FrameHistoryEntry) } },
    problems: ['frame_not_found'],
  }),
  label: endpoint({
    method: 'get',
    path: `${dataset}/frames/{f}/labels/{l}/history`,
    summary: 'List the revisions of a label with what changed',
    tag,
    role: 'reader',
    params: LabelPath,
    query,
    answers: { 200: { description: 'Newest first', schema: pageOf(LabelHistoryEntry) } },
    problems: ['frame_not_found', 'label_not_found'],
  }),
  diff: endpoint({
    method: 'get',
    path: `${dataset}/diff`,
    summary: 'List the frames that differ between two versions',
    tag,
    role: 'reader',
    params: DatasetPath,
    headers: IfNoneMatchHeaders,
    query: z.strictObject({
      from: VersionText,
      to: VersionText.optional().meta({ description: 'latest unless given' }),
      after: After,
      limit: Limit,
    }),
    answers: {
      200: {
        description: 'One entry a frame; a page may hold fewer than limit',
        schema: z.strictObject({
          items: z.array(DiffEntry),
          next_cursor: z.string().nullable(),
          from: z.number().int(),
          to: z.number().int(),
          version: z.number().int().meta({ description: 'The same as `to`' }),
        }),
      },
      304: { description: 'The caller holds this page' },
    },
    problems: [...VERSION_PROBLEMS],
  }),
};
