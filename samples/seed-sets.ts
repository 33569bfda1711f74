/** The seed sets that ship with the product, in the formats that people use: CSV, TSV, JSONL, and JSON with several collections. */
import challenges from "./seeds/challenges.tsv";
import conversations from "./seeds/conversations.json";
import customers from "./seeds/customers.jsonl";
import databases from "./seeds/databases.json";
import everydayPrompts from "./seeds/everyday-prompts.jsonl";
import handbooks from "./seeds/handbooks.json";
import instructionExamples from "./seeds/instruction-examples.jsonl";
import naturalWonders from "./seeds/natural-wonders.csv";
import notes from "./seeds/notes.jsonl";
import places from "./seeds/places.jsonl";
import products from "./seeds/products.csv";
import questionKinds from "./seeds/question-kinds.csv";
import ratings from "./seeds/ratings.csv";
import storyParts from "./seeds/story-parts.json";
import supportMessages from "./seeds/support-messages.json";
import tasks from "./seeds/tasks.csv";
import tools from "./seeds/tools.json";

export interface SampleSeedSet {
  readonly id: string;
  readonly name: string;
  readonly files: readonly SampleSeedFile[];
}

/** When a JSON file names its collections, they take precedence over `collection`. */
export interface SampleSeedFile {
  readonly collection: string;
  readonly fileName: string;
  readonly text: string;
}

export const NATURAL_WONDERS = seedSet("natural-wonders", "Natural wonders", [
  file("seeds", "natural-wonders.csv", naturalWonders),
]);
export const NOTES = seedSet("notes", "Notes on people, days and poems", [
  file("notes", "notes.jsonl", notes),
  file("kinds", "question-kinds.csv", questionKinds),
]);
export const HANDBOOKS = seedSet("handbooks", "Handbooks of small venues", [jsonFile("handbooks.json", handbooks)]);
export const STORY_PARTS = seedSet("story-parts", "Characters, settings and conflicts", [
  jsonFile("story-parts.json", storyParts),
]);
export const PLACES = seedSet("places", "Places", [file("places", "places.jsonl", places)]);
export const CHALLENGES = seedSet("challenges", "Practical challenges", [
  file("challenges", "challenges.tsv", challenges),
]);
export const TASKS = seedSet("tasks", "Tasks and example instructions", [
  file("tasks", "tasks.csv", tasks),
  file("examples", "instruction-examples.jsonl", instructionExamples),
]);
export const CONVERSATIONS = seedSet("conversations", "Assistants and situations", [
  jsonFile("conversations.json", conversations),
]);
export const EVERYDAY_PROMPTS = seedSet("everyday-prompts", "Everyday prompts", [
  file("prompts", "everyday-prompts.jsonl", everydayPrompts),
]);
export const SUPPORT_MESSAGES = seedSet("support-messages", "Support messages: labels, products and voices", [
  jsonFile("support-messages.json", supportMessages),
]);
export const PRODUCTS_AND_CUSTOMERS = seedSet("products-and-customers", "Products and customers", [
  file("products", "products.csv", products),
  file("customers", "customers.jsonl", customers),
  file("ratings", "ratings.csv", ratings),
]);
export const TOOLS = seedSet("tools", "Toolboxes and requests", [jsonFile("tools.json", tools)]);
export const DATABASES = seedSet("databases", "Small databases", [jsonFile("databases.json", databases)]);

function seedSet(id: string, name: string, files: readonly SampleSeedFile[]): SampleSeedSet {
  return { id, name, files };
}

function file(collection: string, fileName: string, text: string): SampleSeedFile {
  return { collection, fileName, text };
}

/** The bundler parses JSON imports, so they are serialized again. */
function jsonFile(fileName: string, collections: object): SampleSeedFile {
  return file("seeds", fileName, JSON.stringify(collections));
}
