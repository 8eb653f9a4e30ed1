import { describe, expect, test } from 'vitest';
import { checkSettings, under } from '../../../../src/llm/providers/endpoint.ts';
import { httpProviders } from '../../../../src/llm/providers/httpTeacher.ts';
import type { HttpProviderId, PromptText, TeacherSettings } from '../../../../src/llm/providers/provider.ts';
import { settings } from '../../../support/job.ts';

const schema = { type: 'object', properties: {} };
const prompt: PromptText = { system: 'S', user: 'U', hash: 'h', structured: schema };
const all: Partial<TeacherSettings> = { maxTokens: 9, temperature: 0, topP: 0.5, seed: 7, structured: true };
const bodyOf = (id: HttpProviderId, change: Partial<TeacherSettings>, text: PromptText = prompt): unknown =>
  JSON.parse(
    httpProviders[id].request(settings({ endpoint: 'https://x.test/v1/', ...change }), text, 'the-key').body ?? '',
  );

describe('what is sent', () => {
  test('OpenAI: Chat Completions, parameters only when set', () => {
    const request = httpProviders.openai.request(settings({ endpoint: 'https://x.test/v1/' }), prompt, 'the-key');
    expect(request).toMatchObject({
      url: 'https://x.test/v1/chat/completions',
      headers: { authorization: 'Bearer the-key', 'content-type': 'application/json' },
    });
    const messages = [
      { role: 'system', content: 'S' },
      { role: 'user', content: 'U' },
    ];
    expect(bodyOf('openai', { maxTokens: null })).toEqual({ model: 'm', messages });
    expect(bodyOf('openai', { ...all, extra: { reasoning_effort: 'low', seed: 8 } })).toEqual({
      model: 'm',
      messages,
      max_tokens: 9,
      temperature: 0,
      top_p: 0.5,
      seed: 8,
      response_format: { type: 'json_schema', json_schema: { name: 'entities', strict: true, schema } },
      reasoning_effort: 'low',
    });
    expect(bodyOf('openai', { ...all, structured: false })).not.toHaveProperty('response_format');
  });

  test('OpenAI itself is told max_completion_tokens, other servers max_tokens, and a person may say which', () => {
    const at = (endpoint: string, maxTokensName: TeacherSettings['maxTokensName'] = null) =>
      bodyOf('openai', { endpoint, maxTokensName });
    expect(at('https://api.openai.com/v1')).toMatchObject({ max_completion_tokens: 100 });
    expect(at('https://api.openai.com/v1', 'max_tokens')).toMatchObject({ max_tokens: 100 });
    expect(at('http://localhost:11434/v1')).toMatchObject({ max_tokens: 100 });
    expect(at('http://localhost:11434/v1', 'max_completion_tokens')).toMatchObject({ max_completion_tokens: 100 });
  });

  test('a server of one’s own is asked without a header where there is no key', () => {
    expect(httpProviders.openai.request(settings(), prompt, '').headers).toEqual({
      'content-type': 'application/json',
    });
  });

  test('Anthropic: Messages with the headers that a page needs', () => {
    const { url, headers } = httpProviders.anthropic.request(
      settings({ endpoint: 'https://x.test/v1' }),
      prompt,
      'the-key',
    );
    expect(url).toBe('https://x.test/v1/messages');
    expect(headers).toEqual({
      'content-type': 'application/json',
      'x-api-key': 'the-key',
      'anthropic-version': '2023-06-01',
      'anthropic-dangerous-direct-browser-access': 'true',
    });
    const messages = [{ role: 'user', content: 'U' }];
    expect(bodyOf('anthropic', {})).toEqual({ model: 'm', max_tokens: 100, system: 'S', messages });
    expect(bodyOf('anthropic', all)).toEqual({
      model: 'm',
      max_tokens: 9,
      system: 'S',
      messages,
      temperature: 0,
      top_p: 0.5,
      output_config: { format: { type: 'json_schema', schema } },
    });
    expect(bodyOf('anthropic', {}, { ...prompt, system: '' })).not.toHaveProperty('system');
  });

  test('Gemini: generateContent, the key in a header and nowhere in the address', () => {
    const request = httpProviders.gemini.request(
      settings({ endpoint: 'https://x.test/v1beta', model: 'models/g 1' }),
      prompt,
      'the-key',
    );
    expect(request.url).toBe('https://x.test/v1beta/models/g%201:generateContent');
    expect(request.headers).toMatchObject({ 'x-goog-api-key': 'the-key' });
    expect(httpProviders.gemini.modelsRequest('https://x.test/v1beta', 'the-key').url).not.toContain('the-key');
    const asked = {
      systemInstruction: { parts: [{ text: 'S' }] },
      contents: [{ role: 'user', parts: [{ text: 'U' }] }],
    };
    expect(bodyOf('gemini', { maxTokens: null })).toEqual(asked);
    expect(bodyOf('gemini', all)).toEqual({
      ...asked,
      generationConfig: {
        maxOutputTokens: 9,
        temperature: 0,
        topP: 0.5,
        seed: 7,
        responseMimeType: 'application/json',
        responseJsonSchema: schema,
      },
    });
  });

  test('no schema is sent where the prompt has none, as for chain of thought', () => {
    const free = { ...prompt, structured: null };
    expect(bodyOf('openai', all, free)).not.toHaveProperty('response_format');
    expect(bodyOf('anthropic', all, free)).not.toHaveProperty('output_config');
    expect(bodyOf('gemini', all, free)).not.toHaveProperty('generationConfig.responseJsonSchema');
  });
});

describe('addresses and settings that are refused', () => {
  test.each([
    ['', 'an address such as http://localhost:11434/v1'],
    ['localhost:11434', 'an address that begins with http'],
    ['https://me:secret@x.test/v1', 'an address without a name or password in it'],
    ['https://x.test/v1?key=secret', 'an address without the key, which goes in its own field'],
    ['https://x.test/v1#a', 'an address without a “#”'],
  ])('%s', (endpoint, range) => {
    const check = () => checkSettings(httpProviders.openai, settings({ endpoint }), '');
    expect(check).toThrow(
      expect.objectContaining({ code: 'config-invalid', detail: expect.objectContaining({ range }) }),
    );
  });

  test('a query that holds no key stays, at the end of the address', () => {
    expect(under('https://x.test/v1/?api-version=2', 'models', { limit: '5' })).toBe(
      'https://x.test/v1/models?api-version=2&limit=5',
    );
  });

  test('a key in the stored settings, a missing key, a key with a line break', () => {
    const check = (id: HttpProviderId, change: Partial<TeacherSettings>, key: string) => () =>
      checkSettings(httpProviders[id], settings(change), key);
    const about = (field: string) => expect.objectContaining({ detail: expect.objectContaining({ field }) });
    expect(check('openai', { extra: { user: 'my-secret' } }, 'my-secret')).toThrow(about('extra fields'));
    expect(check('openai', { model: 'my-secret' }, 'my-secret')).toThrow(about('model'));
    expect(check('openai', { model: 'sk-abcdefgh12345678' }, '')).toThrow(about('model'));
    expect(check('openai', { extra: { user: 'AIzaSyA1234567890abcdef' } }, '')).toThrow(about('extra fields'));
    expect(check('gemini', {}, '')).toThrow(about('key'));
    expect(check('anthropic', { maxTokens: null }, 'k')).toThrow(about('most tokens'));
    expect(check('openai', {}, 'my\nsecret')).toThrow(about('key'));
    expect(check('openai', { model: ' ' }, '')).toThrow(about('model'));
    expect(check('openai', {}, '')).not.toThrow();
  });
});
