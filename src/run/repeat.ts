import type { RunRecord } from './events.ts';
import { dataRoles, type DataRole, type SourceDigest, type SourceDigests } from './dataDigest.ts';
import { regimens } from './regimens.ts';

/** What a run would be trained with here and now. */
export interface Present {
  readonly digests: { readonly data: string; readonly checkpoint: string; readonly sources: SourceDigests };
  readonly appVersion: string;
  /** null where no device is known yet. */
  readonly device: { readonly name: string; readonly adapter: string } | null;
}

/** Something that is not as it was when a run was trained. */
export interface Departure {
  readonly part: DataRole | 'data' | 'checkpoint' | 'version' | 'device';
  /** A sentence that says how it was and how it is. */
  readonly text: string;
  /** Whether the result may differ by more than rounding. */
  readonly counts: boolean;
}

/** All in which training a finished run again would depart from it; empty where the same device gives the same bits. */
export function departuresOf(record: RunRecord, { digests, appVersion, device }: Present): Departure[] {
  const found: Departure[] = [...dataDepartures(record, digests)];
  if (record.digests.checkpoint !== digests.checkpoint) {
    const text = `The model to begin from is another one (${short(record.digests.checkpoint)} then, ${short(digests.checkpoint)} here).`;
    found.push({ part: 'checkpoint', text, counts: true });
  }
  if (record.appVersion !== appVersion) {
    const text = `It was trained by Vermeil ${record.appVersion}; this is ${appVersion}.`;
    found.push({ part: 'version', text, counts: false });
  }
  if (device !== null && (device.name !== record.device.name || device.adapter !== record.device.adapter)) {
    const text = `It was trained on ${deviceName(record.device)}; here it would be ${deviceName(device)}. The result is the same but for rounding.`;
    found.push({ part: 'device', text, counts: false });
  }
  return found;
}

function dataDepartures({ digests, config }: RunRecord, now: Present['digests']): Departure[] {
  const { sources } = digests;
  const { needs } = regimens[config.regimen];
  const changed =
    sources === undefined ? [] : dataRoles.filter((role) => sources[role].digest !== now.sources[role].digest);
  const found = changed.map((part): Departure => {
    const counts = part === 'dev' || part === 'test' || needs.includes(part);
    const aside = counts ? '' : ' This way of training does not use them.';
    return { part, text: sourceText(part, sources![part], now.sources[part]) + aside, counts };
  });
  if (digests.data !== now.data && found.length === 0) {
    const text = 'The data are not the same; this run did not keep which of them it was trained on.';
    found.push({ part: 'data', text, counts: true });
  }
  return found;
}

function sourceText(role: DataRole, then: SourceDigest, now: SourceDigest): string {
  const name = `${role.slice(0, 1).toUpperCase()}${role.slice(1)}`;
  if (now.sentences === 0) return `${name}: ${counted(then.sentences)} then, none here.`;
  if (then.sentences !== now.sentences)
    return `${name}: ${counted(then.sentences)} then, ${counted(now.sentences)} here.`;
  return `${name}: ${counted(then.sentences)}, but not the same ones, in another order, or with other labels.`;
}

const counted = (sentences: number) =>
  sentences === 0 ? 'none' : sentences === 1 ? '1 sentence' : `${sentences.toLocaleString('en-GB')} sentences`;
const short = (digest: string) => digest.slice(0, 7);
const deviceName = ({ name, adapter }: { readonly name: string; readonly adapter: string }) =>
  adapter === '' ? name : `${name} (${adapter})`;
