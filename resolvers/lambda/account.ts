/** What a function's account may call: its region and the models that the stack allows. */
import { ENVIRONMENT } from "../../core/environment.ts";
import { tiersOf, type Account, type Tiers } from "../../core/models/models.ts";
import { setting } from "./clients.ts";

export function account(): Account {
  return { region: setting("AWS_REGION"), models: process.env[ENVIRONMENT.models]?.split(",") };
}

/** Whether another server answers for the models, so that what a tier resolves to says nothing about what it accepts. */
export function tiersAreStandIns(): boolean {
  return process.env[ENVIRONMENT.tiersAreStandIns] !== undefined;
}

/** The models that the tiers resolve to in this account. */
export function availableTiers(): Tiers {
  return tiersOf(account());
}
