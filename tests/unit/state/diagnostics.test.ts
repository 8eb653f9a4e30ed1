import { describe, expect, it, test } from 'vitest';
import { sentenceOf } from '../../../src/core/errorTexts.ts';
import { deviceTroubles, type DeviceReport } from '../../../src/engine/reports.ts';
import { DeviceState } from '../../../src/state/device.svelte.ts';
import { diagnosisText } from '../../../src/state/diagnosisText.ts';
import { troubleText } from '../../../src/state/deviceTexts.ts';
import { facilitiesOf, type PageScope } from '../../../src/state/facilities.ts';
import { hashOf, places, routeOf } from '../../../src/state/routes.ts';
import type { Client } from '../../../src/worker/client.ts';

const graphics: DeviceReport = {
  name: 'webgpu',
  adapter: 'acme g1',
  software: false,
  usable: true,
  trouble: null,
  problem: '',
  gflops: 812.34,
  selfTestMs: 1234.5,
};

const local: PageScope = {
  secure: true,
  webgpu: true,
  isolated: true,
  locks: true,
  wakeLock: true,
  subtle: true,
  serviceWorker: true,
  file: false,
  storage: true,
  cores: 8,
  memoryGb: 8,
  agent: 'Browser/1',
  address: 'http://localhost:4173/',
};
const bare = { secure: false, webgpu: false, isolated: false, locks: false, wakeLock: false, subtle: false };
const remote: PageScope = { ...local, ...bare, serviceWorker: false, storage: false, memoryGb: null };

const wholeSentences = /^[A-Z][^.]*[^ ]\.?.*[^.]\.$/s;

describe.each(deviceTroubles)('the trouble %s', (trouble) => {
  it.each(['webgpu', 'wasm'] as const)('of %s has its own sentence and a next step', (name) => {
    const text = troubleText({ ...graphics, name, usable: false, trouble }, []);
    expect(text?.what).toMatch(wholeSentences);
    expect(text?.next).toMatch(wholeSentences);
    const others = deviceTroubles.filter((other) => other !== trouble);
    const same = others.filter((other) => troubleText({ ...graphics, name, trouble: other }, [])?.what === text?.what);
    expect(same).toEqual([]);
  });
});

test('only a graphics card that cannot be used leaves the runs to the processor, where that one can', () => {
  const meanwhile = 'Until then runs use the processor.';
  const processor = { ...graphics, name: 'wasm' } as const;
  const nextOf = (report: DeviceReport, all = [processor]) => troubleText(report, all)?.next;
  expect(nextOf({ ...graphics, usable: false, trouble: 'silent' })).toContain(meanwhile);
  expect(nextOf({ ...graphics, usable: false, trouble: 'silent' }, [{ ...processor, usable: false }])).not.toContain(
    meanwhile,
  );
  expect(nextOf({ ...graphics, trouble: 'software' })).not.toContain(meanwhile);
  expect(nextOf({ ...processor, usable: false, trouble: 'silent' })).not.toContain(meanwhile);
  expect(troubleText(graphics, [])).toBeNull();
});

test('where nothing can train a run is refused with what is amiss, and nowhere else', async () => {
  const tested = async (devices: readonly DeviceReport[], chosen: DeviceReport['name'] | null) => {
    const device = new DeviceState();
    await device.check({ diagnose: () => Promise.resolve({ devices, chosen }) } as unknown as Client);
    return device;
  };
  const processor: DeviceReport = { ...graphics, name: 'wasm', usable: false, trouble: 'wasm-blocked' };
  const card: DeviceReport = { ...graphics, usable: false, trouble: 'no-adapter' };
  const refused = await tested([processor, card], null);
  const told = troubleText(processor, [processor, card])!;
  let thrown: unknown = null;
  try {
    refused.refuseWithout();
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toMatchObject({ code: 'device-unavailable' });
  expect(sentenceOf(thrown).what).toBe(`Nothing here can train, so nothing was begun. ${told.what}`);
  expect(sentenceOf(thrown).next).toContain(told.next);
  (await tested([processor, graphics], 'webgpu')).refuseWithout();
  new DeviceState().refuseWithout(); // not tested yet: the run itself finds out
});

test('the page has an address, and stands in no rail', () => {
  expect(routeOf(hashOf('diagnostics'))).toEqual({ place: 'diagnostics', open: '' });
  expect(places).not.toContain('diagnostics');
});

test('what the browser lacks says what follows, and a file is not told to send headers', () => {
  const said = (scope: PageScope) => facilitiesOf(scope).map(({ there, gives, without }) => (there ? gives : without));
  for (const scope of [local, remote, { ...remote, secure: true, file: true }]) {
    for (const sentence of said(scope)) expect(sentence).toMatch(wholeSentences);
  }
  expect(facilitiesOf(local).filter(({ there }) => !there)).toEqual([]);
  expect(facilitiesOf(remote).filter(({ there }) => there)).toEqual([]);
  const threads = (scope: PageScope) => facilitiesOf(scope).find(({ name }) => name === 'Threads')?.without;
  expect(threads({ ...local, isolated: false })).toContain('headers');
  expect(threads({ ...local, isolated: false, file: true })).not.toContain('headers');
  expect(threads(remote)).toContain('https');
});

test('the text holds the facts of the page, and nothing else', () => {
  const told = {
    appVersion: '1.2.3',
    nowMs: Date.UTC(2026, 0, 2, 3, 4, 5),
    used: 'WebGPU · acme g1',
    reports: [
      graphics,
      { ...graphics, name: 'wasm', adapter: '', usable: false, trouble: 'wasm-blocked', problem: 'refused', gflops: 0 },
    ] satisfies DeviceReport[],
    usage: { usedBytes: 12_400_000, quotaBytes: 2_000_000_000, persistent: false },
  };
  expect(diagnosisText(told, local).split('\n')).toEqual([
    'Vermeil 1.2.3, 2026-01-02T03:04:05.000Z',
    'Browser: Browser/1',
    'Page: http://localhost:4173/',
    'Processor: 8 threads; memory: 8 GB or more',
    'Room: 12 MB of 2000 MB, may be cleared when the disk runs full',
    '',
    'Runs use: WebGPU · acme g1',
    'Graphics: acme g1; self-test passed in 1235 ms; 812.3 GFLOP/s',
    'Processor: not opened; not usable',
    '  wasm-blocked: The policy that this page came with forbids WebAssembly.',
    '  in technical words: refused',
    '',
    'Secure context: yes',
    'WebGPU: yes',
    'Threads: yes',
    'Locks between tabs: yes',
    'Wake lock: yes',
    'Fast checksums: yes',
    'Service worker: yes',
    'Room told: yes',
    '',
  ]);
  const poor = diagnosisText({ ...told, used: '', reports: [], usage: null }, remote);
  expect(poor).toContain('Runs use: nothing\n');
  expect(poor).toContain('memory: not told\nRoom: not told\n');
  expect(poor).toContain('Secure context: no\n');
});
