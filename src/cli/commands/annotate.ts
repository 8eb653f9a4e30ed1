import { textOf } from '../../core/errorTexts.ts';
import { AppError } from '../../core/errors.ts';
import { lossesOfWriting } from '../../data/formats/losses.ts';
import { writeData } from '../../data/formats/write.ts';
import type { Authorship, Sentence } from '../../data/types.ts';
import type { AskedFor } from '../../llm/groundAnswers.ts';
import { groundSamples } from '../../llm/groundSamples.ts';
import { checkJob } from '../../llm/job/plan.ts';
import { runJob } from '../../llm/job/run.ts';
import type { JobInput, JobOutcome, StoredFailure } from '../../llm/job/types.ts';
import type { Teacher } from '../../llm/providers/provider.ts';
import { teacherOf } from '../../llm/providers/teacherOf.ts';
import { markSimulated } from '../../llm/simulate/simulate.ts';
import { openFileStore, type FileStore } from '../annotate/fileStore.ts';
import { nodeNetwork } from '../annotate/network.ts';
import { annotateOptions } from '../annotate/options.ts';
import { progressLine } from '../annotate/progressLine.ts';
import { answersOf, planWith, sayOutcome, sayPlan, sayStore, tellOutcome } from '../annotate/report.ts';
import { askedFor, questionsOf, type Asked } from '../annotate/request.ts';
import { httpSource, localSource, type LocalSource } from '../annotate/source.ts';
import type { Args } from '../args.ts';
import type { Command, ExitCode } from '../command.ts';
import { formatNamed, formatOfName, importFile } from '../files/dataFiles.ts';
import { exists, writeWhole } from '../files/files.ts';
import { withLock } from '../files/lock.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { listenToInterrupt } from '../training/interrupt.ts';
import { usageError } from '../usage.ts';
import { votesFrom } from '../votes.ts';

export const annotate: Command = {
  name: 'annotate',
  summary: 'Asks a language model to label sentences, and grounds its answers.',
  usage: '--in F --out F --model NAME [options]',
  about: [
    'Every raw answer is kept beside the output, in OUT.answers.jsonl, and no answer is asked for twice: stop with Ctrl-C, and go on with --resume and the same options. A request that was sent and never answered may have been charged; it is sent again only with --again uncertain.',
    'The key is read from an environment variable, never from the command line: OPENAI_API_KEY, ANTHROPIC_API_KEY or GEMINI_API_KEY for the provider’s own address, for any other address the one that --key-env names. Servers on your own machine need none.',
    'Two providers need no network: recorded replays --answers, and simulated takes the gold labels of --in and makes the mistakes of --preset.',
  ],
  positionals: [0, 0],
  options: annotateOptions,
  examples: [
    'vermeil annotate --in sentences.jsonl --out silver.jsonl --endpoint http://localhost:11434/v1 --model llama3.2',
    'vermeil annotate --in letters.txt --out silver.jsonl --provider anthropic --model claude-haiku-4-5 --budget 2 --plan',
    'vermeil annotate --in letters.txt --out silver.jsonl --provider anthropic --model claude-haiku-4-5 --budget 5 --resume',
  ],
  run,
};

async function run(args: Args, terminal: Terminal): Promise<ExitCode> {
  const input = args.required('in', 'Give --in F, the sentences to ask about.');
  const out = args.required('out', 'Give --out F, the file to write.');
  const format = formatNamed('format', args.text('format')) ?? formatOfName(out, 'jsonl');
  const sentences = await sentencesOf(input, args, terminal);
  const local = await localSource(args, sentences, terminal);
  const asked = await askedFor(args, local, sentences, terminal);
  const votes = votesFrom(args);
  checkJob(asked.spec);
  const job: JobInput = { spec: asked.spec, questions: questionsOf(asked, sentences), again: againOf(args) };
  const journal = `${out}.answers.jsonl`;
  const begun = await exists(journal);
  if (args.has('plan')) return tellPlan(asked, job, begun ? journal : null, terminal);
  if (begun && !args.has('resume')) {
    throw usageError(`${journal} holds answers already.`, 'Go on from them with --resume, or choose another --out.');
  }
  const source = local ?? httpSource(asked.httpId, asked.spec.settings.endpoint, args.text('key-env'));
  const teacher = teacherOf(source, asked.spec, nodeNetwork);
  return withLock(journal, async () => {
    const store = await openFileStore(journal);
    try {
      await sayStore(store, job, journal, terminal);
      sayPlan(asked, await planWith(asked, job, store), terminal);
      const outcome = await ask(teacher, job, store, terminal);
      sayOutcome(outcome, terminal);
      const answers = await answersOf(job, store);
      const grounded = groundSamples(sentences, answers, askedOf(asked, local, sentences), votes);
      const labelled = markedAs(local, grounded.sentences);
      for (const { line, message } of lossesOfWriting(format, labelled)) {
        terminal.say(`sentence ${String(line)}: ${message}`);
      }
      await writeWhole(out, writeData(format, labelled));
      return tellOutcome(outcome, out, { ...grounded, sentences: labelled }, terminal);
    } finally {
      await store.close();
    }
  });
}

