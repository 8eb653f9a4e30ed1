/** The device has no room for a tensor; what was begun on it can be tried again with less. */
export class OutOfMemory extends Error {
  constructor(bytes: number | null) {
    super(bytes === null ? 'the device is out of memory' : `no room for ${String(bytes)} bytes`);
    this.name = 'OutOfMemory';
  }
}
