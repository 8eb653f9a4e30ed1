import { describe, expect, test } from 'vitest';
import { textOf } from '../../../../src/core/errorTexts.ts';
import { diagnose, mayPass, type NetworkFacts } from '../../../../src/llm/providers/diagnose.ts';
import { holdsKey, redact, redactKeyLike } from '../../../../src/llm/providers/redact.ts';
import { waitInMessage } from '../../../../src/llm/providers/readBody.ts';
import { waitOf } from '../../../../src/llm/providers/transport.ts';

const base: NetworkFacts = {
  url: 'http://localhost:11434/v1/chat/completions',
  pageOrigin: 'https://vermeil.example',
  online: true,
  policyViolated: false,
  localPermission: null,
  probe: 'failed',
  systemCode: '',
};
const told = (facts: Partial<NetworkFacts>) => {
  const { cause, detail } = diagnose({ ...base, ...facts });
  return { cause, mayPass: mayPass(cause), ...textOf('teacher-unreachable', detail) };
};

describe('why fetch failed', () => {
  test.each([
    [{ policyViolated: true, probe: null }, 'policy', /its own security policy allows approved addresses only/, false],
    [
      { url: 'http://192.168.1.7:8000/v1' },
      'mixed-content',
      /browsers do not let it ask http:\/\/192\.168\.1\.7:8000/,
      false,
    ],
    [
      { localPermission: 'denied' as const },
      'local-denied',
      /not to let this page reach programs on this machine/,
      false,
    ],
    [{ probe: 'answered' as const }, 'cors', /^http:\/\/localhost:11434 answers, but it does not let pages/, false],
    [{ url: 'https://api.x.test/v1', online: false }, 'offline', /no connection to the network/, true],
    [{ pageOrigin: '', systemCode: 'ECONNREFUSED' }, 'refused', /the connection was refused/, true],
    [{ pageOrigin: '', systemCode: 'ENOTFOUND' }, 'no-host', /no machine with the name/, true],
    [{ pageOrigin: '', systemCode: 'CERT_HAS_EXPIRED' }, 'certificate', /cannot be trusted/, false],
    [{}, 'undecided', /the browser does not say why/, true],
  ])('%j: %s', (facts, cause, what, again) => {
    const found = told(facts);
    expect(found).toMatchObject({ cause, mayPass: again });
    expect(found.what).toMatch(what);
  });

  test('plain http to this machine is no mixed content, nor is any from a plain page', () => {
    expect(told({ url: 'http://127.0.0.1:8080/v1' }).cause).toBe('undecided');
    expect(told({ url: 'http://192.168.1.7:8000/v1', pageOrigin: 'http://localhost:4173' }).cause).toBe('undecided');
  });

  test.each([
    [11434, 'https://vermeil.example', /OLLAMA_ORIGINS=https:\/\/vermeil\.example/],
    [11434, 'null', /OLLAMA_ORIGINS=\*.*opened as a file and has the origin “null”/],
    [1234, 'null', /“Enable CORS”.*opened as a file/],
    [8000, 'null', /--allowed-origins '\["\*"\]'.*opened as a file/],
    [8080, 'https://vermeil.example', /--cors-origins "https:\/\/vermeil\.example"/],
    [9999, 'https://vermeil.example', /Access-Control-Allow-Origin: https:\/\/vermeil\.example/],
  ])('a server on port %d, from %s', (port, pageOrigin, next) => {
    const found = told({ url: `http://localhost:${String(port)}/v1`, pageOrigin, probe: 'answered' });
    expect(found.next).toMatch(next);
  });

  test('what cannot be decided lists what it may be, with what to do', () => {
    const local = told({ localPermission: 'prompt' }).next;
    expect(local).toMatch(
      /\(1\) the server does not run.*\(2\) the browser waits for your permission.*\(3\).*Safari.*\(4\).*CORS.*OLLAMA_ORIGINS.*\(5\) an extension/,
    );
    const remote = told({ url: 'https://api.x.test/v1' }).next;
    expect(remote).not.toMatch(/permission|Safari/);
    expect(remote).toMatch(/\(2\) the server does not allow this page/);
  });
});

test('Retry-After in seconds or as a date', () => {
  const now = Date.parse('2025-10-21T07:28:00Z');
  expect(waitOf('3', now)).toBe(3000);
  expect(waitOf('Tue, 21 Oct 2025 07:28:30 GMT', now)).toBe(30_000);
  expect(waitOf('Tue, 21 Oct 2025 07:27:00 GMT', now)).toBe(0);
  for (const nothing of [null, '', 'soon', '-1']) expect(waitOf(nothing, now)).toBeNull();
});

test('waits in OpenAI’s messages', () => {
  expect(waitInMessage('Please try again in 1.2s. Visit')).toBe(1200);
  expect(waitInMessage('Please try again in 350ms.')).toBe(350);
  expect(waitInMessage('Please try again in 1m30s.')).toBe(90_000);
  expect(waitInMessage('Please try again in 6m0s.')).toBe(360_000);
  expect(waitInMessage('Please try again in a while.')).toBeNull();
});

test('keys are hidden as they are, in addresses, in JSON, and shortened by the provider', () => {
  expect(redact('a my"secret b', 'my"secret')).toBe('a ••• b');
  expect(redact('?k=my%22secret', 'my"secret')).toBe('?k=•••');
  expect(redact(JSON.stringify({ k: 'my"secret' }), 'my"secret')).toBe('{"k":"•••"}');
  expect(holdsKey(JSON.stringify({ k: 'my"secret' }), ['other', 'my"secret'])).toBe(true);
  expect(redact('sk-learned words stay', 'other')).toBe('sk-learned words stay');
  expect(redactKeyLike('provided: sk-ab****************wxyz.')).toBe('provided: •••.');
  expect(redactKeyLike('AIzaSyA1234567890abcdef')).toBe('•••');
  expect(redactKeyLike('the task-force')).toBe('the task-force');
});

test('a word that stands in for a key is no secret: no answer is cut for it', () => {
  const answer = JSON.stringify({ index: 1, model: 'ollama/llama3', content: 'none' });
  for (const word of ['', 'x', '1', 'none', 'ollama']) {
    expect(redact(answer, word)).toBe(answer);
    expect(holdsKey(answer, [word])).toBe(false);
  }
});
