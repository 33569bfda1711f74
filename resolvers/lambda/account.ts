/** What a function's account may call: its region and the models that the stack allows. */
import { ENVIRONMENT } from "../../core/environment.ts";
import { tiersOf, type Account, type Tiers } from "../../core/models/models.ts";
import { setting } from "./clients.ts";

export function account(): Account {
  return { region: setting("AWS_REGION"), models: process.env[ENVIRONMENT.models]?.split(",") };
}

/** The models that the tiers resolve to in this account. */
export function availableTiers(): Tiers {
  return tiersOf(account());
}
