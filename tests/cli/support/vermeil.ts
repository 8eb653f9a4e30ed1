import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Span } from '../../../src/data/types.ts';
import { writeData } from '../../../src/data/formats/write.ts';
import { tinyCheckpoint } from '../../support/tinyCheckpoint.ts';
import { tinySentences } from '../../support/tinyData.ts';

const bin = fileURLToPath(new URL('../../../bin/vermeil', import.meta.url));

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** Waits until stderr and stdout together hold a match. */
  waitFor(pattern: RegExp): Promise<RegExpMatchArray>;
}

/** Starts the built command in a child process. */
export function startVermeil(words: readonly string[], cwd: string): Running {
  const child = spawn(process.execPath, [bin, ...words], { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  let [stdout, stderr] = ['', ''];
  const watchers = new Set<() => void>();
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    for (const watch of watchers) watch();
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
    for (const watch of watchers) watch();
  });
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      // The first call after a change builds the command.
      resolve({ code, stdout, stderr: stderr.replace(/^Building the command line.*\n/, '') });
    });
  });
  const waitFor = (pattern: RegExp) =>
    new Promise<RegExpMatchArray>((resolve, reject) => {
      const watch = () => {
        const found = pattern.exec(stderr + stdout);
        if (found === null) return;
        watchers.delete(watch);
        resolve(found);
      };
      watchers.add(watch);
      watch();
      void ended.then(() => {
        reject(new Error(`ended without ${String(pattern)}: ${stderr}`));
      });
    });
  return { child, ended, waitFor };
}

/** Runs the built command to its end. */
export function vermeil(cwd: string, ...words: readonly string[]): Promise<Ended> {
  return startVermeil(words, cwd).ended;
}

/** An empty folder of its own, and how to remove it. */
export function workFolder(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'vermeil-cli-'));
  return {
    path,
    remove() {
      rmSync(path, { recursive: true, force: true });
    },
  };
}

/** Lays a tiny checkpoint (`bert/`) and tiny data of each role into a folder. */
export function layTinyFiles(folder: string): void {
  mkdirSync(join(folder, 'bert'));
  for (const [name, bytes] of tinyCheckpoint()) writeFileSync(join(folder, 'bert', name), bytes);
  writeFileSync(join(folder, 'silver.jsonl'), writeData('jsonl', tinySentences(0, 24)));
  writeFileSync(join(folder, 'gold.conll'), writeData('conll', tinySentences(24, 12)));
  writeFileSync(join(folder, 'dev.conll'), writeData('conll', tinySentences(36, 6)));
  writeFileSync(join(folder, 'test.jsonl'), writeData('jsonl', tinySentences(42, 12)));
}

/** A sentence as JSON lines hold it. */
export interface JsonSentence {
  readonly id: string;
  readonly spans?: readonly Span[];
}

/** The sentences of a text of JSON lines. */
export function sentencesIn(text: string): readonly JsonSentence[] {
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as JsonSentence);
}
