/** Fewer seeds than this allow no verdict. */
export const leastSeeds = 3;
