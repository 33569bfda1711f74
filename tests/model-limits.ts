import { MODELS } from "../core/models/models.ts";

/** What models refuse, by id, for a local Bedrock: from the product's own table, as the command line passes it. */
export const LIMITS = Object.fromEntries(MODELS.map((model) => [model.id, model]));
