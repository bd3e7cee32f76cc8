import type { ApiDeps } from '../../deps';
import { StoreError } from '../../../store/errors';
import type { IngestRecord } from '../../../store/ingests';
import { FINAL_STATES, type DatasetRecord, type UploadRecord } from '../../../store/records';
import { v1Route, type V1Call, type V1Route } from '../route';

type Find = (params: V1Call['params']) => Promise<DatasetRecord | null>;

/** Uploads whose errors a log holds, newest first, and entries of one log. */
const LOGGED_UPLOADS = 20;
const LOG_ENTRIES = 1_000;

/** How far datasets and inference sets are, for clients that wait. */
export function processStateRoutes({ store }: ApiDeps): V1Route[] {
  const dataset: Find = ({ p = '', d = '' }) => orNull(store.datasets.get(p, d));
  const inferenceSet: Find = async ({ p = '', d = '', i = '' }) => {
    const base = await orNull(store.datasets.get(p, d));
    return base && orNull(store.inferenceSets.get(base.key, i));
  };
  return [
    ...stateRoutes('/projects/:p/datasets/:d', dataset),
    ...stateRoutes('/projects/:p/datasets/:d/inferences/:i', inferenceSet),
  ];

  function stateRoutes(path: V1Route['path'], find: Find): V1Route[] {
    return [
      get(`${path}/is_processed`, async ({ params }) => {
        const found = await find(params);
        return { processed: found !== null && (await stateOf(found)).processed };
      }),
      get(`${path}/process_state`, async ({ params }) => {
        const found = await find(params);
        const { current_state, percent_done } = found === null ? NOT_STARTED : await stateOf(found);
        return { current_state, percent_done };
      }),
      get(`${path}/process_step_status`, async ({ params }) => {
        const found = await find(params);
        const { step } = found === null ? NOT_STARTED : await stateOf(found);
        return { process_step_statuses: { normalize: { status: step } } };
      }),
      get(`${path}/ingest_error_logs`, async ({ params }) => {
        const found = await find(params);
        return found === null ? [] : errorLog(found);
      }),
    ];
  }

  async function stateOf({ key, head }: DatasetRecord): Promise<ProcessState> {
    const [newest] = await store.ingests.newest(key, 1);
    // Filled by the native API alone.
    if (newest === undefined) return head > 0 ? DONE : NOT_STARTED;
    const upload = await store.uploads.get(key, newest.upload_id);
    if (!FINAL_STATES.includes(upload.state)) return running(newest, upload);
    if (upload.state === 'FAILED' || upload.state === 'CANCELLED') {
      return { processed: head > 0, current_state: 'FAILED', percent_done: 100, step: 'FAILED' };
    }
    return DONE;
  }

  async function errorLog({ key }: DatasetRecord): Promise<LogEntry[]> {
    const log: LogEntry[] = [];
    for (const ingest of await store.ingests.newest(key, LOGGED_UPLOADS)) {
      const { upload_id, external_id: upload_version, error } = ingest;
      const upload = await store.uploads.get(key, upload_id);
      const whole = upload.error ?? error;
      if (whole)
        log.push({ aquarium_dataflow_step: 'upload', msg: whole.message, code: whole.code, upload_id, upload_version });
      if (upload.counts.failed === 0) continue;
      for await (const { frame_id, label_id, path, message, code, item } of store.uploads.errors(key, upload_id, {
        bodies: false,
      })) {
        if (log.length >= LOG_ENTRIES) return log;
        const place = [frame_id === null ? `row ${item}` : `frame ${frame_id}`, ...(path === '' ? [] : [path])].join(
          ', ',
        );
        log.push({
          aquarium_dataflow_step: 'item',
          msg: `${place}: ${message}`,
          code,
          ...(frame_id !== null && { frame_id }),
          ...(label_id !== undefined && { label_id }),
          upload_id,
          upload_version,
        });
      }
    }
    return log;
  }
}

/** One entry of an error log; the client prints the first two fields. */
interface LogEntry {
  aquarium_dataflow_step: 'upload' | 'item';
  msg: string;
  code: string;
  frame_id?: string;
  label_id?: string;
  upload_id: string;
  upload_version: string;
}

interface ProcessState {
  processed: boolean;
  current_state: 'NOT_STARTED' | 'PROCESSING' | 'DONE' | 'FAILED';
  /** 0 to 100. */
  percent_done: number;
  /** The client waits while it is PENDING. */
  step: 'PENDING' | 'DONE' | 'FAILED';
}

const NOT_STARTED: ProcessState = { processed: false, current_state: 'NOT_STARTED', percent_done: 0, step: 'PENDING' };
const DONE: ProcessState = { processed: true, current_state: 'DONE', percent_done: 100, step: 'DONE' };

/** Reading the files counts as the first half, committing what they hold as the second. */
function running({ parts, parts_staged }: IngestRecord, { counts }: UploadRecord): ProcessState {
  const read = parts_staged / parts.length;
  const committed = counts.received === 0 ? 0 : 1 - counts.pending / counts.received;
  const percent_done = Math.floor(50 * read + 50 * read * committed);
  return { processed: false, current_state: 'PROCESSING', percent_done, step: 'PENDING' };
}

function get(path: V1Route['path'], handle: V1Route['handle']): V1Route {
  return v1Route({ method: 'get', path, role: 'reader', handle });
}

async function orNull(found: Promise<DatasetRecord>): Promise<DatasetRecord | null> {
  try {
    return await found;
  } catch (error) {
    if (error instanceof StoreError && error.code === 'dataset_not_found') return null;
    throw error;
  }
}
