import { describe, expect, test } from 'vitest';
import { admit, type Door, isLoopback } from '../../src/live-page/access.ts';

const here: Door = { address: '127.0.0.1', port: 8377, token: undefined };

function visit(headers: Record<string, string>, { path = '/', method = 'GET', door = here } = {}) {
  return admit({ method, path, header: (name) => headers[name] }, door);
}

const own = { host: '127.0.0.1:8377' };

describe('who is let in', () => {
  test('whoever asked this address for what is here', () => {
    expect(visit(own)).toEqual({ page: 'page' });
    expect(visit({ host: 'localhost:8377' }, { path: '/events' })).toEqual({ page: 'events' });
    const fromItself = { ...own, origin: 'http://127.0.0.1:8377', 'sec-fetch-site': 'same-origin' };
    expect(visit(fromItself, { path: '/events' })).toEqual({ page: 'events' });
    expect(visit({ ...own, 'sec-fetch-site': 'none' })).toEqual({ page: 'page' });
    const six: Door = { ...here, address: '::1' };
    expect(visit({ host: '[::1]:8377' }, { door: six })).toEqual({ page: 'page' });
  });

  test.each([
    ['a name that leads here', { host: 'evil.example:8377' }],
    ['a name that only begins like the address', { host: '127.0.0.1.evil.example:8377' }],
    ['another port', { host: '127.0.0.1:80' }],
    ['no port', { host: '127.0.0.1' }],
    ['no host', {}],
    ['another origin', { ...own, origin: 'http://evil.example' }],
    ['a page from a file or a frame without origin', { ...own, origin: 'null' }],
    ['another port as origin', { ...own, origin: 'http://127.0.0.1:3000' }],
    ['https as origin', { ...own, origin: 'https://127.0.0.1:8377' }],
    ['a link of another site', { ...own, 'sec-fetch-site': 'cross-site' }],
    ['another port of the same machine', { ...own, 'sec-fetch-site': 'same-site' }],
  ])('not %s', (_, headers) => {
    expect(visit(headers)).toMatchObject({ refused: 403 });
    expect(visit(headers, { path: '/events' })).toMatchObject({ refused: 403 });
  });

  test('only to read, and only what there is', () => {
    for (const method of ['POST', 'PUT', 'OPTIONS', 'HEAD']) {
      expect(visit(own, { method })).toMatchObject({ refused: 405 });
    }
    for (const path of ['/favicon.ico', '//', '/events/', '/../etc/passwd']) {
      expect(visit(own, { path })).toMatchObject({ refused: 404 });
    }
  });

  test('beyond loopback only with the token', () => {
    const door: Door = { address: '0.0.0.0', port: 8377, token: 's3cret' };
    const lan = { host: '192.168.1.7:8377' };
    expect(visit(lan, { door, path: '/s3cret/' })).toEqual({ page: 'page' });
    expect(visit(lan, { door, path: '/s3cret/events' })).toEqual({ page: 'events' });
    for (const path of ['/', '/events', '/s3creT/', '/s3cret2/', '//', '/s3cret']) {
      expect(visit(lan, { door, path })).toMatchObject({ refused: 403 });
    }
    expect(visit({ host: 'evil.example:8377' }, { door, path: '/s3cret/' })).toMatchObject({
      refused: 403,
    });
    const one: Door = { ...door, address: '192.168.1.7' };
    expect(visit(lan, { door: one, path: '/s3cret/' })).toEqual({ page: 'page' });
    expect(visit({ host: '192.168.1.8:8377' }, { door: one, path: '/s3cret/' })).toMatchObject({
      refused: 403,
    });
  });

  test('knows loopback', () => {
    expect(['127.0.0.1', '127.1.2.3', '::1', 'localhost'].every(isLoopback)).toBe(true);
    expect(['0.0.0.0', '::', '10.0.0.1', '127.evil.example'].some(isLoopback)).toBe(false);
  });
});
