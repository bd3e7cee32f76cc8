import { readAssets, type AssetRow } from '../../activities/ingest/asset-file';
import { EmbeddingFile } from '../../activities/ingest/embedding-file';
import { UnreadableFile } from '../../activities/ingest/unreadable-file';
import { seededRandom } from '../support/seeded-random';
import { arrowBytes, inMemory, WRITERS } from './arrow-files';

/** Rows with plain numbers, which compare better. */
async function rowsOf(
  bytes: Uint8Array,
): Promise<{ frame_id?: string; frame?: number[]; crops: [string, number[]][] }[]> {
  const file = await EmbeddingFile.open(inMemory(bytes));
  const rows = [];
  for await (const { frame, crops, ...rest } of file.rows()) {
    rows.push({
      ...rest,
      ...(frame && { frame: [...frame] }),
      crops: crops.map(([id, vector]): [string, number[]] => [id, [...vector]]),
    });
  }
  return rows;
}

async function assetsOf(bytes: Uint8Array): Promise<AssetRow[]> {
  const rows: AssetRow[] = [];
  for await (const { frame_id, assets } of readAssets(inMemory(bytes, 'assets.arrow'))) {
    rows.push({ frame_id, assets: assets.map((asset) => ({ ...asset, value: Buffer.from(asset.value) })) });
  }
  return rows;
}

const FRAMES = [
  { frame_id: 'f1', frame: [0.25, -0.5, 1], crops: [] },
  { frame_id: 'f2', frame: [1.5, 2, -3.25], crops: [] },
  { frame_id: 'f é', frame: [0, 0, 0], crops: [] },
];
const CROPS = [
  {
    crops: [
      ['b1', [0.5, 1]],
      ['b2', [2, 3]],
    ],
  },
  { crops: [] },
  { crops: [['b3', [4, 5.5]]] },
];

describe.each(WRITERS)('an Arrow file written by %s', (writer) => {
  it.each(['frames', 'frames-float32', 'fixed-size', 'large-list', 'half', 'dictionary', 'batches'])(
    'has the vectors of its frames, as %s',
    async (name) => {
      expect(await rowsOf(arrowBytes(name, writer))).toEqual(FRAMES);
    },
  );

  it('has vectors of integers', async () => {
    const rows = await rowsOf(arrowBytes('frames-int', writer));
    expect(rows.map(({ frame }) => frame)).toEqual([
      [1, 2],
      [3, -4],
      [5, 6],
    ]);
  });

  it.each(['crops', 'large-crops'])('has the vectors of labels, as %s', async (name) => {
    expect(await rowsOf(arrowBytes(name, writer))).toEqual(CROPS);
  });

  it('has none where no frame of the batch has labels', async () => {
    expect(await rowsOf(arrowBytes('crops-none', writer))).toEqual([{ crops: [] }, { crops: [] }, { crops: [] }]);
  });

  it('has both in one file, also where a label has no vector', async () => {
    expect(await rowsOf(arrowBytes('both', writer))).toEqual([
      { ...FRAMES[0], crops: [['b1', [0.5, 1]]] },
      FRAMES[1],
      { ...FRAMES[2], crops: [['b3', [4, 5.5]]] },
    ]);
  });

  it('may lack ids and vectors', async () => {
    expect(await rowsOf(arrowBytes('null-rows', writer))).toEqual([
      { frame_id: 'f1', frame: [1, 2], crops: [] },
      { frame: [3, 4], crops: [] },
      { frame_id: 'f3', crops: [] },
    ]);
  });

  it('gives NaN as it is, for the item to fail by', async () => {
    expect(await rowsOf(arrowBytes('nan', writer))).toEqual([{ frame_id: 'f1', frame: [1, NaN], crops: [] }]);
  });

  it('has masks', async () => {
    expect(await assetsOf(arrowBytes('assets', writer))).toEqual([
      {
        frame_id: 'f1',
        assets: [{ asset_type: 'SEMSEG_MASK', uuid: 'u1', value: Buffer.from('\x89PNG one', 'latin1') }],
      },
      { frame_id: 'f2', assets: [] },
      {
        frame_id: 'f é',
        assets: [
          { asset_type: 'INSTANCE_SEG_MASK', uuid: 'u2', value: Buffer.from('\x89PNG two', 'latin1') },
          { asset_type: 'SEMSEG_MASK', uuid: 'u3', value: Buffer.alloc(0) },
        ],
      },
    ]);
  });

  it.each([
    ['compressed', 'The Arrow file vectors.arrow is compressed; write it without compression'],
    [
      'wrong-columns',
      'Expected the columns frame_ids and frame_embeddings, crop_ids and crop_embeddings, or all four in vectors.arrow, got ids, vectors',
    ],
    ['wrong-types', 'Expected lists of numbers in the column frame_embeddings of vectors.arrow, got List<Utf8>'],
    ['one-column', 'Expected a column frame_embeddings in vectors.arrow, got none'],
    ['uneven', 'Expected one vector for each label in vectors.arrow, got 1 for 2 in row 1'],
  ])('is refused when it is %s', async (name, message) => {
    await expect(rowsOf(arrowBytes(name, writer))).rejects.toThrow(new UnreadableFile(message));
  });
});

