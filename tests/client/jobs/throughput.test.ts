import { Throughput } from "../../../client/jobs/Throughput.ts";

/** What each of these reports, one per second, makes of the throughput. */
function follow(reports: readonly (readonly [delivered: number, perSecond: number])[]): number[] {
  const throughput = new Throughput();
  return reports.map(([delivered, perSecond], second) => throughput.sample(second * 1000, delivered, perSecond));
}

describe("a job's throughput", () => {
  const steady = Array.from({ length: 10 }, (_, second) => [second * 40, 40] as const);

  test("is what the shards report while they run", () => {
    expect(follow(steady)).toEqual(steady.map(() => 40));
  });

  test("does not fall to zero while the next shard starts", () => {
    const between = [
      [400, 0],
      [400, 0],
      [410, 5],
      [450, 15],
      [490, 25],
    ] as const;
    const seen = follow([...steady, ...between]).slice(steady.length);
    expect(Math.min(...seen)).toBeGreaterThan(30);
    expect(Math.max(...seen)).toBeLessThanOrEqual(40);
  });

  test("follows a job that slows down, and one that stands still, within seconds", () => {
    const slow = Array.from({ length: 20 }, (_, second) => [360 + second * 4, 4] as const);
    expect(follow([...steady, ...slow]).at(-1)).toBe(4);
    const still = Array.from({ length: 20 }, () => [360, 0] as const);
    expect(follow([...steady, ...still]).at(-1)).toBe(0);
  });

  test("is never more than the shards reported, whatever the page missed while it was disconnected", () => {
    const seen = follow([
      [100, 40],
      [5_000, 40],
      [5_040, 0],
    ]);
    expect(seen).toEqual([40, 40, 40]);
  });
});
