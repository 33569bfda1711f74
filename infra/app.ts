/** The CDK app: one stack with a nested stack for each box of the picture, the same for every region. */
import { App } from "aws-cdk-lib";
import cdkJson from "../cdk.json" with { type: "json" };
import { buildAll } from "./build.ts";
import { PlotPalette } from "./plot-palette.ts";

// The context stands in cdk.json; read here too, so that a synthesis without the CDK's command line is the same.
const app = new App({ context: cdkJson.context });
new PlotPalette(app, "PlotPalette", { builds: await buildAll() });
app.synth();
