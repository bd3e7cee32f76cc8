// node scripts/run.mjs examples/voc-to-items.js <folder of Pascal VOC annotations> [--image-base <url>] > items.ndjson
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { vocFolder } from './voc-folder';

const USAGE = 'Expected one folder of Pascal VOC annotations (.xml), and maybe --image-base <url of the images>';

/** Writes one item a line to stdout; files that are no annotations go to stderr, and make the exit code 1. */
async function main(): Promise<void> {
  const { folder, imageBase } = readArguments();
  for await (const { file, item, problem } of vocFolder(folder, imageBase)) {
    if (item === undefined) {
      process.stderr.write(`${file}: ${problem}\n`);
      process.exitCode = 1;
    } else if (!process.stdout.write(`${JSON.stringify(item)}\n`)) await once(process.stdout, 'drain');
  }
}

function readArguments(): { folder: string; imageBase: string | undefined } {
  const { values, positionals } = parseArgs({ options: { 'image-base': { type: 'string' } }, allowPositionals: true });
  const [folder, ...rest] = positionals;
  if (folder === undefined || rest.length > 0) throw new Error(USAGE);
  return { folder, imageBase: values['image-base'] };
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
