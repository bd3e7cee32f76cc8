import { execFile } from 'node:child_process';
import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Client, Connection } from '@temporalio/client';
import { cacheDirectory, loadSettings } from '../config/settings';
import { locateTemporal } from '../engines/locate';
import { freePort } from '../engines/ports';
import { launch, type Launched } from '../launcher/launch';

const run = promisify(execFile);

/** Where the replay tests find them. */
const FOLDER = join(process.cwd(), 'test', 'replay', 'histories');
const PROJECT = '/projects/replay';
const ENDED = ['DONE', 'PARTIAL', 'FAILED', 'CANCELLED'];

/** Runs every workflow once on a system of its own and keeps the histories, for the replay tests. */
async function main(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'vivarium-histories-'));
  const temporalPort = await freePort();
  const env = {
    ...process.env,
    PORT: String(await freePort()),
    MONGODB_PORT: String(await freePort()),
    TEMPORAL_PORT: String(temporalPort),
    TEMPORAL_UI: 'false',
    // Nothing of the caller's: an empty setting counts as unset.
    HOST: '127.0.0.1',
    PUBLIC_URL: '',
    MONGODB_URI: '',
    TEMPORAL_ADDRESS: '',
    VIVARIUM_ADMIN_KEY: '',
    VIVARIUM_DATA_DIR: folder,
    LOG_LEVEL: 'warn',
  };
  const entries = { worker: join(__dirname, '..', 'worker', 'main.js'), api: join(__dirname, '..', 'api', 'main.js') };
  const system = launch({ settings: loadSettings(env), env, entries, log: (sentence) => console.error(sentence) });
  try {
    const launched = await system.ready;
    const address = `127.0.0.1:${temporalPort}`;
    const connection = await Connection.connect({ address });
    try {
      const binary = await locateTemporal({ cacheDir: cacheDirectory(loadSettings(env)), env });
      await record(launched, new Client({ connection }), (id) => showHistory(binary, address, id));
    } finally {
      await connection.close();
    }
  } finally {
    await system.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

/** The history as the Temporal CLI writes it, which is the form that replays read. */
async function showHistory(binary: string, address: string, id: string): Promise<string> {
  const { stdout } = await run(binary, ['workflow', 'show', '--address', address, '-w', id, '-o', 'json'], {
    maxBuffer: 64 * 1024 * 1024,
  });
  return stdout;
}

async function record(
  { apiUrl, adminKey }: Launched,
  { workflow }: Client,
  historyOf: (id: string) => Promise<string>,
): Promise<void> {
  const call = async (method: string, path: string, body?: object | string): Promise<Record<string, unknown>> => {
    const response = await fetch(`${apiUrl}${path.startsWith('/api/') ? '' : '/api/v2'}${path}`, {
      method,
      headers: {
        'x-illume-api-key': adminKey.key,
        ...(body === undefined
          ? {}
          : { 'content-type': typeof body === 'string' ? 'application/x-ndjson' : 'application/json' }),
      },
      body: typeof body === 'object' ? JSON.stringify(body) : body,
    });
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${await response.text()}`);
    return (await response.json()) as Record<string, unknown>;
  };
  const uploads = (dataset: string): string => `${PROJECT}/datasets/${dataset}/uploads`;
  const open = async (dataset: string, mode: string): Promise<string> =>
    String((await call('POST', uploads(dataset), { mode })).upload_id);
  const post = (dataset: string, upload: string, frame: string): Promise<unknown> =>
    call(
      'POST',
      `${uploads(dataset)}/${upload}/items`,
      JSON.stringify({ frame_id: frame, frame: { metadata: { n: 1 } } }),
    );
  const ended = async (dataset: string, upload: string): Promise<string> => {
    while (!ENDED.includes(String((await call('GET', `${uploads(dataset)}/${upload}`)).state))) await sleep(100);
    return upload;
  };
  const keep = async (name: string, workflowId: string): Promise<void> => {
    await workflow
      .getHandle(workflowId)
      .result()
      .catch(() => undefined);
    const history = JSON.parse(await historyOf(workflowId)) as object;
    await writeFile(join(FOLDER, `${name}.json`), `${JSON.stringify(history, anonymous, 1)}\n`);
    console.log(`Recorded ${name}`);
  };
  const upload = async (dataset: string, mode: string, frame: string): Promise<string> => {
    const id = await open(dataset, mode);
    await post(dataset, id, frame);
    await call('POST', `${uploads(dataset)}/${id}/close`);
    return ended(dataset, id);
  };

  /** One row in a file, as the old client uploads it. */
  const ingest = async (dataset: string): Promise<string> => {
    const v1 = `/api/v1${PROJECT}/datasets`;
    const url = `${v1}/${dataset}/get_upload_url?upload_filename=rows.jsonl&resumable_upload=true`;
    const { put_url, download_url } = await call('GET', url);
    const body = '{"task_id": "e", "change": "ADD", "label_data": []}\n';
    const { ok } = await fetch(String(put_url), { method: 'PUT', body });
    if (!ok) throw new Error('The file could not be uploaded');
    const files = { dataset_id: dataset, data_url: { frame: [download_url] } };
    return String((await call('POST', v1, files)).upload_id);
  };

  await rm(FOLDER, { recursive: true, force: true });
  await mkdir(FOLDER, { recursive: true });
  await call('POST', '/projects', { id: 'replay', label_classes: ['car'] });
  for (const id of ['frames', 'gone']) await call('POST', `${PROJECT}/datasets`, { id });

  const streamed = await upload('frames', 'STREAMING', 'a');
  await keep('streamingUpload.done', `upload/replay/frames/${streamed}`);
  await keep('streamingUpload.files', `upload/replay/frames/${await ended('frames', await ingest('frames'))}`);
  const cancelled = await open('frames', 'STREAMING');
  await post('frames', cancelled, 'b');
  await sleep(1_000);
  await workflow.getHandle(`upload/replay/frames/${cancelled}`).cancel();
  await ended('frames', cancelled);
  await keep('streamingUpload.cancelled', `upload/replay/frames/${cancelled}`);
  await keep('batchUpload.done', `upload/replay/frames/${await upload('frames', 'BATCH', 'c')}`);
  const reverted = await upload('frames', 'STREAMING', 'd');
  const revert = String((await call('POST', `${uploads('frames')}/${reverted}/revert`)).upload_id);
  await keep('revert.done', `upload/replay/frames/${await ended('frames', revert)}`);
  const rollback = String((await call('POST', `${PROJECT}/datasets/frames/rollback`, { to: 1 })).upload_id);
  await keep('rollback.done', `upload/replay/frames/${await ended('frames', rollback)}`);
  const { workflowId } = await runOf(workflow, 'dataset/replay/frames/');
  await keep('dataset.several-versions', workflowId);
  await call('DELETE', `${PROJECT}/datasets/gone`);
  await keep('deleteDataset.done', (await runOf(workflow, 'delete/replay/gone/')).workflowId);
  await call('DELETE', PROJECT);
  await keep('deleteProject.done', 'delete/replay');
}

/** The run whose id begins so, once it can be listed. */
async function runOf(workflow: Client['workflow'], prefix: string): Promise<{ workflowId: string }> {
  for (;;) {
    for await (const run of workflow.list({ query: `WorkflowId STARTS_WITH "${prefix}"` })) return run;
    await sleep(200);
  }
}

/** Host names and process ids say nothing to a replay. */
function anonymous(key: string, value: unknown): unknown {
  return key === 'identity' ? 'worker@host' : value;
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
