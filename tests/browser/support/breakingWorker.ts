import '../../../src/worker/entry.ts';

/**
 * The app's worker with two more ways: its clock goes a hundred times as fast, so that snapshots are due often, and the message
 * `break` takes the GPU device away, `close` the worker itself without a word.
 */
const now = performance.now.bind(performance);
performance.now = () => 100 * now();

const devices: GPUDevice[] = [];
const request = GPUAdapter.prototype.requestDevice;
GPUAdapter.prototype.requestDevice = async function (descriptor) {
  const device = await request.call(this, descriptor);
  devices.push(device);
  return device;
};

addEventListener('message', ({ data }: MessageEvent<unknown>) => {
  if (data === 'break') for (const device of devices.splice(0)) device.destroy();
  if (data === 'close') close();
  if (data === 'throw') {
    setTimeout(() => {
      throw new Error('broken by the test');
    });
  }
});
