import { CombinedGraphQLErrors, ServerError } from "@apollo/client/errors";
import { loadConfig, parseConfig, userPoolEndpoint } from "../../client/config.ts";
import { explainError, SignedOutError, UploadError } from "../../client/errors.ts";
import { EXTENDABLE, RETRIABLE } from "../../resolvers/shared/transitions.ts";
import { actionsFor } from "../../client/jobs/change/actions.ts";
import { STATUS_LABELS } from "../../client/jobs/labels.ts";
import { statusMessage } from "../../client/jobs/messages.ts";
import { editUsd } from "../../client/money.ts";
import { paths } from "../../client/paths.ts";
import { showBytes, showDuration, showRate, showRelative, showShare } from "../../client/ui/format.ts";
import { JOB_STATUSES, TRANSITIONS } from "#core/job/job";

describe("money", () => {
  test.each([
    [500_000_000, "0.5"],
    [1_000_000_000, "1"],
    [10_000_000_000, "10"],
    [123, "0.000000123"],
  ])("%d nano-dollars are edited as %s", (nanos, text) => {
    expect(editUsd(nanos)).toBe(text);
  });
});

describe("numbers", () => {
  test.each([
    [0, "0%"],
    [0.001, "<1%"],
    [0.424, "42%"],
    [0.999, "99%"],
    [1, "100%"],
  ])("a share of %d is shown as %s", (share, text) => {
    expect(showShare(share)).toBe(text);
  });

  test.each([
    [0, "0 B"],
    [999, "999 B"],
    [1000, "1.0 KB"],
    [1_440_000, "1.4 MB"],
    [98_700_000, "99 MB"],
    [1_000_000_000, "1.0 GB"],
  ])("%d bytes are shown as %s", (bytes, text) => {
    expect(showBytes(bytes)).toBe(text);
  });

  test.each([
    [0.4, "0 s"],
    [59, "59 s"],
    [60, "1 min"],
    [200, "3 min 20 s"],
    [7500, "2 h 5 min"],
    [90_000, "1 d 1 h"],
  ])("%d seconds are shown as %s", (seconds, text) => {
    expect(showDuration(seconds)).toBe(text);
  });

  test("a rate has one decimal below ten", () => {
    expect([showRate(3.25), showRate(48.4), showRate(1200)]).toEqual(["3.3", "48", "1,200"]);
  });

  test.each([
    ["2026-11-23T11:59:55.000Z", "just now"],
    ["2026-11-23T11:55:00.000Z", "5 minutes ago"],
    ["2026-11-23T09:00:00.000Z", "3 hours ago"],
    ["2026-11-22T11:00:00.000Z", "yesterday"],
    ["2026-11-01T12:00:00.000Z", "Nov 1, 2026"],
    // A browser whose clock is slow.
    ["2026-11-23T12:00:20.000Z", "just now"],
  ])("at noon, %s was %s", (at, text) => {
    expect(showRelative(at, Date.parse("2026-11-23T12:00:00.000Z"))).toBe(text);
  });
});

describe("the message of an error", () => {
  const apiError = (errorType: string, message: string) =>
    new CombinedGraphQLErrors({ errors: [{ message, errorType } as { message: string }] });

  test.each(["NotFound", "BadInput", "Conflict"])("is the server's own message for %s", (type) => {
    expect(explainError(apiError(type, "Made for people."))).toEqual({ kind: type, text: "Made for people." });
  });

  test.each(["Internal", "Lambda:Unhandled", "MappingTemplate"])("does not expose server internals for %s", (type) => {
    expect(explainError(apiError(type, "at Object.<anonymous> (/var/task/index.js:1)"))).toMatchObject({
      kind: "Internal",
    });
    expect(explainError(apiError(type, "at Object.<anonymous>")).text).not.toContain("anonymous");
  });

  test("asks to sign in when the session has ended", () => {
    const unauthorized = new ServerError("401", { response: new Response(null, { status: 401 }), bodyText: "{}" });
    expect(explainError(unauthorized).kind).toBe("Unauthorized");
    expect(explainError(new SignedOutError()).kind).toBe("Unauthorized");
    expect(explainError(apiError("UnauthorizedException", "Token has expired.")).text).toMatch(/sign in again/);
  });

  test("blames the network for a request that never arrived", () => {
    expect(explainError(new TypeError("Failed to fetch")).kind).toBe("Network");
    expect(explainError(new UploadError("“a.csv” could not be uploaded.")).text).toBe("“a.csv” could not be uploaded.");
  });

  test("does not blame the network for a bug", () => {
    expect(explainError(new TypeError("undefined is not a function")).kind).toBe("Internal");
    expect(explainError("thrown")).toMatchObject({ kind: "Internal" });
  });
});

