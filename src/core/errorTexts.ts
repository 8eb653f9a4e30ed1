import { AppError, messageOf, type ErrorCode, type ErrorDetail } from './errors.ts';
import { teacherTexts } from './teacherTexts.ts';

/** A failure for a person: what happened with what is safe, and the next step to take. */
export interface ErrorText {
  readonly what: string;
  readonly next: string;
}

type Facts = (name: string, otherwise?: string) => string;
/** Makes the text of one code from the facts of a failure. */
export type Text = (fact: Facts) => ErrorText;

/** `: reason`, or nothing where there is none. */
const because = (fact: Facts): string => (fact('reason') === '' ? '' : `: ${fact('reason').replace(/\.$/, '')}`);

const texts: Readonly<Record<ErrorCode, Text>> = {
  usage: (fact) => ({
    what: fact('what', 'This command cannot be understood.'),
    next: fact('next', 'Look at “vermeil --help”. Nothing was done.'),
  }),
  'file-missing': (fact) => ({
    what: `${fact('file', 'A file')} is not there.`,
    next: 'Look at the name and the folder, then try again.',
  }),
  'file-unreadable': (fact) => ({
    what: `${fact('file', 'A file')} cannot be read or written${because(fact)}.`,
    next: fact('next', 'See whether it is open elsewhere and whether you may use it, then try again.'),
  }),
  'format-unknown': (fact) =>
    fact('is') !== ''
      ? {
          what: `${fact('file', 'This file')} ${fact('is')}.`,
          next: `${fact('next')} Nothing was imported, and your file is unchanged.`,
        }
      : fact('seen') === 'binary data'
        ? {
            what: `${fact('file', 'This file')} holds no text: it may be an archive, a picture, a document or a model.`,
            next: 'Unpack an archive, save a document as plain text, and bring that. Nothing was imported, and your file is unchanged.',
          }
        : {
            what: `${fact('file', 'This file')} is in no format that Vermeil reads. It begins with ${fact('seen', 'something unknown')}.`,
            next: `It reads ${fact('known', 'CoNLL columns and JSON lines')}. Nothing was imported, and your file is unchanged.`,
          },
  'data-empty': (fact) =>
    fact('source') === ''
      ? {
          what: `${fact('file', 'The data')} holds no sentence that can be used.`,
          next: 'Look into the file, or choose another. Nothing was imported, and your file is unchanged.',
        }
      : {
          what: `This way of training needs ${fact('source')} sentences, and there are none with labels.`,
          next: `Add ${fact('source')} data, or choose a way of training that does without.`,
        },
  'data-invalid': (fact) => ({
    what: `The data does not fit${because(fact)}.`,
    next: 'Mend the data and try again. Nothing was changed.',
  }),
  'labels-differ': (fact) => ({
    what: `The labels of the data (${fact('found', 'unknown')}) are not those of the model (${fact('wanted', 'unknown')}).`,
    next: 'Rename the labels in the data, or use a model that was trained with them.',
  }),
  'config-invalid': (fact) => ({
    what: `The setting “${fact('field', 'unknown')}” cannot be ${fact('value', 'what it is')}.`,
    next: `It must be ${fact('range', 'one of the values in the help')}. Nothing was started.`,
  }),
  'checkpoint-truncated': (fact) => ({
    what: `The model file${named(fact)} is not complete${because(fact)}${amount(fact)}.`,
    next: 'Download it again; a broken transfer is the usual cause. Your data and runs are safe.',
  }),
  'checkpoint-invalid': (fact) => ({
    what: `The model${named(fact)} cannot be read${because(fact)}.`,
    next: 'Use a BERT model with config.json, model.safetensors and tokenizer files, or the model that comes with Vermeil.',
  }),
  'checkpoint-not-bert': (fact) => ({
    what: `This model is of the type ${fact('found', 'unknown')}, and Vermeil trains BERT only.`,
    next: 'Choose a model whose config.json says “model_type”: “bert”, or the model that comes with Vermeil.',
  }),
  'checkpoint-sizes': (fact) => {
    const [found, wanted] = [fact('found', 'unknown'), fact('wanted', 'another')];
    if (fact('what') === 'layers') {
      return {
        what: `The model has ${fact('found', 'fewer')} layers, and ${fact('wanted', 'more')} were asked for.`,
        next: `Ask for ${fact('found', 'as many as there are')} or fewer; 0 keeps all.`,
      };
    }
    if (fact('what') === 'maxPieces') {
      return {
        what: `Windows of ${found} pieces were asked for, and the model reads at most ${wanted}.`,
        next: `Set the pieces of a window to ${wanted} or fewer; longer sentences go through in several windows.`,
      };
    }
    return {
      what: `The model’s files contradict each other: ${fact('what', 'a part')} has the size ${found}, where ${wanted} was expected.`,
      next: 'See that config.json, model.safetensors and the tokenizer come from the same model. Nothing was changed.',
    };
  },
  'tokenizer-invalid': (fact) => ({
    what: `The model’s tokenizer cannot be used${because(fact)}.`,
    next: 'It takes a tokenizer.json of type WordPiece, or a vocab.txt, from the same place as the model.',
  }),
  'device-unavailable': (fact) => ({
    what: fact('what', `The device “${fact('device', 'asked for')}” cannot be used here${because(fact)}.`),
    next: fact(
      'next',
      fact('device') === 'wasm'
        ? 'Use a browser of the last three years, or another device. Your data and runs are safe.'
        : 'Choose another device; “wasm” works nearly everywhere, only slower. Your data and runs are safe.',
    ),
  }),
  'device-wrong': (fact) => ({
    what: `The device “${fact('device', 'chosen')}” computes wrong numbers${because(fact)}.`,
    next: 'Nothing was trained on it. Update the graphics driver or the browser, or choose the device “wasm”.',
  }),
  'device-lost': (fact) =>
    fact('gone') === ''
      ? {
          what: `The graphics card was lost in the middle of the work${because(fact)}.`,
          next: `${goOn(fact)} If it happens again, close other programs or choose the device “wasm”.`,
        }
      : {
          what: 'The graphics card was lost in the middle of the work, and this browser does not give it out again.',
          next: `Restart the browser (close all of its windows) first. ${goOn(fact)} Before a restart it would compute on the device “wasm”, which takes longer.`,
        },
  'precision-unavailable': (fact) => ({
    what: `Half precision needs a graphics card (the device “webgpu”), and this run is on the device “${fact('device', 'wasm')}”.`,
    next: 'Set the precision to full, which trains the same model, or choose the device “webgpu”. Nothing was started.',
  }),
  'gpu-error': (fact) => ({
    what: `The graphics card reported an error, so that its numbers cannot be trusted${because(fact)}.`,
    next: `${goOn(fact)} If it happens again, choose the device “wasm”.`,
  }),
  'out-of-memory': () => ({
    what: 'The device has not enough memory for this run, even with one sentence at a time.',
    next: 'Go on after closing other programs and tabs, or train with fewer layers or a smaller “Longest window”.',
  }),
  'not-finite': (fact) => ({
    what: `Training went astray at step ${fact('step', 'unknown')}: the loss or the gradient is no longer a number.`,
    next:
      fact('precision') === 'f16'
        ? 'The last good snapshot is safe. Train again in full precision: half has no numbers above 65,504. Or take a lower learning rate.'
        : 'The last good snapshot is safe. Train again with a lower learning rate, or with clipping switched on.',
  }),
  'snapshot-mismatch': (fact) => ({
    what: `The saved state belongs to another run: the ${fact('part', 'setup')} is not the same.`,
    next: 'Put back what was changed, or start a new run. The saved state is untouched.',
  }),
  'snapshot-damaged': (fact) => ({
    what: `The saved state of this run cannot be read${because(fact)}.`,
    next: 'Start the run again; your data and finished runs are safe.',
  }),
  'sentence-changed': () => ({
    what: 'These data were changed in another tab or window since they were read here.',
    next: 'Nothing was overwritten. Note your change, reload the page, and make it again.',
  }),
  'storage-full': (fact) => ({
    what: `There is no room left to save${because(fact)}.`,
    next: 'Remove runs or data that you no longer need, or free disk space, and try again. What was saved before is safe.',
  }),
  'storage-failed': (fact) => ({
    what: `Saving or reading in this browser failed${because(fact)}.`,
    next: 'Reload the page. If it fails again, see that this is no private window and that the site may store data.',
  }),
  'storage-newer': () => ({
    what: 'What is saved here was written by a newer version of Vermeil; it was not touched.',
    next: 'Close all its tabs and reload to get the newer version.',
  }),
  'worker-failed': (fact) => ({
    what: `The part that computes has stopped working${because(fact)}.`,
    next: `Reload the page. ${goOn(fact)}`,
  }),
  'run-elsewhere': (fact) => ({
    what: `${fact('kept') === '' ? 'This run' : `“${fact('kept')}” was not removed: it`} goes on in another tab or window.`,
    next: 'Watch it there, or close that tab and go on from the last snapshot here.',
  }),
  stopped: (fact) => ({
    what: fact('step') === '' ? 'You stopped this.' : `You stopped the run after step ${fact('step')}.`,
    next: 'You can go on from there later.',
  }),
  ...teacherTexts,
};

