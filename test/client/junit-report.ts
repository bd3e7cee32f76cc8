import { readFileSync } from 'node:fs';
import { XMLParser } from 'fast-xml-parser';

/** What became of one Python test. */
export interface PythonResult {
  /** Undefined when it passed; else what pytest says of it: the traceback and what was printed. */
  failure?: string;
  /** Why it was left out. */
  skipped?: string;
}

interface Message {
  '#text'?: string;
  '@message'?: string;
}

interface TestCase {
  '@classname': string;
  '@name': string;
  failure?: Message[];
  error?: Message[];
  skipped?: Message[];
  'system-out'?: Message[];
  'system-err'?: Message[];
}

const LISTS = new Set(['testsuite', 'testcase', 'failure', 'error', 'skipped', 'system-out', 'system-err']);

/** Reads pytest's report; the keys are node ids such as `v1_0_7/frames/test_read.py::test_ids[quote]`. */
export function readJunitReport(path: string): Map<string, PythonResult> {
  const parser = new XMLParser({
    ignoreAttributes: false,
    attributeNamePrefix: '@',
    alwaysCreateTextNode: true,
    parseTagValue: false,
    isArray: (name) => LISTS.has(name),
  });
  const { testsuites } = parser.parse(readFileSync(path)) as { testsuites: { testsuite: { testcase?: TestCase[] }[] } };
  const cases = testsuites.testsuite.flatMap((suite) => suite.testcase ?? []);
  return new Map(cases.map((one) => [nodeId(one), resultOf(one)]));
}

/** The report writes the path of a module with dots. */
function nodeId(one: TestCase): string {
  return `${one['@classname'].replaceAll('.', '/')}.py::${one['@name']}`;
}

function resultOf(one: TestCase): PythonResult {
  const failures = [...(one.failure ?? []), ...(one.error ?? [])].map(textOf);
  const printed = [...(one['system-out'] ?? []), ...(one['system-err'] ?? [])].map(textOf);
  return {
    failure: failures.length > 0 ? [...failures, ...printed].join('\n\n') : undefined,
    skipped: one.skipped?.map((skip) => skip['@message'] ?? '').join('\n'),
  };
}

function textOf(message: Message): string {
  return (message['#text'] || message['@message'] || '').trim();
}
