/** Runs the local Bedrock in its own process, to be killed: `bedrock-child.ts FOLDER`; its address is the first line it prints. */
import { bedrock } from "../../local/bedrock/bedrock.ts";
import { testContext } from "./open-gate.ts";

const service = bedrock({ settings: { latencyMs: 5, jitterMs: 5 } });
process.stdout.write(`${await service.start(testContext(process.argv[2] as string))}\n`);
