import { AppError } from '../core/errors.ts';
import { sentenceOf } from '../core/errorTexts.ts';
import type { DeviceName, DeviceReport } from '../worker/protocol.ts';
import type { Client } from '../worker/client.ts';
import { adapterInShort, troubleText } from './deviceTexts.ts';

export type { DeviceReport };

const deviceTitles: Readonly<Record<DeviceName, string>> = {
  webgpu: 'WebGPU',
  wasm: 'wasm',
  cpu: 'JavaScript',
};

export const deviceNames: readonly DeviceName[] = ['webgpu', 'wasm', 'cpu'];

/** What can compute here: the self-test of every device, and which one runs will use. */
export class DeviceState {
  status: 'checking' | 'ready' | 'failed' = $state('checking');
  reports: readonly DeviceReport[] = $state.raw([]);
  problem: { readonly what: string; readonly next: string } | null = $state.raw(null);
  /** The device that the self-test chose. */
  best: DeviceName | null = $state(null);
  /** The device that the person asked for; null = the best. */
  asked: DeviceName | null = $state(null);

  readonly used: DeviceReport | null = $derived(
    this.reports.find((report) => report.usable && report.name === (this.asked ?? this.best)) ?? null,
  );
  readonly webgpu: DeviceReport | null = $derived(this.reports.find((report) => report.name === 'webgpu') ?? null);
  /** What to do for a faster run, in a sentence; '' where the best is in use already. */
  readonly advice: string = $derived(adviceOf(this.used, this.webgpu, this.reports));
  readonly title: string = $derived(
    this.used === null ? '' : `${deviceTitles[this.used.name]} · ${adapterInShort(this.used)}`,
  );

  /** Tests the devices; with `again` anew, after something was changed. */
  async check(client: Client, again = false): Promise<void> {
    this.status = 'checking';
    this.problem = null;
    this.reports = [];
    try {
      const { devices, chosen } = await client.diagnose((report) => {
        this.reports = [...this.reports.filter(({ name }) => name !== report.name), report];
      }, again);
      this.reports = devices;
      this.best = chosen;
      this.status = 'ready';
    } catch (error) {
      this.problem = sentenceOf(error);
      this.status = 'failed';
    }
  }

  /** Throws `device-unavailable`, with what is amiss, where the devices were tested and none of them can train. */
  refuseWithout(): void {
    if (this.status !== 'ready' || this.best !== null) return;
    const report = this.reports.find(({ name }) => name === 'wasm') ?? this.webgpu; // a processor is in every machine
    const text = report === null ? null : troubleText(report, this.reports);
    throw new AppError('device-unavailable', 'no device can train', {
      what: `Nothing here can train, so nothing was begun. ${text?.what ?? ''}`.trim(),
      next: `${text?.next ?? ''} “Test again” stands on the page of the device, at the upper right.`.trim(),
    });
  }
}

/** The next step towards a faster device. */
function adviceOf(used: DeviceReport | null, webgpu: DeviceReport | null, all: readonly DeviceReport[]): string {
  if (webgpu === null || (used?.name === 'webgpu' && !used.software)) return '';
  return (
    troubleText(webgpu, all)?.next ??
    'A graphics card was found, but it was slower than the processor in the self-test.'
  );
}
