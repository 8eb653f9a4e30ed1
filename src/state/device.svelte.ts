import { sentenceOf } from '../core/errorTexts.ts';
import type { DeviceName, DeviceReport } from '../worker/protocol.ts';
import type { Client } from '../worker/client.ts';

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
  readonly advice: string = $derived(adviceOf(this.used, this.webgpu));
  readonly title: string = $derived(this.used === null ? '' : `${deviceTitles[this.used.name]} · ${this.used.adapter}`);

  async check(client: Client): Promise<void> {
    this.status = 'checking';
    try {
      const { devices, chosen } = await client.diagnose((report) => {
        this.reports = [...this.reports.filter(({ name }) => name !== report.name), report];
      });
      this.reports = devices;
      this.best = chosen;
      this.status = 'ready';
    } catch (error) {
      this.problem = sentenceOf(error);
      this.status = 'failed';
    }
  }
}

/** The next step towards a faster device. */
function adviceOf(used: DeviceReport | null, webgpu: DeviceReport | null): string {
  if (used?.name === 'webgpu' && !used.software) return '';
  if (webgpu === null) return '';
  if (!webgpu.usable) {
    return 'Without a graphics card runs take longer. If this machine has one, a current Chrome or Edge with hardware acceleration switched on can use it.';
  }
  if (webgpu.software) {
    return 'WebGPU is only imitated by the processor here. If this machine has a graphics card, switch on hardware acceleration in the browser’s settings.';
  }
  return 'A graphics card was found, but it was slower than the processor in the self-test.';
}
