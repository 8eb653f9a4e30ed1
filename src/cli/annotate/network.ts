import type { Network } from '../../llm/providers/httpTeacher.ts';

/** The network as Node has it: no page, no policy, and the system says what went wrong. */
export const nodeNetwork: Network = {
  fetch: (input, init) => fetch(input, init),
  observe: (url, systemCode) =>
    Promise.resolve({
      url,
      systemCode,
      pageOrigin: '',
      online: true,
      policyViolated: false,
      localPermission: null,
      probe: null,
    }),
};
