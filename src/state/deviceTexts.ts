import type { ErrorText } from '../core/errorTexts.ts';
import type { DeviceName, DeviceReport, DeviceTrouble } from '../worker/protocol.ts';

/** What a device is called where people read of it. */
export const deviceNouns: Readonly<Record<DeviceName, string>> = {
  webgpu: 'Graphics',
  wasm: 'Processor',
  cpu: 'Plain JavaScript',
};

/** What a device computes on, without the kind of instructions, which only the page of facilities tells. */
export function adapterInShort({ name, adapter }: { readonly name: string; readonly adapter: string }): string {
  return name === 'wasm' ? (adapter.split(',')[0] ?? '') : adapter;
}

const subjects: Readonly<Record<DeviceName, string>> = {
  webgpu: 'The graphics card',
  wasm: 'WebAssembly',
  cpu: 'JavaScript',
};

/** Each trouble in a sentence, and the next step; `it` is the device as a subject. */
const texts: Readonly<Record<DeviceTrouble, (it: string) => ErrorText>> = {
  insecure: () => ({
    what: 'No WebGPU: this page came by plain http from another machine, and browsers give the graphics card to https, localhost and files only.',
    next: 'Open it by https, through a tunnel to localhost, or take vermeil.html and open it as a file.',
  }),
  'no-api': () => ({
    what: 'This browser has no WebGPU.',
    next: 'Open the page in a current Chrome, Edge or Safari.',
  }),
  blocked: () => ({
    what: 'The browser has WebGPU and refuses it to this page.',
    next: 'A setting, an extension or whoever manages this machine may forbid it: ask them, or try another browser.',
  }),
  'no-adapter': () => ({
    what: 'The browser has WebGPU, and finds no graphics card that it may use.',
    next: 'If this machine has one, switch on graphics acceleration in the browser’s settings, update the graphics driver, and restart the browser. Where the setting cannot be changed, whoever manages this machine may have switched it off.',
  }),
  gone: () => ({
    what: 'The graphics card was there before, and the browser no longer finds it.',
    next: 'Restart the browser: after a few crashes it gives the card to no page until then. What was saved is safe.',
  }),
  limits: () => ({
    what: 'The graphics card, or what the browser shows of it, allows less than training needs.',
    next: 'Switch off protection against fingerprinting for this page, or try another browser.',
  }),
  software: () => ({
    what: 'WebGPU is only imitated by the processor here, which is slow.',
    next: 'If this machine has a graphics card, switch on graphics acceleration in the browser’s settings, and restart the browser.',
  }),
  'no-wasm': () => ({
    what: 'WebAssembly is switched off in this browser.',
    next: 'Allow it for this page: a lockdown mode or a setting for more security switches it off.',
  }),
  'wasm-blocked': () => ({
    what: 'The policy that this page came with forbids WebAssembly.',
    next: 'The server’s Content-Security-Policy must allow ’wasm-unsafe-eval’ for scripts; “vermeil serve” does so.',
  }),
  'no-simd': () => ({
    what: 'WebAssembly works here without SIMD, which makes training several times as slow.',
    next: 'Use a browser of the last three years, or another machine if this processor is too old for it.',
  }),
  lost: (it) => ({
    what: `${it} was lost in the middle of its self-test.`,
    next: 'Close other programs that use it, update the driver, and test again.',
  }),
  silent: (it) => ({
    what: `${it} did not answer in time, and was given up.`,
    next: 'Restart the browser and test again; if it comes back, update the driver.',
  }),
  wrong: (it) => ({
    what: `${it} computes wrong numbers, and is not used.`,
    next: 'Update the graphics driver and the browser, then test again.',
  }),
  failed: (it) => ({
    what: `${it} could not be opened.`,
    next: 'Reload the page. If it comes back, report it with the text of this page.',
  }),
};

/** What is amiss with a device, and what to do; null where nothing is. `all`: what is known of it and the others. */
export function troubleText(report: DeviceReport, all: readonly DeviceReport[]): ErrorText | null {
  const { name, trouble, usable } = report;
  if (trouble === null) return null;
  const { what, next } = texts[trouble](subjects[name]);
  const hasProcessor = all.some((other) => other.name === 'wasm' && other.usable);
  const meanwhile = name === 'webgpu' && !usable && hasProcessor ? ' Until then runs use the processor.' : '';
  return { what, next: next + meanwhile };
}
