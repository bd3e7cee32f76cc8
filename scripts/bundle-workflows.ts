import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';

/** Bundles the compiled workflows once, at build time, so that a worker starts without webpack. */
async function main(): Promise<void> {
  const compiled = join(__dirname, '..');
  const { code } = await bundleWorkflowCode({
    workflowsPath: join(compiled, 'workflows', 'index.js'),
    logger: new DefaultLogger('WARN'),
  });
  await writeFile(join(compiled, 'workflow-bundle.js'), code);
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
