import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { approvedOrigins, approveOrigin, originOf, withdrawOrigin } from '../../../src/offline/endpoints.ts';
import { policyOf } from '../../../src/offline/policy.ts';

const kept = new Map<string, string>();
beforeEach(() => {
  kept.clear();
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => kept.set(key, value),
  });
});
afterEach(() => vi.unstubAllGlobals());

it.each([
  ['https://api.example.org/v1/chat?x=1', 'https://api.example.org'],
  ['http://localhost:11434/v1', 'http://localhost:11434'],
  ['http://[::1]:8080/', 'http://[::1]:8080'],
  ['https://user:secret@api.example.org/', 'https://api.example.org'],
  ['https://bücher.example/', 'https://xn--bcher-kva.example'],
  ['file:///etc/passwd', null],
  ['data:text/plain,x', null],
  ['blob:https://a.example/1', null],
  ['api.example.org', null],
  ["https://a.example;script-src 'unsafe-inline'", null],
  ['https://*.example.org', null],
  ['', null],
])('the origin of %j is %j', (address, origin) => {
  expect(originOf(address)).toBe(origin);
});

it('keeps origins only, once each, and takes them back', () => {
  approveOrigin('https://user:secret@a.example/v1?key=hidden');
  approveOrigin('http://localhost:1234/v1');
  approveOrigin('https://a.example/other');
  expect(approvedOrigins()).toEqual(['https://a.example', 'http://localhost:1234']);
  expect([...kept.values()].join()).not.toMatch(/secret|hidden|v1/);
  withdrawOrigin('https://a.example/anything');
  expect(approvedOrigins()).toEqual(['http://localhost:1234']);
  expect(() => approveOrigin('ftp://a.example')).toThrow(RangeError);
});

it('reads nothing out of values that it did not write', () => {
  for (const value of ['', '{', '"*"', '{"a":1}', '[7,null,"*","https:","https://a.example/","self"]']) {
    kept.set('vermeil-endpoints', value);
    expect(approvedOrigins(), value).toEqual([]);
  }
});

it('the policy names each source once and in its place', () => {
  const parsed = (policy: string): Partial<Record<string, string>> =>
    Object.fromEntries(policy.split('; ').map((d) => [d.split(' ', 1)[0] ?? '', d]));
  const served = parsed(policyOf({ hash: null, endpoints: ['https://a.example'] }));
  expect(served['connect-src']).toBe("connect-src 'self' blob: data: https://a.example");
  expect(served['script-src']).toBe("script-src 'self' 'wasm-unsafe-eval' blob:");
  const single = parsed(policyOf({ hash: "'sha256-x'", endpoints: [] }));
  expect(single['default-src']).toBe("default-src 'none'");
  expect(single['connect-src']).toBe('connect-src blob: data:');
  expect(single['script-src']).toBe("script-src 'sha256-x' 'wasm-unsafe-eval' blob:");
});
