import { createHash, randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { JsonObject } from '../../../domain/json';
import type { ItemFailure } from '../../../domain/item';
import { readItem, type ItemContext } from '../../../domain/read-item';
import { exportItem } from '../../../domain/view';
import { itemOfRow } from '../../../v1/item-of-row';
import { wholeRow } from '../../../v1/whole-row';
import type { ApiDeps } from '../../deps';
import { toJson } from '../../json';
import { ApiProblem } from '../../problem';
import { v1Route, type V1Route } from '../route';

/** Bytes of a preview's body. What is stored of it fits a MongoDB document, however long its numbers are written out. */
const PREVIEW_BYTES = 2 * 1024 * 1024;

const Row = z.record(z.string(), z.unknown());
const Preview = z.object({ labeled_frame: Row, inference_frame: Row.nullish() });

type Part = keyof z.output<typeof Preview>;

/** Frames that are sent to be looked at in the web app, and in no dataset (protocol 4.9). */
export function previewRoutes({ store, publicUrl }: ApiDeps): V1Route[] {
  /** The row as JSON text of the native frame that it would be. */
  function frameText(part: Part, row: JsonObject, context: ItemContext): string {
    const rows = part === 'labeled_frame' ? 'frames' : 'inferences';
    const vectors = { labels: new Map<string, Float32Array>() };
    const translated = itemOfRow(wholeRow(row), undefined, vectors, { rows, publicUrl: publicUrl() });
    if ('failure' in translated) throw refusal(part, translated.failure);
    const read = readItem(translated.item, context);
    if (!read.ok) throw refusal(part, read.failure);
    const { item } = read;
    if (item.op !== 'put') {
      throw new ApiProblem('invalid_item', `Expected a frame to show in ${part}, got one that is to be deleted`);
    }
    return toJson(exportItem(item.frame_id, item.content).frame);
  }

  return [
    v1Route({
      method: 'post',
      path: '/projects/:p/preview_frame',
      role: 'writer',
      body: Preview,
      bodyBytes: PREVIEW_BYTES,
      handle: async ({ params: { p: project = '' }, body }) => {
        const { label_classes } = await store.projects.get(project);
        const context = { classes: new Set(label_classes.map(({ name }) => name)), digest };
        const { preview_id } = await store.previews.put({
          preview_id: randomUUID(),
          project,
          frame: frameText('labeled_frame', body.labeled_frame as JsonObject, context),
          inference_frame: body.inference_frame
            ? frameText('inference_frame', body.inference_frame as JsonObject, context)
            : null,
        });
        return { preview_frame_uuid: preview_id };
      },
    }),
  ];
}

function refusal(part: Part, { code, message, path, label_id }: ItemFailure): ApiProblem {
  const label = label_id === undefined ? '' : `, label ${JSON.stringify(label_id.slice(0, 512))}`;
  return new ApiProblem(code, `${message} (in ${part}${path === undefined ? '' : ` at ${path}`}${label})`);
}

function digest(bytes: Uint8Array<ArrayBuffer>): string {
  return createHash('sha256').update(bytes).digest('hex');
}
