import { join, resolve } from 'node:path';

/** The processes of `npm start`, in the order in which they start; they stop in the reverse order. */
export const PROCESS_NAMES = ['mongod', 'temporal', 'worker', 'api'] as const;
export type ProcessName = (typeof PROCESS_NAMES)[number];

/** Where things are in the data folder. */
export interface DataFolder {
  readonly path: string;
  readonly lockFile: string;
  readonly adminKeyFile: string;
  readonly mongodbData: string;
  readonly temporalDatabase: string;
  pidFile(name: ProcessName): string;
  logFile(name: ProcessName): string;
}

export function dataFolder(path: string): DataFolder {
  const root = resolve(path);
  return {
    path: root,
    lockFile: join(root, 'run', 'launcher.json'),
    adminKeyFile: join(root, 'admin-key'),
    mongodbData: join(root, 'mongodb'),
    temporalDatabase: join(root, 'temporal.db'),
    pidFile: (name) => join(root, 'run', `${name}.json`),
    logFile: (name) => join(root, 'logs', `${name}.log`),
  };
}