/** What was asked for, to ground the answers by. */
function askedOf(asked: Asked, local: LocalSource | null, sentences: readonly Sentence[]): AskedFor {
  const shown = new Map(sentences.map((one) => [one.id, asked.prompt.shownFor(one).map(({ text }) => text)]));
  return { labels: asked.labels, author: authorOf(asked, local), examplesOf: (id) => shown.get(id) ?? [] };
}

/** Whose the labels are: the model and its prompt; recorded answers do not say. */
function authorOf({ spec, prompt }: Asked, local: LocalSource | null): Authorship | undefined {
  if (local !== null) return undefined;
  return { kind: 'teacher', name: `${spec.settings.model}, ${prompt.template.name}`, version: 1 };
}

/** What a simulated teacher labelled says so, in the file too. */
function markedAs(local: LocalSource | null, sentences: readonly Sentence[]): readonly Sentence[] {
  if (local?.provider !== 'simulated') return sentences;
  return sentences.map((sentence) => markSimulated(sentence, local.preset, local.seed));
}

async function sentencesOf(path: string, args: Args, terminal: Terminal): Promise<readonly Sentence[]> {
  const { sentences } = await importFile(path, formatNamed('from', args.text('from')), terminal);
  if (sentences.length === 0) throw new AppError('data-empty', `${path} holds no sentence`, { file: path });
  return sentences.slice(0, args.number('limit', { min: 1, whole: true }) ?? sentences.length);
}

async function tellPlan(asked: Asked, job: JobInput, journal: string | null, terminal: Terminal): Promise<ExitCode> {
  const store = journal === null ? null : await openFileStore(journal);
  const plan = await planWith(asked, job, store);
  await store?.close();
  sayPlan(asked, plan, terminal);
  terminal.answer('Nothing was sent.', { plan });
  return 0;
}

async function ask(teacher: Teacher, job: JobInput, store: FileStore, terminal: Terminal): Promise<JobOutcome> {
  const interrupt = listenToInterrupt(() => {
    terminal.say('\nWaiting for the requests that are on their way … Ctrl-C again ends at once; they may be charged.');
  });
  let told = '';
  try {
    return await runJob(job, {
      teacher,
      store,
      today: () => Date.now(),
      now: () => performance.now(),
      random: () => Math.random(),
      pass: () => Promise.resolve(),
      stop: interrupt.signal,
      abort: new AbortController().signal, // a second Ctrl-C ends the program
      onEvent(event) {
        if (event.kind === 'progress') terminal.progress(progressLine(event.progress, job.spec.budgetUsd));
        if (event.kind === 'answers') told = '';
        if (event.kind !== 'held') return;
        // The requests beside this one most likely met the same.
        if (event.failure.code !== told) terminal.say(heldLine(event.ms, event.failure));
        told = event.failure.code;
      },
    });
  } finally {
    interrupt.close();
    terminal.endProgress();
  }
}

function heldLine(ms: number, { code, detail }: StoredFailure): string {
  return `${textOf(code, detail).what} Trying again in ${(ms / 1000).toFixed(1)} s.`;
}

function againOf(args: Args): JobInput['again'] {
  const words = args.list('again', true);
  const unknown = words.find((word) => word !== 'failed' && word !== 'uncertain');
  if (unknown !== undefined) throw usageError(`--again ${unknown} is not known.`, 'It is failed, uncertain or both.');
  return { failed: words.includes('failed'), uncertain: words.includes('uncertain') };
}
