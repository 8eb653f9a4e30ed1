export const scheduleIds = ['step', 'linear', 'sigmoid', 'power', 'cosine', 'exponential', 'constant'] as const;
export type ScheduleId = (typeof scheduleIds)[number];

/** p(u): the share of silver at progress u, 0 ≤ u ≤ 1. Adding a schedule is an entry here and its id above. */
export interface Schedule {
  readonly name: string;
  readonly formula: string;
  readonly settings: Readonly<Record<string, number>>;
  share(u: number, settings?: Readonly<Record<string, number>>): number;
}

function schedule(
  name: string,
  formula: string,
  settings: Readonly<Record<string, number>>,
  share: (u: number, s: (key: string) => number) => number,
): Schedule {
  const given = (own: Readonly<Record<string, number>> | undefined) => (key: string) =>
    own?.[key] ?? settings[key] ?? NaN;
  return { name, formula, settings, share: (u, own) => Math.min(1, Math.max(0, share(u, given(own)))) };
}

const logistic = (x: number) => 1 / (1 + Math.exp(-x));

export const schedules: Readonly<Record<ScheduleId, Schedule>> = {
  step: schedule('Step', 'p = 1 for u < m, else 0', { m: 0.5 }, (u, s) => (u < s('m') ? 1 : 0)),
  linear: schedule('Linear', 'p = 1 − u', {}, (u) => 1 - u),
  sigmoid: schedule('Sigmoid', 'p = (σ(k (m − u)) − b) / (a − b), a and b its ends', { k: 10, m: 0.5 }, (u, s) => {
    const raw = (at: number) => logistic(s('k') * (s('m') - at));
    return (raw(u) - raw(1)) / (raw(0) - raw(1));
  }),
  power: schedule('Power decay', 'p = (1 − u)^n', { n: 2 }, (u, s) => (1 - u) ** s('n')),
  cosine: schedule('Cosine', 'p = (1 + cos πu) / 2', {}, (u) => (1 + Math.cos(Math.PI * u)) / 2),
  exponential: schedule('Exponential', 'p = (e^(−k u) − e^(−k)) / (1 − e^(−k))', { k: 5 }, (u, s) => {
    const end = Math.exp(-s('k'));
    return (Math.exp(-s('k') * u) - end) / (1 - end);
  }),
  constant: schedule('Constant', 'p = c', { c: 0.5 }, (_, s) => s('c')),
};
