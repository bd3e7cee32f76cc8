// The one file of the MongoDB driver with a dynamic import, which Jest's sandbox refuses: without it the driver introduces
// itself to the server without a name, and is turned away. It is compiled to a plain require.
const DRIVER_IMPORT = 'mongodb/lib/runtime_adapters\\.js';

const swcOptions = (syntax) => ({ jsc: { parser: { syntax }, target: 'es2023' }, module: { type: 'commonjs' } });

const common = {
  rootDir: __dirname,
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/.venv', '<rootDir>/.vivarium/'],
  transform: {
    '\\.ts$': ['@swc/jest', swcOptions('typescript')],
    [`${DRIVER_IMPORT}$`]: ['@swc/jest', swcOptions('ecmascript')],
  },
  transformIgnorePatterns: [`/node_modules/(?!${DRIVER_IMPORT})`],
};

const withMongod = {
  globalSetup: '<rootDir>/test/support/setup-mongod.ts',
  globalTeardown: '<rootDir>/test/support/teardown-engines.ts',
};
const withEngines = { ...withMongod, globalSetup: '<rootDir>/test/support/setup-engines.ts' };
// Tests of whole processes run what is built, and start their own engines.
const withBuild = { globalSetup: '<rootDir>/test/support/setup-build.ts' };

/** One project for each folder under test/, so that engines are started only for those that need them. */
const project = (folder, engines) => ({
  ...common,
  ...engines,
  displayName: folder,
  testMatch: [`<rootDir>/test/${folder}/**/*.test.ts`],
});

/** @type {import('jest').Config} */
module.exports = {
  projects: [
    project('domain'),
    project('v1'),
    project('docs'),
    project('replay'),
    project('engines'),
    project('store', withMongod),
    project('activities', withMongod),
    project('api', withEngines),
    project('workflows', withEngines),
    project('launcher', withBuild),
    project('system', { ...withEngines, globalSetup: '<rootDir>/test/support/setup-system.ts' }),
    project('client', { ...withEngines, globalSetup: '<rootDir>/test/support/setup-client.ts' }),
    project('faults', withBuild),
  ],
  testTimeout: 30_000,
  maxWorkers: 2,
};
