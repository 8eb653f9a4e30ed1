import type { DeviceReport } from '../worker/protocol.ts';
import type { StorageUsage } from '../storage/usage.ts';
import { deviceNouns, troubleText } from './deviceTexts.ts';
import { facilitiesOf, type PageScope } from './facilities.ts';

export interface Diagnosed {
  readonly appVersion: string;
  /** Milliseconds since 1970. */
  readonly nowMs: number;
  /** What runs use, as the chip says it; '' for nothing. */
  readonly used: string;
  readonly reports: readonly DeviceReport[];
  readonly usage: StorageUsage | null;
}

/** All that the diagnostics page tells, as text for a report; nothing of the project is in it. */
export function diagnosisText({ appVersion, nowMs, used, reports, usage }: Diagnosed, scope: PageScope): string {
  const memory = scope.memoryGb === null ? 'not told' : `${String(scope.memoryGb)} GB or more`;
  const room =
    usage === null
      ? 'not told'
      : `${megabytes(usage.usedBytes)} of ${megabytes(usage.quotaBytes)}, ${usage.persistent ? 'kept for good' : 'may be cleared when the disk runs full'}`;
  return [
    `Vermeil ${appVersion}, ${new Date(nowMs).toISOString()}`,
    `Browser: ${scope.agent}`,
    `Page: ${scope.address}`,
    `Processor: ${String(scope.cores)} threads; memory: ${memory}`,
    `Room: ${room}`,
    '',
    `Runs use: ${used === '' ? 'nothing' : used}`,
    ...reports.flatMap((report) => linesOf(report, reports)),
    '',
    ...facilitiesOf(scope).map(({ name, there }) => `${name}: ${there ? 'yes' : 'no'}`),
    '',
  ].join('\n');
}

function linesOf(report: DeviceReport, all: readonly DeviceReport[]): string[] {
  const { name, adapter, usable, selfTestMs, gflops, trouble, problem } = report;
  const facts = [
    adapter === '' ? 'not opened' : adapter,
    ...(usable ? [] : ['not usable']),
    selfTestMs === null ? 'not tested' : usable ? `self-test passed in ${String(Math.round(selfTestMs))} ms` : '',
    gflops > 0 ? `${gflops.toFixed(1)} GFLOP/s` : '',
  ];
  const text = troubleText(report, all);
  return [
    `${deviceNouns[name]}: ${facts.filter((fact) => fact !== '').join('; ')}`,
    ...(text === null ? [] : [`  ${trouble ?? ''}: ${text.what}`]),
    ...(problem === '' ? [] : [`  in technical words: ${problem}`]),
  ];
}

function megabytes(bytes: number): string {
  return `${String(Math.round(bytes / 1e6))} MB`;
}
