import { expect, test } from 'vitest';
import { diagnose } from '../../../src/llm/providers/diagnose.ts';
import { httpTeacher } from '../../../src/llm/providers/httpTeacher.ts';
import { browserNetwork, type NetworkScope } from '../../../src/worker/network.ts';
import { question, settings } from '../../support/job.ts';

const url = 'http://localhost:11434/v1/chat/completions';

/** A page whose fetch fails but for probes, and what it was asked. */
function scopeWith(change: Partial<NetworkScope> = {}, probeAnswers = false) {
  const asked: { readonly url: string; readonly init: RequestInit }[] = [];
  const scope: NetworkScope = {
    fetch: (input, init = {}) => {
      asked.push({ url: input as string, init });
      if (init.mode === 'no-cors' && probeAnswers) return Promise.resolve(new Response());
      return Promise.reject(new TypeError('Failed to fetch'));
    },
    origin: 'https://vermeil.example',
    online: () => true,
    permissions: undefined,
    onPolicyViolation: () => undefined,
    onWithheld: () => undefined,
    ...change,
  };
  return { network: browserNetwork(scope), asked };
}

test('a probe goes to the origin alone, without the key, and tells missing CORS', async () => {
  const { network, asked } = scopeWith({}, true);
  const access = { settings: settings({ endpoint: 'http://localhost:11434/v1' }), key: 'the-secret', timeoutMs: 100 };
  const reply = await httpTeacher('openai', access, network).ask(question('U', '1'), new AbortController().signal);
  expect(reply).toMatchObject({ ok: false, failure: { code: 'teacher-unreachable', detail: { cause: 'cors' } } });
  const [, probe, ...more] = asked;
  expect(more).toEqual([]);
  expect(probe).toMatchObject({ url: 'http://localhost:11434/', init: { mode: 'no-cors', credentials: 'omit' } });
  expect(JSON.stringify(probe)).not.toContain('the-secret');
});

test('a probe whose answer an isolated page is refused counts as answered, once the browser has told of it', async () => {
  let tell: (url: string) => void = () => undefined;
  const { network } = scopeWith({ onWithheld: (listener) => (tell = listener) });
  tell('http://localhost:11434/'); // of a probe before: says nothing of this one
  expect((await network.observe(url, '')).probe).toBe('failed');
  const observed = network.observe(url, '');
  setTimeout(() => tell('http://localhost:1234/'), 30);
  setTimeout(() => tell('http://localhost:11434/'), 60);
  const facts = await observed;
  expect([facts.probe, diagnose(facts).cause]).toEqual(['answered', 'cors']);
});

test('a request that the page’s policy has blocked is known by its origin, told late as it is, and not probed', async () => {
  let tell: (url: string) => void = () => undefined;
  const { network, asked } = scopeWith({ onPolicyViolation: (listener) => (tell = listener) });
  setTimeout(() => {
    tell('inline');
    tell(url);
  }, 0);
  await new Promise((resolve) => setTimeout(resolve, 5));
  const facts = await network.observe(url, '');
  expect([facts.policyViolated, facts.probe, diagnose(facts).cause]).toEqual([true, null, 'policy']);
  expect(asked).toHaveLength(0);
  expect((await network.observe('http://localhost:1234/v1', '')).policyViolated).toBe(false);
});

test.each([
  [{ 'loopback-network': 'denied', 'local-network': 'granted' }, 'denied'],
  [{ 'local-network-access': 'prompt' }, 'prompt'],
  [{ 'local-network-access': 'granted' }, 'granted'],
  [{}, null],
] as const)('the permission for local programs under any of its names: %j', async (known, expected) => {
  const permissions = {
    query({ name }: { name: string }) {
      const state = (known as Readonly<Record<string, string>>)[name];
      return state === undefined ? Promise.reject(new TypeError('unknown name')) : Promise.resolve({ state });
    },
  } as unknown as Permissions;
  const { network } = scopeWith({ permissions });
  const facts = await network.observe(url, '');
  expect(facts).toMatchObject({ localPermission: expected, probe: 'failed', pageOrigin: 'https://vermeil.example' });
});
