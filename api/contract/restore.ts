import { z } from 'zod';
import { DatasetPath, IdempotencyHeaders, Message, UploadPath, VersionValue } from './common';
import { API_ROOT, endpoint } from './endpoint';
import { VERSION_PROBLEMS } from './frames';
import { UPLOAD_LOCATION, UploadStarted } from './uploads';

const tag = 'Rollback and revert';
const dataset = `${API_ROOT}/projects/{p}/datasets/{d}`;
const answers = { 202: { description: UPLOAD_LOCATION, schema: UploadStarted } };

export const restoreEndpoints = {
  rollback: endpoint({
    method: 'post',
    path: `${dataset}/rollback`,
    summary: 'Write a new version with the content of an earlier one',
    tag,
    role: 'writer',
    params: DatasetPath,
    headers: IdempotencyHeaders,
    body: z.strictObject({ to: VersionValue, message: Message.default('') }).meta({ id: 'Rollback' }),
    answers,
    problems: [...VERSION_PROBLEMS, 'already_at_version', 'dataset_archived', 'dataset_immutable', 'batch_only'],
  }),
  revert: endpoint({
    method: 'post',
    path: `${dataset}/uploads/{u}/revert`,
    summary: 'Write a new version without the changes of one upload',
    tag,
    role: 'writer',
    params: UploadPath,
    headers: IdempotencyHeaders,
    body: z.strictObject({ message: Message.default('') }).meta({ id: 'Revert' }),
    bodyOptional: true,
    answers,
    problems: ['revert_conflict', 'upload_not_finished', 'dataset_archived', 'dataset_immutable', 'batch_only'],
  }),
};
