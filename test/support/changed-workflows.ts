import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundleWorkflowCode, DefaultLogger, type WorkflowBundle } from '@temporalio/worker';

const ROOT = join(__dirname, '..', '..');
/** What the workflows import, their activities' types included. */
const FOLDERS = ['workflows', 'activities', 'temporal', 'store', 'domain'];

/** Bundles a copy of the workflows in which `follow.ts` is changed, as a later release would have it. */
export async function changedWorkflows(name: string, change: (source: string) => string): Promise<WorkflowBundle> {
  // Inside the project, so that the copy finds the packages; ignored by git.
  const copy = join(ROOT, '.cache', `changed-workflows-${name}`);
  rmSync(copy, { recursive: true, force: true });
  mkdirSync(copy, { recursive: true });
  try {
    for (const folder of FOLDERS) cpSync(join(ROOT, folder), join(copy, folder), { recursive: true });
    const file = join(copy, 'workflows', 'follow.ts');
    const before = readFileSync(file, 'utf8');
    const after = change(before);
    if (after === before) throw new Error('The change does not fit the workflow any more');
    writeFileSync(file, after);
    return await bundleWorkflowCode({
      workflowsPath: join(copy, 'workflows', 'index.ts'),
      logger: new DefaultLogger('ERROR', () => undefined),
    });
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

const READ = 'const upload = await readUpload(ref);';

/** Reads every upload once more, under a patch. */
export const readsTwice = (source: string): string =>
  source
    .replace(READ, `if (patched('reads-twice')) await readUpload(ref);\n      ${READ}`)
    .replace('isCancellation,', 'isCancellation,\n  patched,');

/** Calls another activity first, without a patch. */
export const cancelsFirst = (source: string): string => source.replace(READ, `await cancelUpload(ref);\n      ${READ}`);
