import type { Bench } from '../bench';
import { insertManyRate, revisionsOf } from '../floor';
import { oldClientFiles } from '../old-client-files';
import { atLeast, type Row } from '../row';
import { median, timed } from '../stats';

const FRAMES = 100_000;
const ROUNDS = 2;

/**
 * An ingest as client 1.0.7 asks for it, from the request that names the files until its windows are DONE, in turn with
 * the plain driver's inserts of the same documents. Uploading the files is not counted.
 */
export async function oldClient(bench: Bench): Promise<Row[]> {
  const { client, scale } = bench;
  const frames = Math.round(FRAMES * scale);
  const rates = { floor: [] as number[], ingest: [] as number[] };
  for (let round = 0; round < ROUNDS; round++) {
    const name = `old_client_${round}`;
    const data_url: Record<'frame' | 'crop', string[]> = { frame: [], crop: [] };
    for (const { frame, crop } of oldClientFiles(frames)) {
      data_url.frame.push(await uploadFile(bench, name, `frame_data_batch_${data_url.frame.length}.jsonl`, frame));
      data_url.crop.push(await uploadFile(bench, name, `crop_data_batch_${data_url.crop.length}.jsonl`, crop));
    }
    const upload_version = `bench-${round}`;
    const { ms } = await timed(async () => {
      const ingest = { dataset_id: name, data_url, upload_version, pipeline_mode: 'STREAMING' };
      const { body } = await client.send('POST', '/api/v1/projects/bench/datasets', ingest);
      const { state } = await client.ended(`/projects/bench/datasets/${name}/uploads/${String(body.upload_id)}`);
      if (state !== 'DONE') throw new Error(`The ingest into ${name} ended ${state}`);
    });
    rates.ingest.push((frames / ms) * 1000);
    const documents = await revisionsOf(bench, await bench.key(name));
    if (documents.length !== frames) throw new Error(`The store holds ${documents.length} of ${frames} frames`);
    rates.floor.push(await insertManyRate(bench, documents));
  }
  return [
    atLeast(
      `Ingest of ${frames} frames x 5 boxes in the old client's files`,
      median(rates.ingest),
      'frames/s',
      { name: 'insertMany', value: median(rates.floor) },
      0.6,
    ),
  ];
}

/** Uploads a file by the resumable protocol, as the client does; answers its download URL. */
async function uploadFile({ client }: Bench, dataset: string, name: string, bytes: Buffer): Promise<string> {
  const query = `upload_filename=${name}&resumable_upload=true`;
  const { body } = await client.get(`/api/v1/projects/bench/datasets/${dataset}/get_upload_url?${query}`);
  const [put_url, download_url] = [String(body.put_url), String(body.download_url)];
  const begun = await fetch(put_url, {
    method: 'POST',
    body: '{}',
    headers: { 'x-upload-content-length': String(bytes.length) },
  });
  const session = begun.headers.get('location');
  if (session === null) throw new Error(`The upload of ${name} answered ${begun.status} without a Location`);
  const range = `bytes 0-${bytes.length - 1}/${bytes.length}`;
  const { status } = await fetch(session, { method: 'PUT', body: bytes, headers: { 'content-range': range } });
  if (status !== 200) throw new Error(`The upload of ${name} answered ${status}`);
  return download_url;
}
