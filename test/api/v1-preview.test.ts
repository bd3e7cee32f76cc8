import request, { type Response } from 'supertest';
import { TestApi } from './api-harness';

let api: TestApi;
beforeAll(async () => {
  api = await TestApi.start('v1-preview');
  await api.dataset('p', 'd');
  await api.dataset('other', 'd');
});
afterAll(() => api.stop());

const send = (body: unknown, key = api.admin, project = 'p'): Promise<Response> =>
  request(api.api.app)
    .post(`/api/v1/projects/${project}/preview_frame`)
    .set('x-illume-api-key', key)
    .send(body as object) as unknown as Promise<Response>;

const row = (more: object = {}) => ({
  task_id: 'f1',
  date_captured: '2024-01-02T03:04:05+00:00',
  device_id: 'dev1',
  coordinate_frames: [{ coordinate_frame_id: 'DEFAULT', coordinate_frame_type: 'IMAGE' }],
  sensor_data: [
    {
      coordinate_frame: 'DEFAULT',
      data_urls: { image_url: `${api.publicUrl}/objects/abc` },
      date_captured: '2024-01-02T03:04:05+00:00',
      sensor_id: 'DEFAULT',
      sensor_metadata: {},
      sensor_type: 'IMAGE_V0',
      mirror_asset: false,
    },
  ],
  geo_data: {},
  reuse_latest_embedding: false,
  change: 'ADD',
  user__split: 'train',
  user_metadata_types: { user__split: 'str' },
  user_metadata_modes: { user__split: 'scalar' },
  ...more,
});

const box = (uuid: string, more: object = {}) => ({
  uuid,
  label_type: 'BBOX_2D',
  label: 'WBC',
  class_id: 0,
  label_coordinate_frame: 'DEFAULT',
  attributes: { top: 1, left: 2.5, width: 3, height: 4 },
  reuse_latest_embedding: false,
  change: 'ADD',
  ...more,
});

interface Preview {
  preview_id: string;
  frame: { frame_id: string; labels: { label_id: string }[] };
}

async function shown(body: unknown): Promise<Preview> {
  const answer = await send(body);
  expect(answer.status).toBe(200);
  const { preview_frame_uuid: id } = answer.body as { preview_frame_uuid: string };
  const read = await api.get(`/projects/p/previews/${id}`);
  expect(read.status).toBe(200);
  expect(read.body).toMatchObject({ preview_id: id });
  return read.body as Preview;
}

it('keeps a frame and its inferences as native frames', async () => {
  const preview = await shown({
    labeled_frame: row({ label_data: [box('b1')] }),
    inference_frame: {
      ...row({ user_metadata_types: {} }),
      sensor_data: [],
      inference_data: [box('i1', { attributes: { top: 1, left: 2, width: 3, height: 4, confidence: 0.5 } })],
      inference_metadata: { user_metadata: { model: 'v1' } },
      custom_metrics: { loss: 0.5 },
    },
  });
  expect(preview).toMatchObject({
    created_at: expect.stringMatching(/Z$/) as string,
    frame: {
      frame_id: 'f1',
      device_id: 'dev1',
      metadata: { split: 'train' },
      sensor_data: [{ sensor_id: 'DEFAULT', type: 'IMAGE', url: '/objects/abc' }],
      labels: [{ label_id: 'b1', type: 'BBOX_2D', class: 'WBC', geometry: { top: 1, left: 2.5, width: 3, height: 4 } }],
    },
    inference_frame: {
      frame_id: 'f1',
      metadata: { model: 'v1' },
      custom_metrics: { loss: 0.5 },
      labels: [{ label_id: 'i1', confidence: 0.5 }],
    },
  });
});

it('shows a frame without inferences', async () => {
  for (const inference_frame of [null, undefined]) {
    const preview = await shown({ labeled_frame: row({ label_data: [] }), inference_frame });
    expect(preview).toMatchObject({ frame: { labels: [] }, inference_frame: null });
  }
});

it('shows of a change what it brings whole', async () => {
  const { frame } = await shown({
    labeled_frame: row({
      change: 'MODIFY',
      explicitly_set_keys: ['device_id'],
      previously_written_window: null,
      label_data: [box('new'), { uuid: 'old', label_type: 'BBOX_2D', attributes: { top: 9 }, change: 'MODIFY' }],
    }),
  });
  expect(frame).toMatchObject({ device_id: 'dev1', labels: [{ label_id: 'new' }] });
});

it('ignores the keys of samples', async () => {
  const sample = { similarity_score: 0.5, sampled_element_id: 'x', similarity_score_version: 'v1', model_id: 'm' };
  expect((await shown({ labeled_frame: row({ ...sample, label_data: [] }) })).frame).toMatchObject({ frame_id: 'f1' });
});

