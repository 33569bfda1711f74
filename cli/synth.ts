/** `npm run synth`: writes the stacks as CloudFormation templates to `cdk.out/`. Needs neither network nor Docker. */
import { join } from "node:path";
import { exitCodeOf } from "./exit-codes.ts";
import { ROOT, synthesize } from "./synthesize.ts";

try {
  await synthesize(process.env.CDK_OUTDIR ?? join(ROOT, "cdk.out"));
} catch (error) {
  process.exitCode = exitCodeOf(error);
}
