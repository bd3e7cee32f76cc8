import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { clientMethods } from './client-methods';
import { clientMethodsPage } from './client-methods-page';

/** Writes the pages of docs/ that are made from other files. */
const page = join('docs', 'references', 'client-methods.md');
writeFileSync(join(process.cwd(), page), clientMethodsPage(clientMethods(process.cwd())));
console.log(`Wrote ${page}`);
