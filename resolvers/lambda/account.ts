/** What the account in which a function runs may call: the region and the models that the stack allows it. */
import { ENVIRONMENT } from "../../core/environment.ts";
import { tiersOf, type Account, type Tiers } from "../../core/models/models.ts";
import { setting } from "./clients.ts";

export function account(): Account {
  return { region: setting("AWS_REGION"), models: process.env[ENVIRONMENT.models]?.split(",") };
}

/** The models that stand for the tiers here. */
export function tiersHere(): Tiers {
  return tiersOf(account());
}
