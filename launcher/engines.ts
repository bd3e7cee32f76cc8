import type { Settings } from '../config/settings';
import { locateMongod, locateTemporal, type EngineSources } from '../engines/locate';
import { startMongod } from '../engines/mongod';
import { writePidFile } from '../engines/pid-file';
import { assertMongodbReachable, assertTemporalReachable } from '../engines/reach';
import { startTemporalServer, type RunningTemporalServer } from '../engines/temporal-server';
import type { DataFolder } from './data-folder';
import { supervise } from './supervise';

export interface LauncherContext {
  settings: Settings;
  folder: DataFolder;
  sources: EngineSources;
  log: (sentence: string) => void;
  /** Aborted when the launcher stops. */
  stopping: AbortSignal;
}

/** Gives the connection string of a MongoDB that takes writes: the user's, or one started on the data folder. */
export async function provideMongodb({ settings, folder, sources, log, stopping }: LauncherContext): Promise<string> {
  if (settings.mongodbUri !== undefined) {
    await assertMongodbReachable(settings.mongodbUri);
    return settings.mongodbUri;
  }
  const port = settings.mongodbPort;
  const binary = await locateMongod(sources);
  const start = async () => {
    stopping.throwIfAborted();
    return startMongod({
      binary,
      dbPath: folder.mongodbData,
      port,
      logFile: folder.logFile('mongod'),
      onSpawn: (pid) => writePidFile(folder.pidFile('mongod'), pid, port),
    });
  };
  log(`Starting MongoDB on port ${port}`);
  const mongod = await start();
  void supervise({ name: 'MongoDB', child: mongod, start, log, stopping });
  return mongod.uri;
}

/** Where Temporal is served. */
export type TemporalPlace = Pick<RunningTemporalServer, 'address' | 'uiUrl'>;

/** Gives the address of a Temporal server that answers: the user's, or one started on the data folder. */
export async function provideTemporal(context: LauncherContext): Promise<TemporalPlace> {
  const { settings, folder, sources, log, stopping } = context;
  const namespace = settings.temporalNamespace;
  if (settings.temporalAddress !== undefined) {
    await assertTemporalReachable(settings.temporalAddress, namespace);
    return { address: settings.temporalAddress };
  }
  const port = settings.temporalPort;
  const uiPort = settings.temporalUi ? settings.temporalUiPort : undefined;
  const binary = await locateTemporal(sources);
  const start = async () => {
    stopping.throwIfAborted();
    return startTemporalServer({
      binary,
      dbFile: folder.temporalDatabase,
      port,
      uiPort,
      namespace,
      logFile: folder.logFile('temporal'),
      onSpawn: (pid) => writePidFile(folder.pidFile('temporal'), pid, port),
    });
  };
  log(`Starting Temporal on port ${port}`);
  const temporal = await start();
  void supervise({ name: 'Temporal', child: temporal, start, log, stopping });
  return temporal;
}
