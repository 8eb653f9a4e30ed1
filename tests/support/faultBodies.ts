import type { HttpProviderId } from '../../src/llm/providers/provider.ts';

/** Faults that are a status with a body of the provider's own form. */
export type BodyFault =
  | 'bad-key'
  | 'forbidden'
  | 'not-found'
  | 'rate-with-wait'
  | 'rate-without-wait'
  | 'quota'
  | 'server-error'
  | 'overloaded'
  | 'parameter'
  | 'too-long';

/** The key that the server takes. */
export const faultKey = 'sk-test-0123456789abcdef';

/** The error bodies that the documentation of each provider shows, by fault: [status, body]. */
export const errorBodies: Readonly<Record<HttpProviderId, Readonly<Record<BodyFault, readonly [number, unknown]>>>> = {
  openai: {
    'bad-key': [
      401,
      openaiError(`Incorrect API key provided: ${faultKey}.`, 'invalid_request_error', 'invalid_api_key'),
    ],
    forbidden: [
      403,
      openaiError(
        'Country, region, or territory not supported',
        'request_forbidden',
        'unsupported_country_region_territory',
      ),
    ],
    'not-found': [
      404,
      openaiError(
        'The model `m` does not exist or you do not have access to it.',
        'invalid_request_error',
        'model_not_found',
      ),
    ],
    'rate-with-wait': [
      429,
      openaiError('Rate limit reached for m on requests per min (RPM).', 'requests', 'rate_limit_exceeded'),
    ],
    'rate-without-wait': [
      429,
      openaiError('Rate limit reached for m. Please try again in 20ms.', 'requests', 'rate_limit_exceeded'),
    ],
    quota: [
      429,
      openaiError(
        'You exceeded your current quota, please check your plan and billing details.',
        'insufficient_quota',
        'insufficient_quota',
      ),
    ],
    'server-error': [500, openaiError('The server had an error while processing your request.', 'server_error', null)],
    overloaded: [503, openaiError('That model is currently overloaded with other requests.', 'server_error', null)],
    parameter: [
      400,
      openaiError(
        "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
        'invalid_request_error',
        'unsupported_parameter',
        'max_tokens',
      ),
    ],
    'too-long': [
      400,
      openaiError(
        "This model's maximum context length is 128 tokens.",
        'invalid_request_error',
        'context_length_exceeded',
        'messages',
      ),
    ],
  },
  anthropic: {
    'bad-key': [401, anthropicError('authentication_error', 'invalid x-api-key')],
    forbidden: [
      403,
      anthropicError('permission_error', 'Your API key does not have permission to use the specified resource.'),
    ],
    'not-found': [404, anthropicError('not_found_error', 'model: m')],
    'rate-with-wait': [429, anthropicError('rate_limit_error', 'This request would exceed your rate limit.')],
    'rate-without-wait': [429, anthropicError('rate_limit_error', 'This request would exceed your rate limit.')],
    quota: [
      400,
      anthropicError('invalid_request_error', 'Your credit balance is too low to access the Anthropic API.'),
    ],
    'server-error': [500, anthropicError('api_error', 'Internal server error')],
    overloaded: [529, anthropicError('overloaded_error', 'Overloaded')],
    parameter: [400, anthropicError('invalid_request_error', 'temperature: Extra inputs are not permitted')],
    'too-long': [413, anthropicError('request_too_large', 'Request exceeds the maximum size')],
  },
  gemini: {
    'bad-key': [
      400,
      geminiError(400, 'INVALID_ARGUMENT', 'API key not valid. Please pass a valid API key.', [
        { '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: 'API_KEY_INVALID', domain: 'googleapis.com' },
      ]),
    ],
    forbidden: [403, geminiError(403, 'PERMISSION_DENIED', 'Method doesn’t allow unregistered callers.')],
    'not-found': [404, geminiError(404, 'NOT_FOUND', 'models/m is not found for API version v1beta.')],
    'rate-with-wait': [429, geminiError(429, 'RESOURCE_EXHAUSTED', 'Resource has been exhausted.')],
    'rate-without-wait': [
      429,
      geminiError(429, 'RESOURCE_EXHAUSTED', 'Resource has been exhausted.', [
        { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '0.02s' },
      ]),
    ],
    quota: [
      429,
      geminiError(429, 'RESOURCE_EXHAUSTED', 'You exceeded your current quota.', [
        {
          '@type': 'type.googleapis.com/google.rpc.QuotaFailure',
          violations: [{ quotaId: 'GenerateRequestsPerDayPerProjectPerModel-FreeTier', quotaValue: '250' }],
        },
      ]),
    ],
    'server-error': [500, geminiError(500, 'INTERNAL', 'An internal error has occurred.')],
    overloaded: [503, geminiError(503, 'UNAVAILABLE', 'The model is overloaded. Please try again later.')],
    parameter: [
      400,
      geminiError(400, 'INVALID_ARGUMENT', 'Invalid value', [
        {
          '@type': 'type.googleapis.com/google.rpc.BadRequest',
          fieldViolations: [{ field: 'generation_config.temperature', description: 'temperature must be in [0, 2]' }],
        },
      ]),
    ],
    'too-long': [400, geminiError(400, 'INVALID_ARGUMENT', 'The input token count exceeds the maximum.')],
  },
};

function openaiError(message: string, type: string, code: string | null, param: string | null = null): unknown {
  return { error: { message, type, param, code } };
}

function anthropicError(type: string, message: string): unknown {
  return { type: 'error', error: { type, message }, request_id: 'req_1' };
}

function geminiError(code: number, status: string, message: string, details: readonly unknown[] = []): unknown {
  return { error: { code, message, status, ...(details.length > 0 && { details }) } };
}

/** A successful body as the documentation shows it; 100 tokens in, 20 out. */
export function okBody(provider: HttpProviderId, text: string, how: 'ok' | 'refusal' | 'cut-off'): unknown {
  switch (provider) {
    case 'openai':
      return {
        id: 'chatcmpl-1',
        object: 'chat.completion',
        created: 1_700_000_000,
        model: 'm-2025',
        choices: [
          {
            index: 0,
            message:
              how === 'refusal'
                ? { role: 'assistant', content: null, refusal: 'I cannot help with that.' }
                : { role: 'assistant', content: text, refusal: null },
            finish_reason: how === 'cut-off' ? 'length' : 'stop',
          },
        ],
        usage: { prompt_tokens: 100, completion_tokens: 20, total_tokens: 120 },
      };
    case 'anthropic':
      return {
        id: 'msg_1',
        type: 'message',
        role: 'assistant',
        model: 'm-2025',
        content:
          how === 'refusal' || text === ''
            ? []
            : [
                { type: 'thinking', thinking: 'hm' },
                { type: 'text', text },
              ],
        stop_reason: { ok: 'end_turn', refusal: 'refusal', 'cut-off': 'max_tokens' }[how],
        stop_sequence: null,
        usage: { input_tokens: 90, cache_read_input_tokens: 10, output_tokens: 20 },
      };
    case 'gemini':
      return how === 'refusal'
        ? {
            promptFeedback: { blockReason: 'SAFETY' },
            usageMetadata: { promptTokenCount: 100, totalTokenCount: 100 },
            modelVersion: 'm-2025',
          }
        : {
            candidates: [
              {
                content: { role: 'model', parts: [{ text: 'hm', thought: true }, { text }] },
                finishReason: how === 'cut-off' ? 'MAX_TOKENS' : 'STOP',
                index: 0,
              },
            ],
            usageMetadata: {
              promptTokenCount: 100,
              candidatesTokenCount: 15,
              thoughtsTokenCount: 5,
              totalTokenCount: 120,
            },
            modelVersion: 'm-2025',
          };
  }
}

/** Lists of models as documented, in no order. */
export function modelsBody(provider: HttpProviderId): unknown {
  switch (provider) {
    case 'openai':
      return {
        object: 'list',
        data: [
          { id: 'm2', object: 'model' },
          { id: 'm1', object: 'model' },
        ],
      };
    case 'anthropic':
      return {
        data: [
          { type: 'model', id: 'm2' },
          { type: 'model', id: 'm1' },
        ],
        has_more: false,
      };
    case 'gemini':
      return {
        models: [
          { name: 'models/m2', supportedGenerationMethods: ['generateContent'] },
          { name: 'models/m1', supportedGenerationMethods: ['generateContent', 'countTokens'] },
          { name: 'models/embedding', supportedGenerationMethods: ['embedContent'] },
        ],
      };
  }
}
