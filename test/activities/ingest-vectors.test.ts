import { UnreadableFile } from '../../activities/ingest/unreadable-file';
import { Vectors } from '../../activities/ingest/vectors';
import { arrowBytes, inMemory } from './arrow-files';

const LABELS: Record<string, string[]> = { f1: ['b1', 'b2'], f2: [], 'f é': ['b3'] };

/** What is found for each frame in turn, as plain numbers. */
async function found(names: string[], frame_ids: string[], indexBytes?: number): Promise<unknown[]> {
  const vectors = await Vectors.open(
    names.map((name) => inMemory(arrowBytes(name), `${name}.arrow`)),
    indexBytes,
  );
  const list = [];
  for (const frame_id of frame_ids) {
    const { frame, labels } = await vectors.of(frame_id, LABELS[frame_id] ?? ['unknown']);
    list.push({
      ...(frame && { frame: [...frame] }),
      ...Object.fromEntries([...labels].map(([id, vector]) => [id, [...vector]])),
    });
  }
  return list;
}

const F1 = { frame: [0.25, -0.5, 1], b1: [0.5, 1], b2: [2, 3] };
const F2 = { frame: [1.5, 2, -3.25] };
const F3 = { frame: [0, 0, 0], b3: [4, 5.5] };

describe.each([
  ['in two files', ['frames', 'crops']],
  ['in files of several batches', ['batches', 'large-crops']],
])('vectors %s', (_, files) => {
  it.each([
    ['in order', ['f1', 'f2', 'f é'], [F1, F2, F3]],
    ['backwards', ['f é', 'f2', 'f1'], [F3, F2, F1]],
    ['with frames that the files do not have', ['x', 'f1', 'y', 'f é'], [{}, F1, {}, F3]],
    ['again', ['f1', 'f1', 'f é', 'f1'], [F1, F1, F3, F1]],
    ['from the middle', ['f2', 'f é'], [F2, F3]],
  ])('are found %s', async (__, frame_ids, expected) => {
    expect(await found(files, frame_ids)).toEqual(expected);
  });
});

it('are found in one file with both, those of the labels that are asked for', async () => {
  expect(await found(['both'], ['f é', 'f1'])).toEqual([F3, { frame: F1.frame, b1: F1.b1 }]);
});

it('are none without files', async () => {
  expect(await found([], ['f1'])).toEqual([{}]);
});

it('in another order than the rows are looked up in bounded memory', async () => {
  expect(await found(['frames'], ['f1', 'f2', 'f é'], 10)).toHaveLength(3);
  await expect(found(['frames'], ['f2'], 10)).rejects.toThrow(
    new UnreadableFile(
      "The rows of frames.arrow are in another order than the frames', and too many to be looked up; upload smaller batches",
    ),
  );
});
