/** Runs one service in its own process, to be killed: `service-child.ts dynamodb|s3 FOLDER RESOURCE-JSON`. */
import { mkdirSync } from "node:fs";
import { dynamodb } from "../../local/dynamodb/dynamodb.ts";
import { s3 } from "../../local/s3/s3.ts";
import type { Resource } from "../../local/service.ts";
import { testContext } from "./open-gate.ts";

const [name, folder, resource] = process.argv.slice(2) as [string, string, string];
const service = name === "s3" ? s3() : dynamodb();
mkdirSync(folder, { recursive: true });
const url = await service.start(testContext(folder));
await service.create(JSON.parse(resource) as Resource);
await service.ready?.();
process.stdout.write(`${url}\n`);