it.each([
  [
    'a class that the project does not have',
    { label_data: [box('b1', { label: 'cat' })] },
    'unknown_class',
    /"cat".*in labeled_frame at labels\[0\]\.class, label "b1"/,
  ],
  [
    'an attribute that is no number',
    { label_data: [box('b1', { attributes: { top: 'x', left: 1, width: 1, height: 1 } })] },
    'invalid_value',
    /labels\[0\]\.geometry\.top/,
  ],
  ['two labels of one id', { label_data: [box('b1'), box('b1')] }, 'duplicate_label_id', /"b1" is used twice/],
  [
    'a sensor without a URL',
    { sensor_data: [{ sensor_id: 'a', sensor_type: 'IMAGE_V0', data_urls: {} }] },
    'missing_sensor_url',
    /sensor_data\[0\]/,
  ],
  [
    'a sensor of an unknown type',
    { sensor_data: [{ sensor_type: 'X' }] },
    'invalid_value',
    /sensor_data\[0\]\.sensor_type/,
  ],
  ['a frame without an id', { task_id: null }, 'missing_field', /task_id/],
  ['an id with a slash', { task_id: 'a/b' }, 'invalid_id', /"a\/b"/],
  ['a frame that is deleted', { change: 'DELETE' }, 'invalid_item', /to be deleted/],
  ['an unknown change', { change: 'X' }, 'invalid_value', /ADD, MODIFY or DELETE/],
  ['labels that are no list', { label_data: { $gt: '' } }, 'invalid_value', /label_data/],
])('refuses %s, and says where', async (_what, more, code, message) => {
  const answer = await send({ labeled_frame: row(more) });
  expect(answer.status).toBe(422);
  expect(answer.body).toEqual({ code, message: expect.stringMatching(message) as string });
});

it('says when it is the inferences that are wrong', async () => {
  const inference_frame = row({ inference_data: [box('i1', { label: 'cat' })] });
  const answer = await send({ labeled_frame: row({ label_data: [] }), inference_frame });
  expect(answer.body).toMatchObject({
    code: 'unknown_class',
    message: expect.stringContaining('inference_frame') as string,
  });
});

it('refuses what is no frame, is too large or nested too deep', async () => {
  for (const body of [{}, { labeled_frame: 'x' }, { labeled_frame: null }, { labeled_frame: [1] }])
    expect((await send(body)).status).toBe(422);
  const large = await send({ labeled_frame: row({ user__split: 'x'.repeat(2 * 1024 * 1024) }) });
  expect([large.status, (large.body as { code: string }).code]).toEqual([413, 'body_too_large']);
  const nested = { x: JSON.parse(`${'['.repeat(2_000)}${']'.repeat(2_000)}`) as unknown };
  const deep = await send({
    labeled_frame: row({
      label_data: [box('b', { attributes: { top: 1, left: 1, width: 1, height: 1, user__x: nested } })],
    }),
  });
  expect(deep.status).toBe(422);
});

it('keeps one that is written out long', async () => {
  const vertices = Array.from({ length: 100_000 }, () => [1e20, 1e20]);
  const label = box('b', { label_type: 'POLYGON_LIST_2D', attributes: { polygons: [{ vertices }], center: null } });
  const text = JSON.stringify({ labeled_frame: row({ label_data: [label] }) }).replaceAll(
    '100000000000000000000',
    '1e20',
  );
  const answer = await request(api.api.app)
    .post('/api/v1/projects/p/preview_frame')
    .set('x-illume-api-key', api.admin)
    .set('content-type', 'application/json')
    .send(text);
  expect(answer.status).toBe(200);
});

it('is for writers of the project', async () => {
  const body = { labeled_frame: row({ label_data: [] }) };
  expect((await send(body, await api.key('reader'))).status).toBe(403);
  expect((await send(body, await api.key('writer', ['other']))).status).toBe(403);
  expect((await send(body, await api.key('writer', ['p']))).status).toBe(200);
  expect((await send(body, api.admin, 'none')).body).toMatchObject({ code: 'project_not_found' });
});

it('is found in its own project only, until it is removed', async () => {
  const { preview_id } = await shown({ labeled_frame: row({ label_data: [] }) });
  expect((await api.get(`/projects/other/previews/${preview_id}`)).body).toMatchObject({ code: 'preview_not_found' });
  for (const id of ['none', '%24ne', `${preview_id}0`]) {
    const answer = await api.get(`/projects/p/previews/${id}`);
    expect([answer.status, (answer.body as { code: string }).code]).toEqual([404, 'preview_not_found']);
  }
  const indexes = await api.store.database.c.previews.indexes();
  expect(indexes).toContainEqual(expect.objectContaining({ key: { created_at: 1 }, expireAfterSeconds: 604_800 }));
});

it('is removed with its project', async () => {
  await api.dataset('passing', 'd');
  const { preview_frame_uuid } = (await send({ labeled_frame: row({ label_data: [] }) }, api.admin, 'passing'))
    .body as {
    preview_frame_uuid: string;
  };
  await api.store.maintenance.forgetProject('passing');
  await expect(api.store.previews.get('passing', preview_frame_uuid)).rejects.toMatchObject({
    code: 'preview_not_found',
  });
});
