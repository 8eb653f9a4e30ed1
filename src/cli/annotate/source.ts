import { readAnswers } from '../../llm/answerFile.ts';
import { httpProviders } from '../../llm/providers/httpTeacher.ts';
import type { HttpProviderId } from '../../llm/providers/provider.ts';
import type { TeacherSource } from '../../llm/providers/teacherOf.ts';
import { simulationPresets } from '../../llm/simulate/presets.ts';
import type { Sentence } from '../../data/types.ts';
import type { Args } from '../args.ts';
import { tellFindings } from '../files/dataFiles.ts';
import { readText } from '../files/files.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { usageError } from '../usage.ts';
import { entryNamed } from './entryNamed.ts';

/** A source of answers without a network. */
export type LocalSource = Exclude<TeacherSource, { key: string }>;

/** Names for `--provider`. */
export const providerNames = [...Object.keys(httpProviders), 'recorded', 'simulated'];

/** The provider without a network that is asked for, with its data; null where answers come over HTTP. */
export async function localSource(
  args: Args,
  sentences: readonly Sentence[],
  terminal: Terminal,
): Promise<LocalSource | null> {
  const names = Object.fromEntries(providerNames.map((name) => [name, name]));
  const provider = entryNamed('provider', args.text('provider') ?? 'openai', names);
  if (provider === 'recorded') {
    const path = args.required('answers', 'Give --answers F, the recorded answers.');
    const { answers, findings } = readAnswers(await readText(path));
    tellFindings(path, findings, terminal);
    return { provider, answers };
  }
  if (provider === 'simulated') {
    if (!sentences.some(({ spans }) => spans !== null)) {
      throw usageError('The simulated teacher needs gold labels.', 'Give a labelled file with --in.');
    }
    const presets = Object.fromEntries(simulationPresets.map((preset) => [preset.id, preset]));
    const preset = entryNamed('preset', args.text('preset') ?? 'sample-standard', presets);
    terminal.say(`simulated teacher: ${preset.source}`);
    return { provider, gold: sentences, preset, seed: args.number('seed', { whole: true }) ?? 0 };
  }
  return null;
}

/** The source over HTTP that is asked for, with its key. */
export function httpSource(id: HttpProviderId, endpoint: string, variable: string | null): TeacherSource {
  return { provider: id, key: keyFor(id, endpoint, variable) };
}

/** Where each provider's own tools look for its key. */
const usualVariables = { openai: 'OPENAI_API_KEY', anthropic: 'ANTHROPIC_API_KEY', gemini: 'GEMINI_API_KEY' } as const;

/**
 * The key, from the environment only: words of a command line are seen by every program of the machine and kept in the
 * history of the shell. A usual variable is read for the provider's own address alone: no other server is sent that key.
 */
function keyFor(id: HttpProviderId, endpoint: string, variable: string | null): string {
  const provider = httpProviders[id];
  if (variable !== null) {
    const key = process.env[variable]?.trim() ?? '';
    if (key === '') throw usageError(`The variable ${variable} holds no key.`, `Set it first: export ${variable}=…`);
    return key;
  }
  const usual = usualVariables[id];
  const own = URL.canParse(endpoint) && isSameOrigin(endpoint, provider.defaultEndpoint);
  const key = own ? (process.env[usual]?.trim() ?? '') : '';
  if (key === '' && (own || provider.needsKey)) {
    throw usageError(
      `${provider.name} wants a key.`,
      own
        ? `Put it into the variable ${usual}, or name another with --key-env NAME.`
        : 'Name the variable that holds it with --key-env NAME.',
    );
  }
  return key;
}

function isSameOrigin(a: string, b: string): boolean {
  return new URL(a).origin === new URL(b).origin;
}
