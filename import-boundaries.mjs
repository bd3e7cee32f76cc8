// Who may import whom, as one table; eslint.config.mjs checks it.

/** Files of a kind that a folder alone does not tell. */
const FILES = [
  // Compose everything, and are imported by nobody.
  { category: 'entry', pattern: '*/main.ts' },
  // Tells the version.
  { category: 'package', pattern: 'package.json' },
  // What a client of a workflow needs to know: names, signals, their payloads, search attributes.
  { category: 'messages', pattern: 'workflows/{messages,search-attributes}.ts' },
];

/** Packages without a concern of their own, good for each layer that may use packages at all. */
const HELPERS = ['async-mutex', 'lossless-json', 'pino'];

/**
 * What the files of a folder may import: files of these `folders` (their own are always allowed), the types alone of
 * files in `types`, npm's `packages`, and Node's own modules if `node`.
 */
const TABLE = {
  domain: { folders: [] },
  workflows: {
    folders: ['domain'],
    types: ['activities', 'temporal'],
    packages: ['@temporalio/workflow', '@temporalio/common'],
  },
  activities: {
    folders: ['domain', 'store', 'staging', 'v1'],
    types: ['temporal'],
    packages: ['@temporalio/activity', '@temporalio/common', 'apache-arrow', ...HELPERS],
    node: true,
  },
  // The old client's formats and native items and frames, each as the other.
  v1: { folders: ['domain'] },
  // How lines become chunks in the store, for whoever takes items in.
  staging: { folders: ['domain', 'store'], packages: HELPERS, node: true },
  'store/mongo': { folders: ['domain', 'store'], packages: ['mongodb', ...HELPERS], node: true },
  // Bytes of uploaded objects, elsewhere than in MongoDB.
  'store/s3': { folders: ['domain', 'store'], packages: ['@aws-sdk/client-s3', ...HELPERS], node: true },
  store: { folders: ['domain'], node: true },
  api: {
    folders: ['domain', 'store', 'staging', 'temporal', 'v1'],
    packages: ['express', 'zod', '@asteasolutions/zod-to-openapi', 'csv-stringify', ...HELPERS],
    node: true,
  },
  // Temporal as a client sees it: starting, signalling and cancelling workflows.
  temporal: {
    folders: ['domain', 'store'],
    messages: true,
    packages: ['@temporalio/client', '@temporalio/common', '@grpc/grpc-js', ...HELPERS],
    node: true,
  },
  worker: {
    folders: ['domain', 'store', 'store/mongo', 'store/s3', 'staging', 'activities', 'config', 'temporal'],
    packages: ['@temporalio/worker', '@temporalio/client', '@temporalio/common', 'piscina', ...HELPERS],
    node: true,
  },
  config: { folders: [], node: true },
  engines: {
    folders: [],
    packages: ['mongodb', '@temporalio/client', 'zod', 'mongodb-memory-server-core', '@temporalio/testing'],
    node: true,
  },
  launcher: { folders: ['config', 'engines'], node: true },
};

/** Folders whose files may import all of the above, being no part of the running system. */
const OUTSIDE = ['bench', 'examples', 'scripts', 'test'];

const folders = Object.keys(TABLE);
const element = (...types) => ({ element: { types: { anyOf: types } } });
const allow = (from, to, dependency) => ({ from, allow: { to, ...(dependency && { dependency }) } });

function policiesOf([folder, { folders: others, types = [], packages = [], messages = false, node = false }]) {
  const from = element(folder);
  return [
    allow(from, element(folder, ...others)),
    ...(types.length > 0 ? [allow(from, element(...types), { kind: 'type' })] : []),
    ...(packages.length > 0
      ? [
          allow(
            from,
            packages.map((source) => ({ module: { origin: 'external', source } })),
          ),
        ]
      : []),
    ...(messages ? [allow(from, { file: { categories: 'messages' } })] : []),
    ...(node ? [allow(from, { module: { origin: 'core' } })] : []),
  ];
}

/** Settings of eslint-plugin-boundaries. */
export const boundarySettings = {
  'boundaries/elements': [...folders, ...OUTSIDE].map((folder) => ({
    type: folder,
    pattern: folder,
    partialMatch: false,
  })),
  'boundaries/files': FILES,
};

/** Options of its rule `boundaries/dependencies`. */
export const boundaryRule = [
  'error',
  {
    default: 'disallow',
    checkAllOrigins: true,
    checkInternals: true,
    checkUnknownLocals: true,
    policies: [
      ...Object.entries(TABLE).flatMap(policiesOf),
      allow(element(...OUTSIDE), element(...folders, ...OUTSIDE)),
      allow(element(...OUTSIDE), { module: { origin: ['external', 'core'] } }),
      allow({ file: { categories: 'entry' } }, element(...folders)),
      allow({ file: { categories: 'entry' } }, { file: { categories: 'package' } }),
      allow({ file: { categories: 'entry' } }, { module: { origin: ['external', 'core'] } }),
      { from: element(...folders, ...OUTSIDE), disallow: { to: { file: { categories: 'entry' } } } },
    ],
  },
];
