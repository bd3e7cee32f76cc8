import { StoreError } from '../errors';
import type { ProjectChange, ProjectRecord } from '../records';
import type { ProjectStore } from '../store';
import { archiveDatasets, refuseArchivedProject } from './archived';
import type { Database } from './database';
import type { ProjectDoc } from './documents';
import { hideDatasets } from './datasets';
import { fromText, objectFromText, toText } from './json-text';
import { pageOf } from './page';
import { isDuplicateKey } from './translate-errors';

export function projectStore({ c }: Database): ProjectStore {
  const get = async (project: string): Promise<ProjectDoc> => {
    const doc = await c.projects.findOne({ _id: project, state: 'ACTIVE' });
    if (!doc) throw new StoreError('project_not_found', `There is no project ${project}`);
    return doc;
  };
  return {
    async create({ project, label_classes, primary_task, settings = {}, external_metadata }) {
      const doc: ProjectDoc = {
        _id: project,
        label_classes,
        primary_task,
        settings: Object.fromEntries(Object.entries(settings).map(([key, value]) => [key, toText(value)])),
        ...(external_metadata && { external_metadata: toText(external_metadata) }),
        created_at: new Date(),
        state: 'ACTIVE',
      };
      try {
        await c.projects.insertOne(doc);
      } catch (error) {
        if (isDuplicateKey(error)) throw new StoreError('project_exists', `A project ${project} exists already`);
        throw error;
      }
      return toProject(doc);
    },

    get: async (project) => toProject(await get(project)),

    async list({ after, limit, only, archived }) {
      const docs = await c.projects
        .find({
          state: 'ACTIVE',
          _id: { ...(after === undefined ? { $gte: '' } : { $gt: after }), ...(only ? { $in: [...only] } : {}) },
          ...(archived === false && { archived: { $exists: false } }),
        })
        .sort({ _id: 1 })
        .limit(limit + 1)
        .toArray();
      return pageOf(docs.map(toProject), limit, (record) => record.project);
    },

    async update(project, expected, change) {
      const { matchedCount } = await c.projects.updateOne(
        { _id: project, state: 'ACTIVE', archived: { $exists: false }, label_classes: expected },
        { $set: changedFields(change) },
      );
      const doc = await get(project);
      if (matchedCount > 0) return toProject(doc);
      refuseArchivedProject(doc);
      throw new StoreError(
        'conflict',
        `The classes of project ${project} were changed by somebody else; read them again`,
      );
    },

    async setExternalMetadata(project, metadata) {
      refuseArchivedProject(await get(project));
      await c.projects.updateOne({ _id: project }, { $set: { external_metadata: toText(metadata) } });
    },

    async archive(project) {
      await get(project);
      await c.projects.updateOne({ _id: project }, { $set: { archived: true } });
      await archiveDatasets(c, { project });
    },

    async markDeleting(project) {
      await get(project);
      await c.projects.updateOne({ _id: project }, { $set: { state: 'DELETING' } });
      await hideDatasets(c, { project });
    },
  };
}

/** Settings by their paths, so that two writers who set different ones do not undo each other. */
function changedFields({ settings = {}, external_metadata, ...rest }: ProjectChange): Record<string, unknown> {
  return {
    ...rest,
    ...Object.fromEntries(Object.entries(settings).map(([key, value]) => [`settings.${key}`, toText(value)])),
    ...(external_metadata && { external_metadata: toText(external_metadata) }),
  };
}

function toProject({ _id, settings = {}, external_metadata, archived, ...rest }: ProjectDoc): ProjectRecord {
  return {
    project: _id,
    ...rest,
    settings: Object.fromEntries(Object.entries(settings).map(([key, text]) => [key, fromText(text)])),
    external_metadata: objectFromText(external_metadata),
    archived: archived === true,
  };
}
