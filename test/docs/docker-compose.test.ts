import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { SETTINGS } from '../../config/settings';

const ROOT = join(__dirname, '..', '..');

/** The part of the Compose specification that the file uses; what it does not name is refused. */
const service = z.strictObject({
  image: z.string(),
  build: z.string().optional(),
  entrypoint: z.array(z.string()).optional(),
  command: z.array(z.string()).optional(),
  environment: z.record(z.string(), z.string()).optional(),
  networks: z.array(z.string()).min(1),
  ports: z.array(z.string()).optional(),
  volumes: z.array(z.string()).optional(),
  restart: z.string().regex(/^(unless-stopped|on-failure:\d+)$/),
  stop_grace_period: z.string().optional(),
  depends_on: z
    .record(z.string(), z.strictObject({ condition: z.enum(['service_healthy', 'service_completed_successfully']) }))
    .optional(),
  healthcheck: z
    .strictObject({
      test: z.array(z.string()),
      interval: z.string(),
      timeout: z.string(),
      retries: z.int(),
      start_period: z.string().optional(),
    })
    .optional(),
  deploy: z.strictObject({ replicas: z.string() }).optional(),
});
const compose = z.looseObject({
  services: z.record(z.string(), service),
  networks: z.record(z.string(), z.strictObject({ internal: z.boolean().optional() })),
  volumes: z.record(z.string(), z.strictObject({})),
});

const file = compose.parse(parse(readFileSync(join(ROOT, 'docker-compose.yml'), 'utf8'), { merge: true }));
const services = Object.entries(file.services);
const ours = services.filter(([, { build }]) => build !== undefined);

/** Images with a full version: nothing that moves under a running installation. */
const PINNED = /:\d+\.\d+(\.\d+)?(-[a-z]+)*$/;

describe('docker-compose.yml', () => {
  it('runs a replica set, Temporal on PostgreSQL with its UI, workers and the API', () => {
    expect(services.map(([name]) => name)).toEqual(
      expect.arrayContaining([
        ...['mongodb-1', 'mongodb-2', 'mongodb-3', 'mongodb-replica-set'],
        ...['postgresql', 'temporal-schema', 'temporal', 'temporal-namespace', 'temporal-ui', 'worker', 'api'],
      ]),
    );
    expect(ours.map(([name]) => name).sort()).toEqual(['api', 'worker']);
    expect(file.services.worker?.deploy?.replicas).toMatch(/^\$\{WORKERS:-\d+\}$/);
  });

  it.each(services)('pins the image of %s', (_name, { image }) => {
    expect(image).toMatch(PINNED);
  });

  it.each(services)('declares the networks and volumes of %s', (_name, { networks, volumes = [] }) => {
    const named = volumes.map((volume) => volume.split(':')[0]);
    expect(Object.keys(file.networks)).toEqual(expect.arrayContaining(networks));
    expect(Object.keys(file.volumes)).toEqual(expect.arrayContaining(named));
  });

  it('uses each volume it declares', () => {
    const used = services.flatMap(([, { volumes = [] }]) => volumes.map((volume) => volume.split(':')[0]));
    expect(used.sort()).toEqual(Object.keys(file.volumes).sort());
  });

  it.each(services)('starts %s after services that can be waited for', (_name, { depends_on = {} }) => {
    for (const [name, { condition }] of Object.entries(depends_on)) {
      const dependency = file.services[name];
      expect(dependency).toBeDefined();
      if (condition === 'service_healthy') expect(dependency?.healthcheck).toBeDefined();
      // A job ends by itself: a service that is started again and again would be waited for without end.
      else expect(dependency?.restart).toMatch(/^on-failure/);
    }
  });

  it.each(ours)('gives %s nothing that is not in the table of settings', (_name, { environment = {} }) => {
    expect(Object.values(SETTINGS).map(({ name }) => name)).toEqual(expect.arrayContaining(Object.keys(environment)));
    expect(environment).toMatchObject({ MONGODB_URI: expect.any(String), TEMPORAL_ADDRESS: expect.any(String) });
  });

  it('opens no engine to the outside, and the rest to this machine alone', () => {
    expect(file.networks.data).toEqual({ internal: true });
    const open = services.filter(([, { ports, networks }]) => ports !== undefined || networks.includes('outside'));
    expect(open.map(([name]) => name).sort()).toEqual(['api', 'temporal-ui']);
    for (const [, { ports = [] }] of open) expect(ports).toEqual([expect.stringMatching(/^127\.0\.0\.1:\d+:\d+$/)]);
  });

  it('holds no password and no key', () => {
    const secrets = services.flatMap(([, { environment = {} }]) =>
      Object.entries(environment).filter(([name]) => /PASSWORD|PWD|_KEY/.test(name)),
    );
    expect(secrets).not.toEqual([]);
    for (const [, value] of secrets) expect(value).toMatch(/^\$\{[A-Z_]+:\?/);
  });
});

describe('the Dockerfile', () => {
  const lines = readFileSync(join(ROOT, 'Dockerfile'), 'utf8').split('\n');

  it('pins its base images', () => {
    const images = lines.filter((line) => line.startsWith('FROM ')).map((line) => line.split(' ')[1]);
    expect(images).not.toEqual([]);
    for (const image of images) expect(image).toMatch(PINNED);
  });

  it('runs as an ordinary user, and entry points that are there', () => {
    expect(lines.filter((line) => line.startsWith('USER ')).at(-1)).toBe('USER node');
    const commands = ours.map(([, { command = [] }]) => command.at(-1) ?? '');
    for (const path of commands) {
      const source = join(ROOT, path.replace(/^dist\//, '').replace(/\.js$/, '.ts'));
      expect(readFileSync(source, 'utf8')).not.toBe('');
    }
  });
});
