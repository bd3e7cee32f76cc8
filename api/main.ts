import pino from 'pino';
import { version } from '../package.json';
import { requireSettings } from '../config/required-settings';
import { databaseName, loadSettings, publicUrl } from '../config/settings';
import { connectStore } from '../store/mongo';
import { bucketOf } from '../store/s3';
import { connectTemporal } from '../temporal/connect';
import { createApp } from './app';
import { ensureAdminKey } from './auth/admin-key';
import { listen, stopListening } from './listen';

/** How long requests in flight may take after the signal to stop. */
const GRACE_MS = 20_000;

/** Runs the API until it is told to stop. */
async function main(): Promise<void> {
  const settings = requireSettings(loadSettings(process.env), ['mongodbUri', 'temporalAddress'], 'The API');
  const logger = pino({ level: settings.logLevel, base: { process: 'api' } });
  const signal = firstSignal();
  const bucket = await bucketOf(settings);
  const store = await connectStore(settings.mongodbUri, {
    database: databaseName(settings.mongodbUri),
    objects: { maxBytes: settings.maxObjectGib * 1024 ** 3, pieces: bucket },
  });
  try {
    if (settings.adminKey !== undefined) await ensureAdminKey(store.keys, settings.adminKey, logger);
    const temporal = await connectTemporal({
      address: settings.temporalAddress,
      namespace: settings.temporalNamespace,
      taskQueue: settings.taskQueue,
      logger,
      leased: ({ key }) => store.commits.leased(key),
    });
    try {
      const { hints, health } = temporal;
      const dataHosts = settings.oldClientDataHosts ?? [];
      let root = publicUrl(settings, settings.port);
      const api = createApp({
        store,
        hints,
        health,
        clock: () => new Date(),
        logger,
        publicUrl: () => root,
        dataHosts,
        version,
      });
      const { server, port } = await listen(api.app, settings.host, settings.port);
      root = publicUrl(settings, port);
      logger.info({ url: root }, 'The API is listening');

      logger.info({ signal: await signal }, 'The API is stopping');
      api.stopWatching();
      await stopListening(server, GRACE_MS);
      await api.close();
    } finally {
      await temporal.close();
    }
  } finally {
    await store.close();
    bucket?.close();
  }
  logger.info('The API has stopped');
}

/** Resolves with the first signal to stop; a second one ends the process at once, as Node does by itself. */
function firstSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    process.once('SIGTERM', resolve);
    process.once('SIGINT', resolve);
  });
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
