import { readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { scratchFolder } from '../support/scratch-folder';

const scratch = scratchFolder();
const logger = new DefaultLogger('ERROR', () => undefined);

it('bundles all workflows, and nothing that a workflow may not use', async () => {
  const { code } = await bundleWorkflowCode({ workflowsPath: require.resolve('../../workflows'), logger });
  const names = readFileSync(require.resolve('../../workflows'), 'utf8').match(/\{ (\w+) \}/g) ?? [];
  expect(names).toHaveLength(7);
  for (const name of names) expect(code).toContain(name.slice(2, -2));
  for (const heavy of ['node_modules/mongodb/', 'node_modules/zod/', 'node_modules/@temporalio/client/'])
    expect(code).not.toContain(heavy);
}, 60_000);

it('refuses a workflow that imports a module of Node', async () => {
  symlinkSync(join(__dirname, '..', '..', 'node_modules'), join(scratch, 'node_modules'));
  const messages: string[] = [];
  const listening = new DefaultLogger('ERROR', ({ message }) => messages.push(message));
  const bundle = (name: string, source: string) => {
    writeFileSync(join(scratch, name), source);
    return bundleWorkflowCode({ workflowsPath: join(scratch, name), logger: listening });
  };
  await bundle('allowed.ts', 'export const allowed = (): number => 1;\n');
  expect(messages).toEqual([]);
  const forbidden = "import { readFileSync } from 'node:fs';\nexport const forbidden = readFileSync;\n";
  await expect(bundle('forbidden.ts', forbidden)).rejects.toThrow('Webpack finished with errors');
  expect(messages.join('\n')).toMatch(/node:fs/);
}, 60_000);
