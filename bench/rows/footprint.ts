import { readFile } from 'node:fs/promises';
import { Client, Connection } from '@temporalio/client';
import type { Bench } from '../bench';
import { frameId, items } from '../frames';
import { bounded, type Row } from '../row';
import { inLanes } from '../stats';
import { waitFor } from '../wait-for';

const FRAMES = 100_000;
const EDITS = 1_000;
const BIG_POST_MB = 200;
const HUGE_POST_MB = 1_000;

/** What the system takes: events and payloads in Temporal, bytes an edit, and memory, which is read last. */
export async function footprint(bench: Bench): Promise<Row[]> {
  const temporal = await temporalRows(bench);
  const edits = await editRows(bench);
  await bigPost(bench, bench.huge ? HUGE_POST_MB : Math.round(BIG_POST_MB * bench.scale));
  const worker = await peakMegabytes(bench.pids.worker);
  const api = await peakMegabytes(bench.pids.api);
  return [
    ...temporal,
    ...edits,
    bounded('Peak memory of the worker over the whole run', worker, 'MB', '<', 400),
    bounded('Peak memory of the API over the whole run', api, 'MB', '<', 400),
  ];
}

async function temporalRows(bench: Bench): Promise<Row[]> {
  const frames = Math.round(FRAMES * bench.scale);
  await bench.filled('events', frames);
  const connection = await Connection.connect({ address: bench.temporalAddress });
  try {
    const { workflow } = new Client({ connection });
    let events = 0;
    let largest = 0;
    for (const { workflowId, runId } of await endedWorkflows(workflow)) {
      const history = await workflow.getHandle(workflowId, runId).fetchHistory();
      events += history.events?.length ?? 0;
      for (const event of history.events ?? []) largest = Math.max(largest, JSON.stringify(event).length);
    }
    return [
      bounded('Temporal events for 100,000 frames', (events / frames) * FRAMES, 'events', '<=', 300),
      bounded('Largest event in those histories', largest / 1024, 'KiB', '<', 64),
    ];
  } finally {
    await connection.close();
  }
}

/** The runs of the dataset's actor and of its upload, once all have ended: the actor lingers for a few seconds. */
async function endedWorkflows(workflow: Client['workflow']): Promise<{ workflowId: string; runId: string }[]> {
  const look = async () => {
    const runs: { workflowId: string; runId: string; type: string; status: { name: string } }[] = [];
    for await (const run of workflow.list({ query: 'VivariumDataset = "events"' })) runs.push(run);
    const types = new Set(runs.map((run) => run.type));
    if (types.has('dataset') && types.has('streamingUpload') && runs.every((run) => run.status.name !== 'RUNNING'))
      return runs;
    return undefined;
  };
  return waitFor('the workflows of the dataset "events" to end', look, 500);
}

async function editRows(bench: Bench): Promise<Row[]> {
  const { client, db } = bench;
  const dataset = await bench.filled('edits', 1_000);
  const key = await bench.key(dataset);
  await inLanes(8, EDITS, (at, lane) =>
    client.send(
      'PATCH',
      `${dataset}/frames/${frameId(at)}?wait=10s`,
      { labels: { merge: [{ label_id: `b${at}-0`, geometry: { left: 0.5 } }] } },
      lane,
    ),
  );
  const [sum] = await db
    .collection('frames')
    .aggregate<{ bytes: number; n: number }>([
      { $match: { dataset: key, from: { $gt: 1 } } },
      { $group: { _id: null, bytes: { $sum: { $bsonSize: '$$ROOT' } }, n: { $sum: 1 } } },
    ])
    .toArray();
  return [{ name: 'Bytes stored for an edit of one label', value: (sum?.bytes ?? 0) / (sum?.n ?? 1), unit: 'bytes' }];
}

/** One post of many megabytes, made on the fly. */
async function bigPost(bench: Bench, megabytes: number): Promise<void> {
  const dataset = await bench.dataset('big_post');
  async function* body(): AsyncIterable<Buffer> {
    for (let [sent, from] = [0, 0]; sent < megabytes * 1e6; from += 1_000) {
      const piece = items(from, 1_000);
      sent += piece.length;
      yield piece;
    }
  }
  await bench.client.upload(dataset, [body()]);
}

/** The most memory that a process had, from the kernel; Linux only. */
async function peakMegabytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return (Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? NaN) * 1024) / 1e6;
}
