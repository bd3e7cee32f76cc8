import { z } from 'zod';
import { FrameView, LabelView } from './frames';
import { Timestamp } from './common';
import { API_ROOT, endpoint } from './endpoint';

/** A frame as it was sent: it is stored in no version. */
const PreviewFrame = FrameView.omit({ version: true, dataset_version: true, hash: true })
  .extend({ labels: z.array(LabelView.omit({ since: true })).optional() })
  .meta({ id: 'PreviewFrame' });

const PreviewPath = z.strictObject({
  p: z.string().meta({ description: 'Id of the project' }),
  id: z.string().meta({ description: 'Id of the preview' }),
});

export const previewEndpoints = {
  get: endpoint({
    method: 'get',
    path: `${API_ROOT}/projects/{p}/previews/{id}`,
    summary: 'Read a frame that a Python client sent to be looked at',
    tag: 'Previews',
    role: 'reader',
    params: PreviewPath,
    answers: {
      200: {
        description: 'The frame, and its inferences if there were any; kept for seven days',
        schema: z.strictObject({
          preview_id: z.string(),
          created_at: Timestamp,
          frame: PreviewFrame,
          inference_frame: PreviewFrame.nullable(),
        }),
      },
    },
    problems: ['preview_not_found'],
  }),
};
