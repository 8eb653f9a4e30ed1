/**
 * Kernels of the wasm device, on tfjs-wasm's heap. AssemblyScript, built by `scripts/build-wasm.mjs` into `../binaries.ts`.
 *
 * Matrices are float32, row by row; every argument that names an array is a byte address, and no address needs more than
 * four bytes of alignment. Sizes are counts of elements. Nothing here allocates: work space is handed in as `scratch`, and the
 * module has no data of its own, which would be written over the heap. Sums go in a fixed order: the same bits each run.
 * Kernels that several threads share take the part of the work that is theirs; how it is cut changes no bit of a result.
 */
export { activate, activateGrad } from './activation';
export { adamw } from './adamw';
export { attend, attendGrad, attentionScratchBytes } from './attention';
export { crossEntropy } from './crossEntropy';
export { dropout, dropoutMask, dropoutScratchBytes } from './dropout';
export { embed, scatterAdd } from './embeddings';
export { layerNorm, layerNormGrad, layerNormScratchBytes } from './layerNorm';
export { product, productScratchBytes } from './matmul';
export { columnBytes, sumOfSquares, sumRows } from './sums';
