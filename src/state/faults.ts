import { checks } from '../data/findings/checks.ts';
import type { CheckId, Found } from '../data/findings/check.ts';
import type { Finding, FindingCode, Sentence } from '../data/types.ts';

/** What can be wrong with a sentence, by a check or by the reader of its file; some have one name in both. */
export type FaultId = CheckId | FindingCode;

/** One kind of fault in a dataset. */
export interface Fault {
  readonly id: FaultId;
  readonly severity: Finding['severity'];
  /** What is said of each sentence that has it, by place. */
  readonly says: ReadonlyMap<number, string>;
}

/** What the reader of a dataset's file, or what mended it, said of sentences that are still there. */
export function faultsTold(findings: readonly Finding[], sentences: readonly Sentence[]): readonly Fault[] {
  const bySentence = new Map<string, Finding[]>();
  for (const finding of findings) {
    if (finding.sentence === undefined) continue;
    const own = bySentence.get(finding.sentence);
    if (own === undefined) bySentence.set(finding.sentence, [finding]);
    else own.push(finding);
  }
  if (bySentence.size === 0) return [];
  const faults = new Map<FindingCode, Fault & { readonly says: Map<number, string> }>();
  sentences.forEach(({ id }, place) => {
    for (const { code, severity, message } of bySentence.get(id) ?? []) {
      const fault = faults.get(code) ?? { id: code, severity, says: new Map<number, string>() };
      faults.set(code, fault);
      const said = fault.says.get(place);
      fault.says.set(place, said === undefined ? message : `${said} ${message}`);
    }
  });
  return [...faults.values()];
}

/** What a check found in one of the parts that it looked at; null where it found nothing. */
export function faultFound(id: CheckId, found: readonly Found[], part: number): Fault | null {
  const says = new Map<number, string>();
  for (const one of found) if (one.part === part && one.sentence !== null) says.set(one.sentence, one.message);
  return says.size === 0 ? null : { id, severity: checks[id].severity, says };
}

/** Faults of the reader and of checks, those of one name as one; what a check says of a sentence now goes before what was read. */
export function faultsTogether(told: readonly Fault[], checked: readonly Fault[]): readonly Fault[] {
  const both = checked.map((fault) => {
    const read = told.find(({ id }) => id === fault.id);
    return read === undefined ? fault : { ...fault, says: new Map([...read.says, ...fault.says]) };
  });
  return [...told.filter(({ id }) => both.every((fault) => fault.id !== id)), ...both];
}
