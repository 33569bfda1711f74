import { calls } from "./calls.ts";
console.table(await calls());
process.exit(0);
