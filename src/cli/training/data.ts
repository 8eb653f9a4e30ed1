import type { FormatId } from '../../data/formats/format.ts';
import type { RunData } from '../../engine/train/prepare.ts';
import type { RegimenId } from '../../run/config.ts';
import { labelledSentences } from '../files/dataFiles.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { counted } from '../terminal/text.ts';
import { fileRoles, forEachRole, type ByRole, type NamedFile } from './manifest.ts';

/** Reads the files of each role; unlabelled sentences are left out. Findings go to stderr. */
export function readRunData(
  files: ByRole<readonly NamedFile[]>,
  format: FormatId | null,
  terminal: Terminal,
): Promise<RunData> {
  return forEachRole((role) =>
    labelledSentences(
      files[role].map(({ path }) => path),
      format,
      terminal,
    ),
  );
}

/** What the data allows where no regimen is named. */
export function regimenFor(files: ByRole<readonly unknown[]>): RegimenId {
  if (files.silver.length === 0) return 'gold-only';
  return files.gold.length === 0 ? 'silver-only' : 'simple-mix';
}

/** Warns of files that are named twice, in one role or in several: their sentences count twice. */
export function tellTwice(files: ByRole<readonly NamedFile[]>, terminal: Terminal): void {
  const named = fileRoles.flatMap((role) => files[role].map((file) => ({ ...file, role })));
  for (const [i, { path, sha256, role }] of named.entries()) {
    const before = named.slice(0, i).find((file) => file.sha256 === sha256);
    if (before === undefined) continue;
    const as = before.role === role ? `twice as ${role}` : `as ${before.role} and as ${role}`;
    const what = before.path === path ? path : `${before.path} and ${path} are the same, and`;
    terminal.say(`warning: ${what} ${before.path === path ? 'is' : 'are'} given ${as}`);
  }
}

/** What a person should know about the data before a run: how much there is, and what cannot be learnt from it. */
export function tellData(data: RunData, terminal: Terminal): void {
  const counts = fileRoles
    .filter((role) => data[role].length > 0)
    .map((role) => `${role} ${counted(data[role].length, 'sentence')}`);
  terminal.say(`data: ${counts.join(', ')}`);
  const learnt = labelsOf([...data.silver, ...data.gold]);
  const asked = labelsOf([...data.dev, ...data.test]);
  const missing = [...asked].filter((label) => !learnt.has(label));
  if (missing.length > 0) {
    terminal.say(
      `warning: dev or test hold ${missing.join(', ')}, which no training sentence holds: it cannot be learnt`,
    );
  }
  const trained = new Set([...data.silver, ...data.gold].map(({ text }) => text));
  const seen = [...data.dev, ...data.test].filter(({ text }) => trained.has(text)).length;
  if (seen > 0)
    terminal.say(
      `warning: ${counted(seen, 'sentence')} of dev or test also stand in the training data: scores will be too high`,
    );
}

function labelsOf(sentences: RunData['gold']): Set<string> {
  return new Set(sentences.flatMap(({ spans }) => (spans ?? []).map(({ label }) => label)));
}
