import { isRecord, parseJson } from '../core/decode.ts';
import { AppError } from '../core/errors.ts';
import { defaultLimits, type JobSpec, type Limits } from '../llm/job/types.ts';
import type { Price } from '../llm/price.ts';
import { checkSettings, refuseKeys } from '../llm/providers/endpoint.ts';
import type { TeacherSettings } from '../llm/providers/provider.ts';
import type { AnnotateForm } from './annotateForm.ts';
import { providerOf, serverOf } from './endpoint.ts';

/** Most tokens of an answer unless told otherwise: short for JSON alone, room for steps and for models that think. */
export const usualMaxTokens = { short: 1024, long: 4096 };

function invalid(field: string, value: string, range: string): AppError {
  return new AppError('config-invalid', `${field}: ${range}`, { field, value: value === '' ? 'empty' : value, range });
}

/** A number as typed, a comma for a point allowed; null for nothing. Throws `config-invalid`. */
export function numberIn(
  field: string,
  typed: string,
  { min, max = Infinity, whole = false }: { readonly min: number; readonly max?: number; readonly whole?: boolean },
): number | null {
  const text = typed.trim().replace(',', '.');
  if (text === '') return null;
  const value = Number(text);
  const good = Number.isFinite(value) && value >= min && value <= max && (!whole || Number.isInteger(value));
  if (good) return value;
  const kind = whole ? 'a whole number' : 'a number';
  const range = max === Infinity ? `${kind} from ${String(min)}` : `${kind} from ${String(min)} to ${String(max)}`;
  throw invalid(field, typed, range);
}

/** A whole number from 0 as typed; 0 for what is none. */
export function wholeOf(typed: string): number {
  return /^\d{1,9}$/.test(typed.trim()) ? Number(typed) : 0;
}

/** How an endpoint is asked; no setting may hold any of `keys`. Throws `config-invalid` for what cannot be. */
export function settingsOf(form: AnnotateForm, thinks: boolean, keys: readonly string[]): TeacherSettings {
  const usual = thinks ? usualMaxTokens.long : usualMaxTokens.short;
  const settings: TeacherSettings = {
    endpoint: form.endpoint.trim(),
    model: form.model.trim(),
    maxTokens: numberIn('most tokens', form.maxTokens, { min: 1, whole: true }) ?? usual,
    maxTokensName: form.maxTokensName === '' ? null : form.maxTokensName,
    temperature: numberIn('temperature', form.temperature, { min: 0 }),
    topP: numberIn('top-p', form.topP, { min: 0, max: 1 }),
    seed: numberIn('seed', form.modelSeed, { min: 0, whole: true }),
    structured: form.structured,
    extra: extraOf(form.extra),
  };
  const provider = providerOf(serverOf(form.server));
  // The key is looked at when the job begins: a plan needs none.
  checkSettings({ ...provider, needsKey: false }, settings, '');
  refuseKeys(settings, keys);
  return settings;
}

function extraOf(typed: string): Readonly<Record<string, unknown>> {
  if (typed.trim() === '') return {};
  const parsed = parseJson(typed);
  if (parsed.ok && isRecord(parsed.value)) return parsed.value;
  throw invalid('extra fields', 'this', 'a JSON object such as {"reasoning_effort": "low"}');
}

export function limitsOf(form: AnnotateForm): Limits {
  const seconds = numberIn('time of a request', form.timeoutSeconds, { min: 1, max: 3600 });
  return {
    concurrency: numberIn('requests at a time', form.concurrency, { min: 1, max: 100, whole: true }) ?? 4,
    requestsPerMinute: numberIn('requests a minute', form.perMinute, { min: 0.1 }),
    timeoutMs: seconds === null ? defaultLimits.timeoutMs : seconds * 1000,
    attempts: defaultLimits.attempts,
  };
}

export function budgetOf(form: AnnotateForm): number | null {
  return numberIn('budget', form.budget, { min: 0 });
}

/** A job that asks an endpoint. Throws `config-invalid`. */
export function endpointSpec(
  form: AnnotateForm,
  facts: { id: string; name: string; thinks: boolean; price: Price | null; keys: readonly string[] },
): JobSpec {
  const { id, name, thinks, price, keys } = facts;
  return {
    ...{ id, name, price },
    provider: serverOf(form.server).provider,
    settings: settingsOf(form, thinks, keys),
    limits: limitsOf(form),
    budgetUsd: budgetOf(form),
  };
}
