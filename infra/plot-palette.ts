import { CfnOutput, Stack, type StackProps } from "aws-cdk-lib";
import type { Construct } from "constructs";
import { Api } from "./api.ts";
import { Auth } from "./auth.ts";
import type { Builds } from "./build.ts";
import { Compute } from "./compute.ts";
import { Data } from "./data.ts";
import { Network } from "./network.ts";
import { Resolvers } from "./resolvers.ts";
import { Site } from "./site.ts";

/**
 * The whole product. Dependencies run one way: the API (schema, sign-in) comes before the tasks that report through it, and
 * its resolvers come after the dispatcher that some of them invoke.
 */
export class PlotPalette extends Stack {
  constructor(scope: Construct, id: string, props: StackProps & { builds: Builds }) {
    super(scope, id, { description: "Plot Palette: synthetic training data with Amazon Bedrock", ...props });
    const { builds } = props;
    const network = new Network(this, "Network");
    const data = new Data(this, "Data");
    const auth = new Auth(this, "Auth");
    const api = new Api(this, "Api", { data, auth });
    const compute = new Compute(this, "Compute", { builds, network, data, api: api.api });
    new Resolvers(this, "Resolvers", { builds, data, api: api.api, dispatch: compute.dispatch });
    const site = new Site(this, "Site", { builds, data, api, auth });
    this.addOutputs({ ...site.config });
  }

  /** The client's configuration, which the site also serves as `/config.json`. */
  private addOutputs(outputs: Readonly<Record<string, string>>): void {
    for (const [name, value] of Object.entries(outputs)) new CfnOutput(this, name, { value }).overrideLogicalId(name);
  }
}
