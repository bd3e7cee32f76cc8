import type { Bench } from '../bench';
import { frameId, items } from '../frames';
import { atMost, type Row } from '../row';
import { median, repeat, timed } from '../stats';

const SIZES = [10_000, 100_000] as const;
const CHANGED = 500;
const EDITED_SIZES = [1_000, 100_000] as const;
const EDITS = 40;
const ROUNDS = 5;

/** Work on a few frames of a small and of a large dataset: it should cost the same. */
export async function sizes(bench: Bench): Promise<Row[]> {
  const [small, large] = SIZES.map((size) => Math.round(size * bench.scale)) as [number, number];
  const [few, many] = [await bench.filled('small', small), await bench.filled('large', large)];
  const tiny = await bench.filled('tiny', EDITED_SIZES[0]);
  const [diffFew, diffMany] = [await diffAndRollback(bench, few), await diffAndRollback(bench, many)];
  const [editsTiny, editsMany] = await editsInTurn(bench, [tiny, many]);
  return [
    atMost(
      `Diff of ${CHANGED} frames among ${large}`,
      diffMany.diff,
      'ms',
      { name: `among ${small}`, value: diffFew.diff },
      1.5,
    ),
    atMost(
      `Rollback of ${CHANGED} frames among ${large}`,
      diffMany.rollback,
      'ms',
      { name: `among ${small}`, value: diffFew.rollback },
      1.5,
    ),
    atMost(
      `Edit of one label among ${large} frames, visible, p50`,
      editsMany,
      'ms',
      { name: `among ${EDITED_SIZES[0]}`, value: editsTiny },
      1.2,
    ),
  ];
}

async function diffAndRollback({ client }: Bench, dataset: string): Promise<{ diff: number; rollback: number }> {
  const [diffs, rollbacks]: [number[], number[]] = [[], []];
  for (let round = 0; round < ROUNDS; round++) {
    const before = Number((await client.get(dataset)).body.head);
    const { last_version } = await client.upload(dataset, [items(100, CHANGED, () => round + 1)]);
    diffs.push((await timed(() => client.get(`${dataset}/diff?from=${before}&to=${last_version}&limit=1000`))).ms);
    const rolled = await timed(async () => {
      const { body } = await client.send('POST', `${dataset}/rollback`, { to: before });
      return client.ended(`${dataset}/uploads/${String(body.upload_id)}`);
    });
    if (rolled.result.counts.applied !== CHANGED)
      throw new Error(`The rollback changed ${rolled.result.counts.applied} frames`);
    rollbacks.push(rolled.ms);
  }
  return { diff: median(diffs), rollback: median(rollbacks) };
}

async function editsInTurn({ client }: Bench, datasets: [string, string]): Promise<[number, number]> {
  const times: [number[], number[]] = [[], []];
  for (let at = 0; at < EDITS; at++)
    for (const [which, dataset] of datasets.entries()) {
      const path = `${dataset}/frames/${frameId(at)}?wait=10s`;
      const edit = { labels: { merge: [{ label_id: `b${at}-1`, geometry: { left: 7.5 + at } }] } };
      times[which]?.push(...(await repeat(1, () => client.send('PATCH', path, edit))));
    }
  return [median(times[0]), median(times[1])];
}
