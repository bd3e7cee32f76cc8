import { join } from 'node:path';
import { SettingError } from '../config/setting-types';
import { loadSettings } from '../config/settings';
import { EngineError } from '../engines/engine-error';
import { launch, type Launch, type Launched } from './launch';

/** Ctrl-C reaches npm and this process, and npm passes its own on: what comes within this time is the same request. */
const ONE_REQUEST_MS = 1_000;

function log(sentence: string): void {
  process.stdout.write(`${sentence}\n`);
}

function report({ apiUrl, temporalUiUrl, adminKey, folder }: Launched): void {
  const key = {
    made: `${adminKey.key}   (shown this once; kept in ${folder.adminKeyFile})`,
    kept: `in ${folder.adminKeyFile}`,
    given: 'the one in VIVARIUM_ADMIN_KEY',
  }[adminKey.origin];
  log(
    [
      '',
      'Vivarium is ready',
      '',
      `  API           ${apiUrl}`,
      ...(temporalUiUrl === undefined ? [] : [`  Temporal UI   ${temporalUiUrl}`]),
      `  Admin key     ${key}`,
      `  Data          ${folder.path}`,
      '',
      'Ctrl-C stops it; the data stays',
    ].join('\n'),
  );
}

function explain(error: unknown): string {
  const isExpected = error instanceof EngineError || error instanceof SettingError;
  return isExpected ? error.message : String(error instanceof Error ? error.stack : error);
}

/** Stops in order at the first signal, at once at the second. The returned function says whether one has come. */
function stopOnSignals(running: Launch): () => boolean {
  let askedAt: number | undefined;
  const onSignal = (name: NodeJS.Signals) => {
    const now = Date.now();
    if (askedAt !== undefined && now - askedAt < ONE_REQUEST_MS) return;
    const isSecond = askedAt !== undefined;
    askedAt ??= now;
    log(isSecond ? 'Killing what still runs' : `\nStopping (${name}); once more kills at once`);
    void (isSecond ? running.kill() : running.stop()).then(
      () => process.exit(isSecond ? 1 : 0),
      (error: unknown) => {
        log(explain(error));
        process.exit(1);
      },
    );
  };
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, onSignal);
  return () => askedAt !== undefined;
}

async function main(): Promise<void> {
  const compiled = join(__dirname, '..');
  const running = launch({
    settings: loadSettings(process.env),
    env: process.env,
    entries: { worker: join(compiled, 'worker', 'main.js'), api: join(compiled, 'api', 'main.js') },
    log,
  });
  const isStopping = stopOnSignals(running);
  try {
    report(await running.ready);
  } catch (error) {
    // The one who asked for the stop waits for it; a start that it cut short is no failure.
    if (isStopping()) return;
    log(`\nVivarium could not start: ${explain(error)}`);
    await running.stop();
    process.exit(1);
  }
}

main().catch((error: unknown) => {
  log(`Vivarium could not start: ${explain(error)}`);
  process.exit(1);
});
