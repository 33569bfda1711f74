import { ApolloClient, ApolloLink, InMemoryCache, Observable } from "@apollo/client";
import { ApolloProvider } from "@apollo/client/react";
import { createElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { JobDocument, JobEstimateDocument } from "../../../../client/generated/documents.ts";
import { applyJobChange } from "../../../../client/jobs/live/applyJobChange.ts";
import { JobCost } from "../../../../client/jobs/page/JobCost.tsx";
import { totalsOf } from "../../../../client/jobs/totals.ts";
import { RealtimeConnection } from "../../../../client/link/RealtimeConnection.ts";
import { RealtimeContext } from "../../../../client/link/Realtime.ts";
import { typePolicies } from "../../../../client/session/cache.ts";
import { FakeSocket } from "../../link/fake-socket.ts";
import { sampleChange, sampleJob, sampleShard } from "../sample-job.ts";

const spent = (stepId: string, day: string | null, costNanos: number) => ({
  __typename: "SpendingEntry" as const,
  ...{ stepId, day, costNanos, modelId: stepId === "Other steps" ? "" : "amazon.nova-micro-v1:0" },
  ...{ calls: 3, inputTokens: 10, outputTokens: 5 },
});
const TODAY = "2026-11-25";

describe("the cost card", () => {
  test("follows the updates that arrive, without a query", () => {
    const { job, page, update } = shownJob([spent("ask", TODAY, 10_000_000)]);
    expect(page()).toMatchObject({
      rows: ["ask amazon.nova-micro-v1:0 3 10 5 $0.01"],
      infrastructure: expect.stringContaining("for 0 s of Fargate Spot, $0.00 for 0 S3 writes"),
    });
    update(2, { spending: [spent("ask", TODAY, 30_000_000)], workerMs: 90_000, parts: 4 });
    expect(page()).toMatchObject({
      rows: ["ask amazon.nova-micro-v1:0 3 10 5 $0.03"],
      infrastructure: expect.stringContaining("for 1 min 30 s of Fargate Spot, "),
    });
    expect(page().infrastructure).toContain("for 4 S3 writes");
    expect(job().progress[1]?.spending).toEqual([]);
  });

  test("shows what a report combined, and no day of it when all days are", () => {
    const { page, update } = shownJob([spent("ask", "2026-11-24", 10_000_000), spent("ask", TODAY, 10_000_000)]);
    expect(page().rows).toEqual([
      "ask amazon.nova-micro-v1:0 6 20 10 $0.02",
      "2026-11-24 3 10 5 $0.01",
      "2026-11-25 3 10 5 $0.01",
    ]);
    update(2, { spending: [spent("ask", null, 20_000_000), spent("ask", TODAY, 20_000_000)] });
    expect(page().rows.slice(1)).toEqual(["Several days 3 10 5 $0.02", "2026-11-25 3 10 5 $0.02"]);
    update(3, { spending: [spent("ask", null, 40_000_000), spent("Other steps", null, 20_000_000)] });
    expect(page().rows).toEqual(["ask amazon.nova-micro-v1:0 3 10 5 $0.04", "Other steps 3 10 5 $0.02"]);
  });

  test("is there with the estimate before anything is spent, and not without", () => {
    const { page, client, job } = shownJob([]);
    expect(page().text).toBe("");
    client.writeQuery({
      query: JobEstimateDocument,
      variables: { id: job().id },
      data: { getJob: { __typename: "Job", id: job().id, estimate: ESTIMATE } },
    });
    expect(page().text).toMatch(/^Cost ?Original estimate: /);
  });
});

const ESTIMATE = {
  __typename: "CostEstimate" as const,
  ...{ lowNanos: 400_000_000, likelyNanos: 470_000_000, highNanos: 600_000_000, recordCount: 100 },
  ...{ basis: "TEST_RUNS" as const, basisRecords: 3 },
};

/** A job in the cache of a client that never gets an answer; `page` is what its card shows. */
function shownJob(spending: ReturnType<typeof spent>[]) {
  const { id } = sampleJob();
  const sample = sampleJob({ progress: [sampleShard({ spending }), sampleShard({ id: `${id}#1`, shardNo: 1 })] });
  const cache = new InMemoryCache({ typePolicies });
  const client = new ApolloClient({ cache, link: new ApolloLink(() => new Observable(() => undefined)) });
  const realtime = new RealtimeConnection({
    endpoint: () => ({ url: "wss://x", host: "x" }),
    getToken: async () => "token",
    WebSocket: FakeSocket as unknown as new (url: string, protocols: string[]) => WebSocket,
  });
  cache.writeQuery({ query: JobDocument, variables: { id }, data: { getJob: sample } });
  const job = () => cache.readQuery({ query: JobDocument, variables: { id } })!.getJob;
  const page = () => {
    const card = createElement(JobCost, { job: job(), totals: totalsOf(job(), 0) });
    const inSession = createElement(RealtimeContext, { value: realtime }, card);
    return shown(renderToStaticMarkup(createElement(ApolloProvider, { client, children: inSession })));
  };
  const update = (reportNo: number, different: Partial<ReturnType<typeof sampleShard>>) => {
    applyJobChange(cache, sampleChange(job(), { shard: sampleShard({ reportNo, ...different }) }));
  };
  return { client, job, page, update };
}

function shown(html: string): { text: string; rows: string[]; infrastructure: string } {
  const text = (part: string) =>
    part
      .replace(/<[^>]+>/g, " ")
      .replace(/ +/g, " ")
      .trim();
  const rows = [...html.matchAll(/<tr><td.*?<\/tr>/g)].map(([row]) => text(row));
  return {
    text: text(html),
    rows,
    infrastructure: text(/<p[^>]*>Estimated infrastructure.*?<\/p>/.exec(html)?.[0] ?? ""),
  };
}
