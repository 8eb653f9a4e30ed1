import { openDevice, type Device } from '../../src/engine/device.ts';
import { openDatabase } from '../../src/storage/database.ts';
import { createClient, type Client } from '../../src/worker/client.ts';
import type { WorkerLike } from '../../src/worker/channel.ts';
import { decodeMessage } from '../../src/worker/decode.ts';
import { createDevices, type Devices } from '../../src/worker/devices.ts';
import { databaseOnDemand, nextMessageTask, type WorkerEnv } from '../../src/worker/env.ts';
import { createHost } from '../../src/worker/host.ts';
import { nodeNetwork } from './job.ts';
import { fetchOf, tinyCheckpoint } from './tinyCheckpoint.ts';

export const tinyUrl = 'https://here.test/models/tiny/';

export interface Harness {
  readonly client: Client;
  /** Addresses that were fetched. */
  readonly asked: readonly string[];
}

/** The real client and the real sessions on the cpu device, with a message channel between them instead of a Worker. */
export function createHarness(change: Partial<WorkerEnv> = {}): Harness {
  const { fetch, asked } = fetchOf(tinyUrl, tinyCheckpoint());
  const env: WorkerEnv = {
    devices: cpuDevices(),
    appVersion: '0.0.0-test',
    agent: 'test',
    database: databaseOnDemand(() => openDatabase()),
    fetch,
    network: nodeNetwork(),
    locks: undefined,
    now: () => performance.now(),
    today: () => 1_700_000_000_000,
    random: () => 0.5,
    nextTask: nextMessageTask,
    ...change,
  };
  const client = createClient({ createWorker: () => channelTo(env), wasmPath: '', appVersion: env.appVersion });
  return { client, asked };
}

/** The cpu device without self-test; `failure` may be set to what it then reports. */
export function cpuDevices(failure: () => ReturnType<Device['failure']> = () => null): Devices {
  const open = async () => ({ ...(await openDevice('cpu', { wasmPath: '' })), failure });
  return createDevices({
    names: ['cpu'],
    open,
    examine: async () => {
      const device = await open();
      const { name, adapter, software } = device;
      const found = { usable: true, trouble: null, problem: '', gflops: 1, selfTestMs: 1 };
      return { device, report: { name, adapter, software, ...found } };
    },
    choose: () => 'cpu',
  });
}

/** A worker whose messages are cloned and delivered in a later task, as real ones are. */
function channelTo(env: WorkerEnv): WorkerLike {
  const listeners: ((event: { readonly data: unknown }) => void)[] = [];
  let over = false;
  const deliver = (data: unknown, to: (data: unknown) => void) => {
    const clone: unknown = structuredClone(data);
    void nextMessageTask().then(() => {
      if (!over) to(clone);
    });
  };
  const host = createHost(env, (reply) => {
    deliver(reply, (data) => {
      for (const listener of listeners) listener({ data });
    });
  });
  return {
    postMessage(message) {
      deliver(message, (data) => {
        const decoded = decodeMessage(data);
        if (decoded !== null && decoded.kind !== 'setup') host.receive(decoded);
      });
    },
    terminate() {
      over = true;
    },
    addEventListener(type: string, listener: (event: { readonly data: unknown; readonly message?: string }) => void) {
      if (type === 'message') listeners.push(listener);
    },
  };
}
