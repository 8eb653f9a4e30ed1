/** A seeded source of float32 values in (−1, 1), for tests that need numbers and no particular ones. */
export function createRandomValues(seed: number): (count: number) => Float32Array {
  let state = seed >>> 0;
  return (count) =>
    Float32Array.from({ length: count }, () => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return state / 2147483648 - 1;
    });
}
