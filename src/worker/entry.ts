import { isRecord } from '../core/decode.ts';
import { chooseDevice, examineDevice } from '../engine/chooseDevice.ts';
import { openDevice } from '../engine/device.ts';
import { openDatabase } from '../storage/database.ts';
import { decodeMessage } from './decode.ts';
import { createDevices } from './devices.ts';
import { databaseOnDemand, nextMessageTask, type WorkerEnv } from './env.ts';
import { createHost, type Host } from './host.ts';
import { browserNetwork, type NetworkScope } from './network.ts';
import type { Reply, Setup } from './protocol.ts';

/** The top of the worker: what a browser offers is handed to the sessions here and nowhere else. */
function envOf({ wasmPath, appVersion }: Setup): WorkerEnv {
  const deviceEnv = { wasmPath };
  return {
    devices: createDevices({
      names: ['wasm', 'webgpu'],
      open: (name) => openDevice(name, deviceEnv),
      examine: (name, briefly) => examineDevice(name, deviceEnv, briefly),
      choose: chooseDevice,
    }),
    appVersion,
    agent: navigator.userAgent,
    database: databaseOnDemand(() => openDatabase()),
    fetch: (input, init) => fetch(input, init),
    network: browserNetwork(networkScope),
    locks: (navigator as Partial<WorkerNavigator>).locks,
    now: () => performance.now(),
    today: () => Date.now(),
    random: () => Math.random(),
    nextTask: nextMessageTask,
  };
}

const networkScope: NetworkScope = {
  fetch: (input, init) => fetch(input, init),
  origin,
  online: () => navigator.onLine,
  permissions: (navigator as Partial<WorkerNavigator>).permissions,
  onPolicyViolation(listener) {
    addEventListener('securitypolicyviolation', (event) => {
      // The event's own type is missing from the library of workers.
      if ('blockedURI' in event) listener(String(event.blockedURI));
    });
  },
  onWithheld(listener) {
    if (!('ReportingObserver' in self)) return;
    const observer = new ReportingObserver(
      (reports) => {
        for (const { body } of reports) {
          const told: unknown = body?.toJSON(); // the body itself has no such member
          if (isRecord(told)) listener(String(told['blockedURL']));
        }
      },
      { types: ['coep'], buffered: true },
    );
    observer.observe();
  },
};

let host: Host | null = null;

/** Held until the worker is gone, however it goes: the page waits for the lock and so learns of it. */
async function holdLife(lock: string): Promise<void> {
  await navigator.locks.request(lock, () => {
    postMessage({ id: 0, kind: 'alive' } satisfies Reply);
    return new Promise(() => undefined);
  });
}

addEventListener('message', ({ data }: MessageEvent<unknown>) => {
  const message = decodeMessage(data);
  if (message === null) return;
  if (message.kind === 'setup') {
    if (message.life !== '') void holdLife(message.life);
    host ??= createHost(envOf(message), (reply, transfer = []) => {
      postMessage(reply, transfer);
    });
  } else {
    host?.receive(message);
  }
});
