import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

const ROOT = join(__dirname, '..', '..');

/** The imports that the linter refuses in each file. */
function lint(cases: readonly { file: string; code: string }[]): string[][] {
  const script = join(ROOT, 'test', 'support', 'lint-boundaries.mjs');
  return JSON.parse(
    execFileSync(process.execPath, [script], { cwd: ROOT, input: JSON.stringify(cases), encoding: 'utf8' }),
  );
}

describe('the import boundaries', () => {
  const refused = [
    ['the domain', 'domain/new.ts', "import { x } from '../store/store';"],
    ['the domain, even a type', 'domain/new.ts', "import type { x } from '../store/store';"],
    ['the domain, a package', 'domain/new.ts', "import { z } from 'zod';"],
    ['the domain, a Node module', 'domain/new.ts', "import { createHash } from 'node:crypto';"],
    ['a workflow, the store', 'workflows/new.ts', "import { x } from '../store/store';"],
    ['a workflow, a Node module', 'workflows/new.ts', "import { readFile } from 'node:fs/promises';"],
    ['an activity, the MongoDB driver', 'activities/new.ts', "import { MongoClient } from 'mongodb';"],
    ['an activity, the MongoDB store', 'activities/new.ts', "import { x } from '../store/mongo/database';"],
    ['an activity, Express', 'activities/new.ts', "import express from 'express';"],
    ['the store, Temporal', 'store/mongo/new.ts', "import { Client } from '@temporalio/client';"],
    ['the API, the MongoDB driver', 'api/routes/new.ts', "import { MongoClient } from 'mongodb';"],
    ['the API, the MongoDB store', 'api/routes/new.ts', "import { x } from '../../store/mongo/database';"],
    ['a neighbour, an entry point', 'launcher/new.ts', "import './main';"],
    ['a script, an entry point', 'scripts/new.ts', "import '../launcher/main';"],
  ] as const;
  const allowed = [
    ['the domain, itself', 'domain/new.ts', "import { x } from './frame';"],
    ['a workflow, Temporal', 'workflows/new.ts', "import { proxyActivities } from '@temporalio/workflow';"],
    ['a workflow, the domain', 'workflows/new.ts', "import { x } from '../domain/frame';"],
    ['an activity, the store', 'activities/new.ts', "import type { x } from '../store/store';"],
    ['the MongoDB store, the driver', 'store/mongo/new.ts', "import { MongoClient } from 'mongodb';"],
    ['the API, Express', 'api/routes/new.ts', "import express from 'express';"],
    ['an entry point, the MongoDB store', 'api/main.ts', "import { x } from '../store/mongo/database';"],
  ] as const;
  const asCase = ([, file, code]: readonly [string, string, string]) => ({ file, code });
  let broken: string[][];

  beforeAll(() => {
    broken = lint([...refused.map(asCase), ...allowed.map(asCase)]);
  });

  it.each(refused.map(([title], index) => [title, index] as const))('refuse %s', (_title, index) => {
    expect(broken[index]).toEqual([expect.stringContaining('boundaries/dependencies')]);
  });

  it.each(allowed.map(([title], index) => [title, index] as const))('allow %s', (_title, index) => {
    expect(broken[refused.length + index]).toEqual([]);
  });
});
