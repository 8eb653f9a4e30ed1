import type { AnnotateState, Planned } from '../../../state/annotate.svelte.ts';
import { originIn } from '../../../state/endpoint.ts';
import { count, counted, roughly, usd } from '../../format.ts';

/** What each step is set to, in a line. */

export function whatLine({ dataset, asked, eligible, form, count: wanted }: AnnotateState): string {
  if (dataset === null) return 'Choose the sentences';
  if (wanted === null) return `“${form.count}” is no number of sentences`;
  const all = asked.length === eligible.length;
  const ways = { random: 'at random', stratified: 'every label by its share', uncertain: 'the least sure' } as const;
  const how = all ? '' : `, ${ways[form.way]}`;
  return `${all ? counted(asked.length, 'sentence') : `${count(asked.length)} of ${count(eligible.length)} sentences`} of “${dataset.name}”${how}`;
}

export function teacherLine(annotate: AnnotateState): string {
  const { kind, server, form, access } = annotate;
  switch (kind) {
    case 'recorded':
      return 'The sample’s recorded answers: nothing is sent, no key';
    case 'simulated':
      return 'Simulated: gold with made mistakes';
    case 'files':
      return 'By files: requests out, answers in';
    case 'endpoint': {
      const standing = access.standing(form.endpoint);
      if (standing === 'invalid') return `${server.name}: the address is missing`;
      if (standing !== 'ready') return `${server.name}: allow ${originIn(form.endpoint)}`;
      if (!access.isReady(form.endpoint, server)) return `${server.name}: type the key`;
      if (form.model.trim() === '') return `${server.name}: choose a model`;
      return `${form.model.trim()} at ${originIn(form.endpoint)}`;
    }
  }
}

export function promptLine({ template, labels, recipe, kind }: AnnotateState): string {
  if (kind === 'simulated') return 'A simulated teacher reads no prompt';
  const { on, count: most } = template.blocks.examples;
  const examples = recipe.shown === null ? counted(recipe.examples.length, 'example') : `the ${count(most)} nearest`;
  const shown = on ? `, ${examples}` : '';
  const version = template.version > 1 ? ` v${String(template.version)}` : '';
  return `${template.name}${version}: ${labels.join(', ')}${kind === 'recorded' ? '' : shown}`;
}

export function planLine({ kind, isTeacherReady }: AnnotateState, planned: Planned | null): string {
  if (planned === null) return 'counting …';
  if (!planned.ok && !isTeacherReady) return 'told once there is a teacher';
  if (!planned.ok) return planned.problem.what;
  const { requests, questions, inputTokens, outputTokens, costUsd, greatestUsd, seconds } = planned.plan;
  if (requests === 0) return `all ${count(questions)} are answered already`;
  const what = counted(requests, 'request');
  if (kind !== 'endpoint') return `${what}, free`;
  const most = greatestUsd === null ? '' : `, at most ${usd(greatestUsd)}`;
  const cost = costUsd === null ? 'price not known' : `about ${usd(costUsd)}${most}`;
  return `${what}, ${count(inputTokens + outputTokens)} tokens, ${cost}, ${roughly(seconds)}`;
}

/** What the one button says: it names the number and the most that it may cost. */
export function goLine({ kind, form, recipe }: AnnotateState, planned: Planned | null): string {
  const plan = planned?.ok === true ? planned.plan : null;
  if (plan === null) return 'Ask';
  const { requests, questions, greatestUsd } = plan;
  const isEach = requests === questions && recipe.samples === 1;
  const sentences = counted(requests === 0 ? questions : requests, isEach ? 'sentence' : 'request');
  if (requests === 0) return `Take the ${count(questions)} answers that are here`;
  if (kind === 'recorded') return `Replay the answers to ${sentences}`;
  if (kind === 'simulated') return `Simulate labels for ${sentences}`;
  const budget = form.budget.trim() === '' ? null : Number(form.budget.replace(',', '.'));
  const most = [greatestUsd, budget].filter((amount) => amount !== null);
  const limit = most.length === 0 ? '' : Math.min(...most) === 0 ? ', free' : `, at most ${usd(Math.min(...most))}`;
  return `Ask for ${sentences}${limit}`;
}
