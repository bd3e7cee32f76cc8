import fc from 'fast-check';
import { BSON } from 'mongodb';
import { decide } from '../../domain/decide';
import { FOREVER } from '../../domain/revision';
import type { CommitRecord, NewRevision } from '../../store/commit-store';
import { BsonWriter } from '../../store/mongo/bson-writer';
import { documentSequence } from '../../store/mongo/document-sequence';
import { revisionId } from '../../store/mongo/revision-id';
import { revisionPacker } from '../../store/mongo/revision-packer';
import { frameIds, rawFrame } from '../support/arbitraries';
import { hashFrame } from '../support/sha256';
import { put } from '../support/read';

const byDriver = (document: object): Buffer => Buffer.from(BSON.serialize(document, { ignoreUndefined: true }));

function byWriter(document: Readonly<Record<string, unknown>>, capacity = 0): Buffer {
  const writer = new BsonWriter(capacity);
  const begun = writer.begin();
  for (const key in document) writer.member(key, document[key] as object);
  writer.end(begun);
  return writer.bytes();
}

const texts = fc.oneof(fc.string({ unit: 'grapheme' }), fc.string({ minLength: 40, maxLength: 60 }));
const numbers = fc.oneof(
  fc.double(),
  fc.integer(),
  fc.constantFrom(0, -0, NaN, Infinity, 2 ** 31 - 1, 2 ** 31, -(2 ** 31), -(2 ** 31) - 1, 2 ** 53),
);
const keys = texts.filter((key) => !key.includes('\0') && key !== '__proto__' && key !== '_bsontype');
const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    texts,
    numbers,
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    fc.boolean(),
    fc.constant(null),
    fc.constant(undefined),
    fc.array(tie('value'), { maxLength: 12 }),
    fc.dictionary(keys, tie('value'), { maxKeys: 6 }),
  ),
}));

describe('a document in BSON', () => {
  it('has the bytes that the driver gives it', () => {
    fc.assert(
      fc.property(fc.dictionary(keys, value, { maxKeys: 8 }), fc.nat(200), (document, capacity) => {
        expect(byWriter(document, capacity).equals(byDriver(document))).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('may hold long lists and long texts', () => {
    const document = { list: Array.from({ length: 1_200 }, (_, n) => n / 4), text: 'wörter '.repeat(5_000) };
    expect(byWriter(document).equals(byDriver(document))).toBe(true);
  });
});

describe('packed revisions', () => {
  const commit = { commit_id: '7.3', key: 7, version: 3, created_by: { u: 'key-1' } } as unknown as CommitRecord;

  it('are the documents of the frames, one behind the other', () => {
    const frame = fc.record({ frame_id: frameIds, raw: rawFrame, digest: fc.option(fc.string(), { nil: undefined }) });
    fc.assert(
      fc.property(fc.array(frame, { maxLength: 4 }), (frames) => {
        const packer = revisionPacker(commit, 'u', 10);
        const documents = frames.map(({ frame_id, raw, digest }) => {
          const decision = decide(put(frame_id, raw), null, 3, hashFrame);
          if (decision.kind !== 'write') throw new Error('A put of a new frame is a write');
          const { hash, content } = decision;
          const revision: NewRevision = { frame_id, prev: 0, deleted: false, hash, content, line_digest: digest };
          packer.add(revision);
          const _id = revisionId(7, 3, frame_id);
          const own = { _id, dataset: 7, frame_id, from: 3, to: FOREVER, prev: 0, deleted: false, hash };
          const origin = { commit_id: '7.3', upload_id: 'u', created_by: 'key-1', line_digest: digest };
          return byDriver({ ...own, ...origin, ...content });
        });
        const { frame_ids, ends, bytes } = packer.packed();
        expect(frame_ids).toEqual(frames.map(({ frame_id }) => frame_id));
        expect(Buffer.concat(documents).equals(bytes)).toBe(true);
        expect(ends.at(-1) ?? 0).toBe(bytes.length);
        expect(ends.map((end, at) => end - (ends[at - 1] ?? 0))).toEqual(documents.map((one) => one.length));
      }),
      { numRuns: 200 },
    );
  });

  // What is relied on of the driver's inside, should its version change.
  it('are sent as they are, as the documents of a command', () => {
    const runs = [byDriver({ a: 1 }), byDriver({ b: 2 })];
    const section = (documentSequence('documents', runs) as { toBin(): Uint8Array }).toBin();
    const name = Buffer.from('documents\0');
    const length = Buffer.alloc(4);
    length.writeInt32LE(4 + name.length + runs.reduce((sum, run) => sum + run.length, 0));
    expect(Buffer.from(section).equals(Buffer.concat([Buffer.from([1]), length, name, ...runs]))).toBe(true);
  });
});
