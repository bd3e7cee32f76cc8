import { EMPTY_HASH } from '../../domain/content-hash';
import type { ClientSession } from 'mongodb';
import { StoreError } from '../errors';
import type { DatasetKey, VersionRecord } from '../records';
import type { VersionStore } from '../store';
import type { Database } from './database';
import type { VersionDoc } from './documents';
import { isDuplicateKey } from './translate-errors';

/** Every dataset begins here; there is no document for it. */
const VERSION_ZERO: VersionRecord = {
  version: 0,
  created_at: null,
  kind: 'EMPTY',
  uploads: [],
  tags: [],
  counts: { added: 0, updated: 0, deleted: 0, frames: 0, labels: 0 },
  content_hash: EMPTY_HASH,
  pruned: false,
};

export function versionStore(database: Database): VersionStore {
  const { c, transaction } = database;
  const notFound = (version: number): StoreError =>
    new StoreError('version_not_found', `The dataset has no version ${version}`);
  return {
    async get(key, version) {
      if (version === 0) return VERSION_ZERO;
      const doc = await c.versions.findOne({ dataset: key, version });
      if (!doc) throw notFound(version);
      if (doc.pruned) throw new StoreError('version_pruned', `Version ${version} was pruned`);
      return toVersion(doc);
    },

    async publishedAt(key, versions) {
      const docs = await c.versions
        .find({ dataset: key, version: { $in: versions }, pruned: false })
        .project<{ version: number; created_at: Date }>({ _id: 0, version: 1, created_at: 1 })
        .toArray();
      return new Map(docs.map((doc) => [doc.version, doc.created_at]));
    },

    async list(key, { before, limit }) {
      const docs = await c.versions
        .find({ dataset: key, version: before === undefined ? { $gt: 0 } : { $gt: 0, $lt: before } })
        .sort({ version: -1 })
        .limit(limit)
        .toArray();
      return docs.map(toVersion);
    },

    async byTag(key, tag) {
      const doc = await c.versions.findOne(taggedWith(key, tag), { projection: { version: 1 } });
      if (!doc) throw new StoreError('tag_not_found', `The dataset has no tag ${tag}`);
      return doc.version;
    },

    async byTime(key, at) {
      const [doc] = await c.versions
        .find({ dataset: key, created_at: { $lte: at } })
        .sort({ created_at: -1 })
        .limit(1)
        .toArray();
      return doc?.version ?? null;
    },

    async putTag(key, tag, version) {
      try {
        await addTag();
      } catch (error) {
        // The tag stands on another version: most tags are new, and cost one write.
        if (!isDuplicateKey(error)) throw error;
        await transaction(async (session) => {
          await c.versions.updateOne(taggedWith(key, tag), { $pull: { tags: tag } }, { session });
          await addTag(session);
        });
      }

      async function addTag(session?: ClientSession): Promise<void> {
        const options = session ? { session } : {};
        const { matchedCount } = await c.versions.updateOne(
          { dataset: key, version, pruned: false },
          { $addToSet: { tags: tag } },
          options,
        );
        if (matchedCount > 0) return;
        if (await c.versions.findOne({ dataset: key, version }, options))
          throw new StoreError('version_pruned', `Version ${version} was pruned and cannot be tagged`);
        throw notFound(version);
      }
    },

    async deleteTag(key, tag) {
      const { matchedCount } = await c.versions.updateOne(taggedWith(key, tag), { $pull: { tags: tag } });
      if (matchedCount === 0) throw new StoreError('tag_not_found', `The dataset has no tag ${tag}`);
    },
  };
}

/** `tags.0` makes the partial index usable. */
function taggedWith(dataset: DatasetKey, tag: string): object {
  return { dataset, tags: tag, 'tags.0': { $exists: true } };
}

function toVersion({ _id, dataset: _dataset, ...rest }: VersionDoc): VersionRecord {
  return rest;
}
