/**
 * The order of suites for jest: first those that take long, or one of two processors waits for them at the end. Their files are
 * short, and jest would take the largest first.
 */
const LONG = ["chaos/chaos", "chaos/guards", "worker/shard/crash", "core/state-space", "worker/rich-jobs"];

export default class LongFirst {
  sort(tests) {
    const place = ({ path }) => {
      const at = LONG.findIndex((name) => path.endsWith(`${name}.test.ts`));
      return at < 0 ? LONG.length : at;
    };
    const size = ({ path, context }) => context.hasteFS.getSize(path) ?? 0;
    return [...tests].sort((one, other) => place(one) - place(other) || size(other) - size(one));
  }

  /** What earlier runs took is not kept. */
  cacheResults() {}
}