/** What is safe of a run whose place broke, where that is known. */
function goOn(fact: Facts): string {
  const saved = fact('saved');
  if (saved === '') return 'Go on from the last snapshot, which is safe.';
  if (saved === '0') return 'Nothing of this run had been saved yet: start it again.';
  return `Go on from step ${saved}, up to which all is saved.`;
}

function named(fact: Facts): string {
  return fact('file') === '' ? '' : ` “${fact('file')}”`;
}

function amount(fact: Facts): string {
  if (fact('found') === '' || fact('wanted') === '') return '';
  return `: ${fact('found')} of ${fact('wanted')} bytes came`;
}

/** The text of anything that was thrown; what is no AppError is told as unforeseen, with its own message. */
export function sentenceOf(error: unknown): ErrorText {
  if (error instanceof AppError) return textOf(error.code, error.detail);
  return {
    what: `Something happened that Vermeil did not foresee: ${messageOf(error).replace(/\.$/, '') || 'no message'}.`,
    next: 'Try again. If it comes back, report it with this sentence; what was saved before is safe.',
  };
}

/** The text of a code with its facts, for failures that came as plain data, such as from a worker. */
export function textOf(code: ErrorCode, detail: ErrorDetail): ErrorText {
  return texts[code]((name, otherwise = '') => {
    const value = detail[name];
    return value === undefined || value === '' ? otherwise : String(value);
  });
}
