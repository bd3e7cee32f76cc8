import { StoreError } from '../errors';
import type { ProjectRecord } from '../records';
import type { ProjectStore } from '../store';
import type { Database } from './database';
import type { ProjectDoc } from './documents';
import { hideDatasets } from './datasets';
import { pageOf } from './page';
import { isDuplicateKey } from './translate-errors';

export function projectStore({ c }: Database): ProjectStore {
  const get = async (project: string): Promise<ProjectDoc> => {
    const doc = await c.projects.findOne({ _id: project, state: 'ACTIVE' });
    if (!doc) throw new StoreError('project_not_found', `There is no project ${project}`);
    return doc;
  };
  return {
    async create({ project, label_classes, primary_task }) {
      const doc: ProjectDoc = { _id: project, label_classes, primary_task, created_at: new Date(), state: 'ACTIVE' };
      try {
        await c.projects.insertOne(doc);
      } catch (error) {
        if (isDuplicateKey(error)) throw new StoreError('project_exists', `A project ${project} exists already`);
        throw error;
      }
      return toProject(doc);
    },

    get: async (project) => toProject(await get(project)),

    async list({ after, limit, only }) {
      const docs = await c.projects
        .find({
          state: 'ACTIVE',
          _id: { ...(after === undefined ? { $gte: '' } : { $gt: after }), ...(only ? { $in: [...only] } : {}) },
        })
        .sort({ _id: 1 })
        .limit(limit + 1)
        .toArray();
      return pageOf(docs.map(toProject), limit, (record) => record.project);
    },

    async update(project, expected, change) {
      const { matchedCount } = await c.projects.updateOne(
        { _id: project, state: 'ACTIVE', label_classes: expected },
        { $set: change },
      );
      const doc = await get(project);
      if (matchedCount === 0)
        throw new StoreError(
          'conflict',
          `The classes of project ${project} were changed by somebody else; read them again`,
        );
      return toProject(doc);
    },

    async markDeleting(project) {
      await get(project);
      await c.projects.updateOne({ _id: project }, { $set: { state: 'DELETING' } });
      await hideDatasets(c, { project });
    },
  };
}

function toProject(doc: ProjectDoc): ProjectRecord {
  const { _id, ...rest } = doc;
  return { project: _id, ...rest };
}
