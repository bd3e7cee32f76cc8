import { cacheDirectory, publicUrl, type Settings } from '../config/settings';
import { stopOrphan } from '../engines/pid-file';
import { assertPortFree, freePort } from '../engines/ports';
import { provideAdminKey, type AdminKey } from './admin-key';
import { dataFolder, PROCESS_NAMES, type DataFolder } from './data-folder';
import { lockDataFolder } from './data-lock';
import { provideMongodb, provideTemporal, type LauncherContext } from './engines';
import { startServices } from './services';

export interface LaunchOptions {
  settings: Settings;
  /** The environment that worker and API inherit. */
  env: NodeJS.ProcessEnv;
  /** The compiled entry points of worker and API. */
  entries: { worker: string; api: string };
  log: (sentence: string) => void;
}

/** What runs after a launch. */
export interface Launched {
  apiUrl: string;
  temporalUiUrl?: string;
  adminKey: AdminKey;
  folder: DataFolder;
}

/** One run of the whole of Vivarium on a data folder. */
export interface Launch {
  /** Resolves when everything is ready; rejects when something does not come up. */
  ready: Promise<Launched>;
  /** Ends API, worker, Temporal and MongoDB, in this order, each in its own time, and gives the data folder back. */
  stop(): Promise<void>;
  /** Ends all of them at once, without an orderly stop. */
  kill(): Promise<void>;
}

/**
 * Starts all of Vivarium on its data folder.
 * @throws EngineError at once when another launcher runs on the folder
 */
export function launch(options: LaunchOptions): Launch {
  const folder = dataFolder(options.settings.dataDir);
  const unlock = lockDataFolder(folder.path, folder.lockFile);
  const stopper = new AbortController();
  const end = async (graceMs: number) => {
    stopper.abort(new Error('The launcher is stopping'));
    // The pid files name also what is only half started.
    for (const name of PROCESS_NAMES.toReversed()) {
      if (await stopOrphan(folder.pidFile(name), graceMs)) options.log(`Stopped ${name}`);
    }
    unlock();
  };
  return { ready: start(options, folder, stopper.signal), stop: () => end(30_000), kill: () => end(0) };
}

async function start(options: LaunchOptions, folder: DataFolder, stopping: AbortSignal): Promise<Launched> {
  const { settings, env, log } = options;
  await stopOrphans(folder, log);
  const apiPort = settings.port === 0 ? await freePort() : settings.port;
  await assertPortFree(apiPort, 'the API', 'PORT', settings.host);

  const sources = { cacheDir: cacheDirectory(settings), env, log };
  const context: LauncherContext = { settings, folder, sources, log, stopping };
  const mongodbUri = await provideMongodb(context);
  const temporal = await provideTemporal(context);
  const adminKey = provideAdminKey(folder.adminKeyFile, settings.adminKey);
  await startServices({
    folder,
    entries: options.entries,
    env: {
      ...env,
      PORT: String(apiPort),
      VIVARIUM_DATA_DIR: folder.path,
      MONGODB_URI: mongodbUri,
      TEMPORAL_ADDRESS: temporal.address,
    },
    adminKey: adminKey.key,
    apiUrl: publicUrl({ host: settings.host, publicUrl: undefined }, apiPort),
    log,
    stopping,
  });
  return { apiUrl: publicUrl(settings, apiPort), temporalUiUrl: temporal.uiUrl, adminKey, folder };
}

/** Ends what a killed launcher left running on this folder. */
async function stopOrphans(folder: DataFolder, log: (sentence: string) => void): Promise<void> {
  for (const name of PROCESS_NAMES.toReversed()) {
    const orphan = await stopOrphan(folder.pidFile(name));
    if (orphan) log(`Stopped ${name} (process ${orphan.pid}), left over from a start that was killed`);
  }
}