describe("the configuration", () => {
  const config = {
    graphqlUrl: "https://x.appsync-api.us-east-1.amazonaws.com/graphql",
    realtimeUrl: "wss://x.appsync-realtime-api.us-east-1.amazonaws.com/graphql",
    region: "us-east-1",
    userPoolId: "us-east-1_abc",
    userPoolClientId: "client",
    userPoolProviderUrl: "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_abc",
    bucket: "bucket",
    appUrl: "https://d111.cloudfront.net",
  };

  test("is read from config.json", async () => {
    const answer = () => Promise.resolve(new Response(JSON.stringify({ ...config, more: 1 })));
    await expect(loadConfig(answer)).resolves.toEqual(config);
  });

  test.each([
    ["a missing entry", { region: undefined }, 'Expected text for "region" in /config.json, got nothing.'],
    ["an entry of another type", { bucket: 3 }, 'Expected text for "bucket" in /config.json, got 3.'],
    [
      "an invalid address",
      { graphqlUrl: "graphql" },
      'Expected an address for "graphqlUrl" in /config.json, got "graphql".',
    ],
    [
      "an invalid socket address",
      { realtimeUrl: "https://x/graphql" },
      'Expected an address for "realtimeUrl" in /config.json, got "https://x/graphql".',
    ],
  ])("is rejected with %s", (_, different, message) => {
    expect(() => parseConfig({ ...config, ...different })).toThrow(message);
  });

  test("reports the app's own page in its place", async () => {
    const page = () => Promise.resolve(new Response("<!doctype html>"));
    await expect(loadConfig(page)).rejects.toThrow(/Expected JSON in \/config.json/);
  });

  test("leaves Amazon's own sign-in endpoint to Amplify and sets any other", () => {
    expect(userPoolEndpoint(config)).toBeUndefined();
    const local = { ...config, userPoolProviderUrl: "http://127.0.0.1:4000/us-east-1_abc" };
    expect(userPoolEndpoint(local)).toBe("http://127.0.0.1:4000");
    expect(userPoolEndpoint({ ...config, userPoolProviderUrl: "https://x.amazonaws.com.evil.org/p" })).toBe(
      "https://x.amazonaws.com.evil.org",
    );
  });
});

describe("a job's status", () => {
  test.each(JOB_STATUSES)("%s has a label and a message", (status) => {
    expect(STATUS_LABELS[status]).toMatch(/^[A-Z]/);
    expect(statusMessage({ status, outcome: null }, 1)).toMatch(/\.$/);
  });

  test("EXPORTING says how the job ended", () => {
    expect(statusMessage({ status: "EXPORTING", outcome: "CANCELLED" }, 1)).toMatch(/^Canceled/);
    expect(statusMessage({ status: "EXPORTING", outcome: "BUDGET_EXCEEDED" }, 1)).toMatch(/^Budget/);
  });

  test("speaks of no dataset when nothing was generated", () => {
    expect(statusMessage({ status: "FAILED", outcome: null }, 0)).toBe("Failed: no records were generated.");
    expect(statusMessage({ status: "RUNNING", outcome: null }, 0)).toMatch(/^Generating/);
  });

  test("allows the actions that its transitions allow", () => {
    const offered = (status: keyof typeof TRANSITIONS, failed = 0) =>
      Object.entries(actionsFor(status, failed)).flatMap(([name, can]) => (can ? [name] : []));
    expect(offered("RUNNING", 3)).toEqual(["canPause", "canChange", "canCancel"]);
    expect(offered("PAUSED", 3)).toEqual(["canResume", "canChange", "canCancel"]);
    expect(offered("BUDGET_EXCEEDED")).toEqual(["canResume", "canExtend", "canDelete"]);
    expect(offered("COMPLETED")).toEqual(["canExtend", "canDelete"]);
    expect(offered("COMPLETED", 1)).toEqual(["canExtend", "canRetry", "canDelete"]);
    expect(offered("FAILED")).toEqual(["canRetry", "canDelete"]);
    expect(offered("CANCELLED", 3)).toEqual(["canDelete"]);
    expect(offered("EXPORTING")).toEqual([]);
    expect(offered("DELETING")).toEqual([]);
  });
});

test("the page offers to extend and retry where the API allows it", () => {
  for (const status of Object.keys(TRANSITIONS) as (keyof typeof TRANSITIONS)[]) {
    const { canChange, canExtend, canRetry } = actionsFor(status, 1);
    expect([status, canChange || canExtend]).toEqual([status, EXTENDABLE.includes(status)]);
    expect([status, canRetry]).toEqual([status, RETRIABLE.includes(status)]);
  }
});

describe("a path", () => {
  test("encodes ids and omits undefined parameters", () => {
    expect(paths.job("a/b")).toBe("/jobs/a%2Fb");
    expect(paths.newJob()).toBe("/jobs/new");
    expect(paths.newJob({ templateId: "film questions" })).toBe("/jobs/new?templateId=film+questions");
    expect(paths.template("t", 3)).toBe("/templates/t?version=3");
  });
});
