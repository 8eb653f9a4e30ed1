/** The part of jstat 1.9 that is used; the package has no types of its own. */
declare module 'jstat' {
  const jStat: {
    readonly studentt: {
      /** P(T ≤ x) with `df` degrees of freedom. */
      cdf(x: number, df: number): number;
      /** The x with P(T ≤ x) = `p`. */
      inv(p: number, df: number): number;
    };
  };
  export default jStat;
}