describe('a file that cannot be read', () => {
  it('is no Arrow at all', async () => {
    const message = 'Expected an Arrow file in vectors.arrow, but it does not begin with ARROW1';
    for (const bytes of [Buffer.alloc(0), Buffer.from('PK'), Buffer.from('{"task_id": "f1"}\n')]) {
      await expect(rowsOf(bytes)).rejects.toThrow(new UnreadableFile(message));
    }
  });

  it('has other columns than masks have', async () => {
    await expect(assetsOf(arrowBytes('frames'))).rejects.toThrow(
      'Expected the columns frame_ids (texts) and label_assets (lists of {asset_type, uuid, value}) in assets.arrow, ' +
        'got frame_ids: LargeUtf8, frame_embeddings: List<Float64>',
    );
  });

  it('is cut off, wherever that is', async () => {
    const whole = arrowBytes('both');
    const complete = whole.length - whole.readInt32LE(whole.length - 10) - 10;
    for (let length = 8; length < complete; length += 13) {
      await expect(rowsOf(whole.subarray(0, length))).rejects.toThrow(
        /^The Arrow file vectors\.arrow is cut off after \d+ bytes/,
      );
    }
  });

  /** Reads it to the end; it may be refused, but in no other way. */
  async function survives(bytes: Buffer): Promise<void> {
    await rowsOf(bytes).catch((error: unknown) => {
      if (!(error instanceof UnreadableFile)) throw error;
    });
  }

  it.each(['both', 'dictionary', 'fixed-size', 'large-crops', 'half', 'null-rows', 'crops-none'])(
    'has broken bytes, as %s: it is refused, or its rows are other ones',
    async (name) => {
      const whole = arrowBytes(name);
      const random = seededRandom(7);
      for (let round = 0; round < 200; round++) {
        const broken = Buffer.from(whole);
        for (const at of random.places(random.between(1, 4), broken.length)) broken[at] = random.between(0, 255);
        await survives(broken);
      }
    },
  );

  it.each([0x7fffffff, 0xffffffff, 0x00ffffff])(
    'claims %i of anything: nothing of that size is made',
    async (claim) => {
      for (const name of ['both', 'dictionary', 'crops-none']) {
        const whole = arrowBytes(name);
        for (let at = 8; at + 4 <= whole.length; at += 4) {
          const broken = Buffer.from(whole);
          broken.writeUInt32LE(claim, at);
          await survives(broken);
        }
      }
    },
  );

  it('is never read beyond one record batch', async () => {
    const bytes = arrowBytes('batches');
    const source = inMemory(bytes);
    const file = await EmbeddingFile.open(source);
    const opened = source.longest;
    source.longest = 0;
    for (let index = 0; index < file.batches; index++) await file.batch(index);
    expect(opened).toBeLessThanOrEqual(128 * 1024);
    expect(source.longest).toBeLessThan(bytes.length / 3);
  });
});
