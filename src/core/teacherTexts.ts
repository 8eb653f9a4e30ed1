import type { TeacherErrorCode } from './errors.ts';
import type { Text } from './errorTexts.ts';

/** What the provider itself said, as a sentence of its own; nothing where it said nothing. */
const said = (fact: (name: string) => string): string => {
  const words = fact('said').trim();
  return words === '' ? '' : ` It says: “${words.replace(/[.\s]+$/, '')}”.`;
};

const safe = 'Every answer that came is kept.';

/** Why a request never reached the model's server, as far as a page can find out; by `cause`. */
const unreachable: Readonly<Record<string, { readonly what: string; readonly next: string }>> = {
  policy: {
    what: 'This page may not talk to {origin}: its own security policy allows approved addresses only.',
    next: 'Approve the address, reload the page, then type the key again. Nothing was sent.',
  },
  'mixed-content': {
    what: 'This page came by https, and browsers do not let it ask {origin} by plain http.',
    next: 'Use an https address, or run Vermeil itself on this machine (“vermeil serve”) and open it from there.',
  },
  'local-denied': {
    what: 'The browser was told not to let this page reach programs on this machine or in the local network.',
    next: 'Allow “local network access” for this page in the browser’s site settings, then try again.',
  },
  cors: {
    what: '{origin} answers, but it does not let pages read its answers (CORS).',
    next: '{advice}',
  },
  offline: {
    what: 'This machine has no connection to the network.',
    next: `Connect it and go on. ${safe}`,
  },
  refused: {
    what: 'Nothing answers at {origin}: the connection was refused.',
    next: `Start the server, or correct the address and its port. ${safe}`,
  },
  'no-host': {
    what: 'There is no machine with the name in {origin}.',
    next: `Correct the address. ${safe}`,
  },
  certificate: {
    what: 'The certificate of {origin} cannot be trusted.',
    next: 'Correct the address, or have the server’s certificate put right.',
  },
};

/** The sentences of `errorTexts.ts` for language models as teachers. */
export const teacherTexts: Readonly<Record<TeacherErrorCode, Text>> = {
  'teacher-key': (fact) => ({
    what: `The provider does not accept the key.${said(fact)}`,
    next: 'Type the key again; see that it belongs to this provider and has not been withdrawn.',
  }),
  'teacher-forbidden': (fact) => ({
    what: `The key may not be used for this.${said(fact)}`,
    next: 'See at the provider which models and regions the key is for, or choose another model.',
  }),
  'teacher-quota': (fact) => ({
    what: `The account has no credit or quota left.${said(fact)}`,
    next: `Add credit at the provider, or wait until the quota begins anew, then go on. ${safe}`,
  }),
  'teacher-rate': (fact) => ({
    what: `The provider wants fewer requests in this time, and did not let one through after ${fact('attempts', 'several')} tries.${said(fact)}`,
    next: `Go on later, or with fewer requests at a time. ${safe}`,
  }),
  'teacher-busy': (fact) => ({
    what: `The provider has too much to do just now.${said(fact)}`,
    next: `Go on in some minutes. ${safe}`,
  }),
  'teacher-server': (fact) => ({
    what: `The provider’s server failed (status ${fact('status', '500')}).${said(fact)}`,
    next: `Go on later; if it stays so, look at the provider’s status page or the server’s own log. ${safe}`,
  }),
  'teacher-not-found': (fact) => ({
    what: `There is no model “${fact('model', 'of this name')}” at ${fact('origin', 'this address')}, or the address is wrong.${said(fact)}`,
    next: 'Choose a model from the list, and see that the address ends as the help of the provider shows.',
  }),
  'teacher-parameter': (fact) => ({
    what: `This model does not take the setting “${fact('parameter', 'that was sent')}” as it is.${said(fact)}`,
    next:
      fact('parameter') === 'max_tokens'
        ? 'Set the name of the most tokens to max_completion_tokens, then go on.'
        : 'Leave that setting empty, or give it another value, then go on.',
  }),
  'teacher-request': (fact) => ({
    what: `The provider cannot do anything with the request (status ${fact('status', '400')}).${said(fact)}`,
    next: 'Look at the request as it is shown, and shorten or mend it.',
  }),
  'teacher-timeout': (fact) => ({
    what: `No answer came within ${fact('seconds', 'the')} seconds.`,
    next: 'It may have been charged. Give requests more time or send fewer at once, then ask those again that failed.',
  }),
  'teacher-cut': () => ({
    what: 'The connection broke in the middle of an answer.',
    next: 'It may have been charged. Ask those again that failed, when the connection is better.',
  }),
  'teacher-unreachable': (fact) => {
    const found = unreachable[fact('cause')];
    const origin = fact('origin', 'the address');
    if (found !== undefined) {
      const fill = (text: string) =>
        text
          .replaceAll('{origin}', origin)
          .replaceAll('{advice}', fact('advice', 'Set the server to allow this page’s address.'));
      return { what: fill(found.what), next: fill(found.next) };
    }
    return {
      what: `${origin} cannot be reached, and the browser does not say why.`,
      next: fact('advice', 'See that the address is right, that the server runs, and that it allows this page (CORS).'),
    };
  },
  'teacher-unreadable': (fact) => ({
    what: `What came back is not an answer of this kind of provider, but ${fact('seen', 'something else')}.`,
    next: 'See that the address is that of the API and not of a website, and that provider and address belong together.',
  }),
  'teacher-silent': (fact) => ({
    what: `${fact('teacher', 'This teacher')} has no answer to sentence ${fact('sentence', 'asked about')}.`,
    next: 'Ask only about sentences that it has labels or recorded answers for. The others stay unlabelled.',
  }),
};
