/** The CDK app: one stack with a nested stack for each box in the architecture diagram, the same for every region. */
import { App } from "aws-cdk-lib";
import cdkJson from "../cdk.json" with { type: "json" };
import { buildAll } from "./build.ts";
import { PlotPalette } from "./plot-palette.ts";

// Reads the context from cdk.json, so that a synthesis without the CDK CLI gives the same result.
const app = new App({ context: cdkJson.context });
new PlotPalette(app, "PlotPalette", { builds: await buildAll() });
app.synth();
