import { lookup } from 'node:dns';
import { request as requestHttp, type IncomingMessage } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { LookupFunction } from 'node:net';
import { isSpecialAddress } from './special-addresses';
import { UnreadableFile } from './unreadable-file';

/** How long the other side may send nothing. */
const IDLE_MS = 30_000;

/**
 * The body of a file on a host that the operator allowed. A name must stand for public addresses only, however it is
 * resolved at the moment; an address in a private network has to be allowed as an address. Redirects are not followed.
 * @param allowed `host` or `host:port`
 * @throws UnreadableFile when it may not or cannot be fetched
 */
export async function fetchPublic(
  url: string,
  allowed: readonly string[],
  signal: AbortSignal,
): Promise<AsyncIterable<Uint8Array>> {
  const { protocol, host, hostname } = new URL(url);
  if (!allowed.includes(host) && !allowed.includes(hostname)) {
    throw new UnreadableFile(`Files from ${host} are not allowed; ask the operator to add the host`);
  }
  const request = protocol === 'https:' ? requestHttps : requestHttp;
  return new Promise((resolve, reject) => {
    const fail = (reason: string): void => reject(new UnreadableFile(`${url} could not be fetched: ${reason}`));
    const sent = request(url, { signal, lookup: publicLookup, timeout: IDLE_MS }, (response) => {
      if (response.statusCode === 200) return resolve(wholeBody(url, response));
      response.destroy();
      const hint = (response.statusCode ?? 0) < 400 ? '; give the URL that it leads to' : '';
      fail(`its host answered with status ${response.statusCode}${hint}`);
    });
    sent.on('timeout', () => sent.destroy(new Error(`nothing came for ${IDLE_MS / 1000} s`)));
    sent.on('error', (error) => fail(error.message));
    sent.end();
  });
}

async function* wholeBody(url: string, response: IncomingMessage): AsyncGenerator<Uint8Array> {
  try {
    for await (const piece of response) yield piece as Uint8Array;
  } catch (error) {
    throw new UnreadableFile(`${url} broke off: ${(error as Error).message}`, { cause: error });
  }
}

const publicLookup: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    if (error) return callback(error, []);
    const special = addresses.find(({ address }) => isSpecialAddress(address));
    const [first] = addresses;
    if (special !== undefined || first === undefined) {
      return callback(new Error(`${hostname} is not a public address (${special?.address ?? 'none'})`), []);
    }
    if (options.all) callback(null, addresses);
    else callback(null, first.address, first.family);
  });
};
