import { createRequire } from 'node:module';

/** What the driver sends as it is, beside a command: a field's documents in BSON. */
interface DocumentSequence {
  push(document: object, bson: Uint8Array): number;
}

// The driver makes these of documents only, and offers no way in for BSON that is there already. Its version is pinned,
// and what this relies on is tested: test/store/packed-revisions.test.ts.
const { DocumentSequence: Sequence } = createRequire(__filename)('mongodb/lib/cmap/commands') as {
  DocumentSequence: new (field: string) => DocumentSequence;
};

/** A command's field of documents that are BSON already, in runs of one behind the other; good for one command. */
export function documentSequence(field: string, runs: Uint8Array[]): object {
  const sequence = new Sequence(field);
  for (const run of runs) sequence.push({}, run);
  return sequence;
}
