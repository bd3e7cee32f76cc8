// Reads [{file, code}] as JSON from the standard input and prints, for each, the import boundaries that it breaks.
// A process of its own: ESLint loads its configuration with a dynamic import, which Jest's sandbox refuses.
import { text } from 'node:stream/consumers';
import { ESLint } from 'eslint';

const eslint = new ESLint({
  ruleFilter: ({ ruleId }) => ruleId === 'boundaries/dependencies',
  // The files need not exist, and this rule needs no types.
  overrideConfig: { languageOptions: { parserOptions: { projectService: false } } },
});

const broken = [];
for (const { file, code } of JSON.parse(await text(process.stdin))) {
  const [result] = await eslint.lintText(code, { filePath: file });
  broken.push(result.messages.map(({ ruleId, message }) => `${ruleId}: ${message}`));
}
process.stdout.write(JSON.stringify(broken));
