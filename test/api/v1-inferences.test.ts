import { eventually } from '../support/eventually';
import { box, cropRow, frameRow, lines, V1Ingest } from './v1-ingest-harness';

let on: V1Ingest;

beforeAll(async () => {
  on = await V1Ingest.start('v1_inferences');
});
afterAll(() => on.stop());
beforeEach(() => on.newProject());

describe('inferences', () => {
  const row = (id: string, labels: object[]) => ({
    ...frameRow(id),
    inference_data: labels,
    label_data: labels,
    inference_metadata: { user_metadata: { m: 'v' } },
  });
  const inferences = async (rows: object[], more: object = {}) =>
    on.v1('POST', `${on.dataset()}/inferences`, {
      inferences_id: 'i',
      data_url: [await on.file(lines(rows))],
      upload_version: 'i1',
      ...more,
    });

  it('become a set of its own, pinned to its base', async () => {
    await on.ingest(await on.filesOf([frameRow('f1')], [cropRow('f1')]));
    const answer = await inferences(
      [row('f1', [box('x', 'dog', { attributes: { top: 1, left: 1, width: 1, height: 1, confidence: 0.5 } })])],
      { external_metadata: { a: 1 } },
    );
    expect(answer.status).toBe(200);
    expect(await on.windows('i1', 'inferences_d_i')).toEqual(['DONE']);
    expect((await on.api.get(on.dataset('inferences_d_i'))).body).toMatchObject({
      inference: { base: 'd', name: 'i', base_version: 1 },
    });
    expect((await on.api.get(`${on.dataset('inferences_d_i')}/versions/1`)).body).toMatchObject({ base_version: 1 });
    const stored = (await on.frame('f1', '', 'inferences_d_i')) as { labels: object[] };
    expect(stored).toMatchObject({ metadata: { m: 'v' }, labels: [{ label_id: 'x', class: 'dog', confidence: 0.5 }] });
    expect((await on.v1('GET', `${on.dataset()}/inferences/i/is_processed`)).body).toEqual({ processed: true });
    expect((await on.v1('GET', `${on.dataset()}/inferences/i/process_state`)).body).toMatchObject({
      current_state: 'DONE',
    });
    expect((await on.api.call('DELETE', on.dataset())).body).toMatchObject({ code: 'dataset_pinned' });
  });

  it('are refused without a base, and under a name that is none', async () => {
    expect((await inferences([row('f1', [])])).body).toMatchObject({ code: 'dataset_not_found' });
    await on.ingest(await on.filesOf([frameRow('f1')], [cropRow('f1')]));
    expect((await inferences([row('f1', [])], { inferences_id: 'a/b' })).body).toMatchObject({ code: 'invalid_id' });
    expect((await inferences([row('f1', [])], { inferences_id: { $ne: '' } })).status).toBe(422);
    expect((await on.v1('POST', `${on.dataset('inferences_d_i')}/inferences`, {})).status).toBe(422);
  });
});

describe('an unlabeled dataset of the second generation', () => {
  it('is made first and filled by files of whole rows', async () => {
    const made = await on.v1('POST', `/projects/${on.project}/datasets/unlabeled_v2`, {
      dataset_name: 'u',
      external_metadata: { a: 2 },
    });
    expect(made.status).toBe(200);
    const row = { ...frameRow('f1'), type: 'Inference', label_data: [box('b')] };
    const upload = { dataset_name: 'u', data_url: [await on.file(lines([row]))], file_summaries: [{}, {}] };
    expect((await on.v1('POST', `/projects/${on.project}/datasets/unlabeled_v2/u/upload`, upload)).status).toBe(200);
    await eventually(async () =>
      expect((await on.v1('GET', `${on.dataset('u')}/is_processed`)).body).toEqual({ processed: true }),
    );
    expect((await on.v1('GET', `${on.dataset('u')}/frame_ids/LATEST`)).body).toEqual(['f1']);
    expect((await on.v1('GET', on.dataset('u'))).body).toMatchObject({
      is_unlabeled_indexed_dataset: true,
      unlabeled_dataset_version: 2,
      external_metadata: { a: 2 },
    });
  });
});
