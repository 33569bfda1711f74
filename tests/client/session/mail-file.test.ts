import { jest } from "@jest/globals";
import type { Config } from "../../../client/config.ts";
import { readMailFile } from "../../../client/session/mailFile.ts";

const LOCAL = { userPoolProviderUrl: "http://127.0.0.1:4000/us-east-1_abc" } as Config;
const AWS = { userPoolProviderUrl: "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_abc" } as Config;

test("a local user pool says which file its mail goes to", async () => {
  const asked: string[] = [];
  const answer = (address: unknown) => {
    asked.push(String(address));
    return Promise.resolve(Response.json({ mail_file: "/data/outbox.jsonl" }));
  };
  await expect(readMailFile(LOCAL, answer as typeof fetch)).resolves.toBe("/data/outbox.jsonl");
  expect(asked).toEqual(["http://127.0.0.1:4000/us-east-1_abc/.well-known/openid-configuration"]);
});

test("on AWS nothing is asked, and mail arrives", async () => {
  const answer = jest.fn(() => Promise.resolve(Response.json({ mail_file: "/data/outbox.jsonl" })));
  await expect(readMailFile(AWS, answer as typeof fetch)).resolves.toBeNull();
  expect(answer).not.toHaveBeenCalled();
});

test.each([
  ["a pool that names none", () => Promise.resolve(Response.json({ issuer: "x" }))],
  ["a pool that cannot be reached", () => Promise.reject(new TypeError("Failed to fetch"))],
])("no file is named for %s", async (_, answer) => {
  await expect(readMailFile(LOCAL, answer as typeof fetch)).resolves.toBeNull();
});
