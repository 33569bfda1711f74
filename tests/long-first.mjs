/**
 * The order of suites for jest: the slowest first, so that no processor waits for one of them at the end. Jest would start with
 * the largest files, but theirs are short.
 */
const LONG = ["chaos/chaos", "chaos/guards", "worker/shard/crash", "core/state-space", "worker/rich-jobs"];

export default class LongFirst {
  sort(tests) {
    const rank = ({ path }) => {
      const index = LONG.findIndex((name) => path.endsWith(`${name}.test.ts`));
      return index < 0 ? LONG.length : index;
    };
    const size = ({ path, context }) => context.hasteFS.getSize(path) ?? 0;
    return [...tests].sort((one, other) => rank(one) - rank(other) || size(other) - size(one));
  }

  /** Durations of earlier runs are not kept. */
  cacheResults() {}
}
