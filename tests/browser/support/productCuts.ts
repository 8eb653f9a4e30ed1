/** Every layout of a product with every way to cut it into work, each with a title; as `product` takes them. */
export const productCuts = (['nn', 'nt', 'tn'] as const).flatMap((layout) =>
  ([{ kind: 'registers' }, { kind: 'tiles', perThread: 4 }, { kind: 'tiles', perThread: 8 }] as const).map(
    (variant) => ({
      layout,
      variant,
      title: `${layout} by ${variant.kind}${'perThread' in variant ? String(variant.perThread) : ''}`,
    }),
  ),
);
