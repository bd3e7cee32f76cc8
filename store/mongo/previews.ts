import { StoreError } from '../errors';
import { PREVIEW_DAYS, type PreviewRecord, type PreviewStore } from '../previews';
import type { Database } from './database';
import type { PreviewDoc } from './documents';

export function previewStore({ c }: Database): PreviewStore {
  return {
    async put({ preview_id, project, frame, inference_frame }) {
      const doc: PreviewDoc = { _id: preview_id, project, created_at: new Date(), frame, inference_frame };
      await c.previews.insertOne(doc);
      return toPreview(doc);
    },

    async get(project, preview_id) {
      const doc = await c.previews.findOne({ _id: preview_id, project });
      if (doc !== null) return toPreview(doc);
      throw new StoreError(
        'preview_not_found',
        `The project has no such preview; previews are removed after ${PREVIEW_DAYS} days`,
      );
    },
  };
}

function toPreview({ _id, ...rest }: PreviewDoc): PreviewRecord {
  return { preview_id: _id, ...rest };
}
