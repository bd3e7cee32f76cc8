import { pino } from 'pino';
import { loadSettings } from '../config/settings';
import { runWorker } from './run-worker';

const settings = loadSettings(process.env);
const logger = pino({ level: settings.logLevel, name: 'worker' });

runWorker(settings, logger).catch((error: unknown) => {
  logger.fatal({ err: error }, 'The worker ended');
  process.exitCode = 1;
});
