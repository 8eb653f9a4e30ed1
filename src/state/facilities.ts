/** What browsers give some pages and not others; each is looked for where it is used, and this is the list for people. */
export interface Facility {
  readonly name: string;
  readonly there: boolean;
  /** What it is good for here. */
  readonly gives: string;
  /** What follows where it is missing. */
  readonly without: string;
}

/** What of the page's surroundings decides; `pageScope` reads them, tests hand in others. */
export interface PageScope {
  readonly secure: boolean;
  readonly webgpu: boolean;
  /** Whether WebAssembly may share memory between threads. */
  readonly isolated: boolean;
  readonly locks: boolean;
  readonly wakeLock: boolean;
  readonly subtle: boolean;
  readonly serviceWorker: boolean;
  /** Whether the page was opened as a file. */
  readonly file: boolean;
  readonly storage: boolean;
  /** Threads of the processor. */
  readonly cores: number;
  /** GB of memory as the browser rounds it, 8 at most in Chromium; null where it tells none. */
  readonly memoryGb: number | null;
  readonly agent: string;
  /** Where the page lies, without what is open in it. */
  readonly address: string;
}

export function pageScope(): PageScope {
  const here: Partial<Navigator> & { readonly deviceMemory?: number } = navigator;
  return {
    secure: isSecureContext,
    webgpu: here.gpu !== undefined,
    isolated: crossOriginIsolated,
    locks: here.locks !== undefined,
    wakeLock: here.wakeLock !== undefined,
    subtle: (crypto as Partial<Crypto>).subtle !== undefined,
    serviceWorker: here.serviceWorker !== undefined,
    file: location.protocol === 'file:',
    storage: here.storage !== undefined,
    cores: navigator.hardwareConcurrency,
    memoryGb: here.deviceMemory ?? null,
    agent: navigator.userAgent,
    address: location.href.replace(/[?#].*$/s, ''),
  };
}

const byHttps = 'Open it by https, on localhost or as a file.';

export function facilitiesOf(scope: PageScope): readonly Facility[] {
  return [
    {
      name: 'Secure context',
      there: scope.secure,
      gives: 'The page came by https, from this machine, or as a file.',
      without: `The page came by plain http from another machine: what is missing below is missing for that. ${byHttps}`,
    },
    {
      name: 'WebGPU',
      there: scope.webgpu,
      gives: 'Training on the graphics card, where one is found.',
      without: 'Training goes on the processor, and takes longer.',
    },
    {
      name: 'Threads',
      there: scope.isolated,
      gives: 'Training on the processor may use several threads.',
      without: `Training on the processor uses one thread. ${whyOneThread(scope)}`,
    },
    {
      name: 'Locks between tabs',
      there: scope.locks,
      gives: 'A run goes on in one tab only, and the others watch.',
      without: 'Tabs only tell each other what they train: train in one at a time.',
    },
    {
      name: 'Wake lock',
      there: scope.wakeLock,
      gives: 'The machine stays awake while a run goes on and this page is in view.',
      without: 'The machine may fall asleep in the middle of a run: switch that off in its settings.',
    },
    {
      name: 'Fast checksums',
      there: scope.subtle,
      gives: 'Snapshots and bundles are proved by the browser itself.',
      without: 'They are proved all the same, which takes a little longer.',
    },
    {
      name: 'Service worker',
      there: scope.serviceWorker && !scope.file,
      gives: 'The page opens without a network from the second visit on.',
      without: scope.file
        ? 'A file needs none to open without a network.'
        : 'The page opens only while its server answers.',
    },
    {
      name: 'Room told',
      there: scope.storage,
      gives: 'The browser tells how much room there is, and can be asked to keep everything for good.',
      without: 'Nobody can tell how much room is left, and the browser may clear it: download a bundle now and then.',
    },
  ];
}

function whyOneThread({ file, secure }: PageScope): string {
  if (file) return 'So it does on every page that is a file.';
  return secure ? 'For more, the server has to send two headers, which “vermeil serve” does.' : byHttps;
}
