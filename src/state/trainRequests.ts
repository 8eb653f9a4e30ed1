import type { RunConfig } from '../run/config.ts';
import { runName } from '../run/experiment/variant.ts';
import type { SourceCounts } from '../run/plan.ts';
import type { StoredRun } from '../storage/runs.ts';
import type { DeviceName, TrainRequest } from '../worker/protocol.ts';
import type { DatasetsState } from './datasets.svelte.ts';
import { deviceNames, type DeviceState } from './device.svelte.ts';
import type { Services } from './services.ts';
import { stageKeyOf } from './sharedStages.ts';

export type TrainRequests = ReturnType<typeof createTrainRequests>;

/** Makes what the worker is asked for: runs with the data and the device that are there now. */
export function createTrainRequests(services: Services, datasets: DatasetsState, devices: DeviceState) {
  /** The device of a stored run; null, the best, where it is known not to work now. */
  function deviceOf({ device }: StoredRun): DeviceName | null {
    const name = deviceNames.find((known) => known === device?.name) ?? null;
    return devices.reports.some((report) => report.name === name && !report.usable) ? null : name;
  }

  function countsOf(used: TrainRequest['datasets']): SourceCounts {
    const { silver, gold } = datasets.dataOf(used);
    return { silver: silver.length, gold: gold.length };
  }

  function of(config: RunConfig, used: TrainRequest['datasets']): TrainRequest {
    const ids = Object.values(used).flat();
    return {
      runId: services.newId(),
      name: runName(config),
      config,
      checkpointUrl: services.checkpoint.url,
      data: datasets.dataOf(used),
      datasets: used,
      notice: datasets.list.find((d) => ids.includes(d.id) && d.notice !== '')?.notice ?? '',
      device: devices.asked,
      resume: false,
    };
  }

  return {
    /** A new run on some datasets. */
    of,

    /** A finished run once more, on its kind of device and with what its engine chose there. */
    repeat(run: StoredRun, used: TrainRequest['datasets']): TrainRequest {
      return { ...of(run.config, used), name: `${run.name}, again`, device: deviceOf(run), repeats: run.id };
    },

    /** Names the first stage of a stored run on the data that are there now; null where it is never shared. */
    stageKey(run: StoredRun): string | null {
      return stageKeyOf(run, countsOf(run.datasets));
    },

    /** A stored run, gone on with from its snapshot, or begun where it only waited. */
    again(run: StoredRun): TrainRequest {
      const { id: runId, name, config, checkpointUrl, notice } = run;
      const data = datasets.dataOf(run.datasets);
      const resume = run.status !== 'queued' || run.step > 0;
      return {
        runId,
        name,
        config,
        checkpointUrl,
        data,
        datasets: run.datasets,
        notice,
        device: deviceOf(run),
        resume,
      };
    },
  };
}
