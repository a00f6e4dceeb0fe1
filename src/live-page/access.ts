import { timingSafeEqual } from 'node:crypto';

/** Where a page is served, and what its visitors must know. */
export interface Door {
  readonly address: string;
  readonly port: number;
  /** First part of each path; undefined on loopback, where who can connect is on this machine. */
  readonly token: string | undefined;
}

export interface Visit {
  readonly method: string;
  readonly path: string;
  /** Of these headers: `host`, `origin`, `sec-fetch-site`. */
  readonly header: (name: string) => string | undefined;
}

export type Answer =
  | { readonly page: 'page' | 'events' }
  | { readonly refused: 403 | 404 | 405; readonly why: string };

/**
 * Lets in whoever asked this very address for the page or its events, and nobody else: a page of another site may neither
 * read them (`Origin`, `Sec-Fetch-Site`) nor pass as this one under a name of its own that leads here (`Host`).
 */
export function admit(visit: Visit, door: Door): Answer {
  const host = visit.header('host');
  if (host === undefined || !isOwnHost(host, door)) return refused(403, 'another host name');
  const origin = visit.header('origin');
  if (origin !== undefined && origin !== `http://${host}`) return refused(403, 'another origin');
  const site = visit.header('sec-fetch-site');
  const isLink = site === 'cross-site' || site === 'same-site';
  if (isLink) return refused(403, 'another site');
  if (visit.method !== 'GET') return refused(405, 'only GET');
  const path = inside(visit.path, door.token);
  if (path === undefined) return refused(403, 'without the token');
  if (path === '/') return { page: 'page' };
  if (path === '/events') return { page: 'events' };
  return refused(404, 'nothing here');
}

/** The address that was opened; a wildcard is every one of this machine, and the token guards it. */
function isOwnHost(host: string, { address, port }: Door): boolean {
  const name = /^(\[[0-9a-f:.]+\]|[\w.-]+):(\d+)$/i.exec(host);
  const isPort = name ? Number(name[2]) === port : port === 80;
  if (!isPort) return false;
  const bare = (name?.[1] ?? host).replace(/^\[|\]$/g, '').toLowerCase();
  if (address === '0.0.0.0' || address === '::') return isAddress(bare);
  return bare === address.toLowerCase() || (isLoopback(address) && bare === 'localhost');
}

/** A number, not a name: no name server can make it lead elsewhere. */
function isAddress(host: string): boolean {
  return host === 'localhost' || host.includes(':') || /^\d{1,3}(\.\d{1,3}){3}$/.test(host);
}

export function isLoopback(address: string): boolean {
  return address === 'localhost' || address === '::1' || /^127(\.\d{1,3}){3}$/.test(address);
}

/** The path behind the token; undefined without it. */
function inside(path: string, token: string | undefined): string | undefined {
  if (token === undefined) return path;
  const [, first = '', ...others] = path.split('/');
  const [given, expected] = [first, token].map((text) => new TextEncoder().encode(text));
  const isIt = given.length === expected.length && timingSafeEqual(given, expected);
  // Without the slash behind it, what the page asks for would lead past the token.
  return isIt && others.length > 0 ? `/${others.join('/')}` : undefined;
}

function refused(status: 403 | 404 | 405, why: string): Answer {
  return { refused: status, why };
}
