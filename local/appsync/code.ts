/** The code of a resolver or function, checked when it is created so that whatever starts here also deploys. */
import { SourceMap } from "node:module";
import { checkLanguage } from "./language.ts";
import type { LanguageProblem } from "./language.ts";
import { moduleBody } from "./module-code.ts";
import type { Handlers, Sandbox } from "./sandbox.ts";

/**
 * @param name for people: `resolver Query.getOrder`
 * @throws Error naming the code, the construct and the line
 */
export function compileCode(properties: Readonly<Record<string, any>>, name: string, sandbox: Sandbox): Handlers {
  const { Code, Runtime, MaxBatchSize, SyncConfig } = properties;
  if (Runtime?.Name !== "APPSYNC_JS" || typeof Code !== "string") {
    throw new Error(
      `The ${name} must have inline Code with the runtime APPSYNC_JS; mapping templates and code in S3 are not supported.`,
    );
  }
  if (Number(MaxBatchSize ?? 0) > 0 || SyncConfig) {
    throw new Error(`The ${name} has a MaxBatchSize or SyncConfig; batching and conflict detection are not supported.`);
  }
  const problem = checkLanguage(Code)[0];
  if (problem) throw new Error(`The ${name} is not valid APPSYNC_JS at ${placeOf(problem, Code)}: ${problem.message}.`);
  const { exported } = moduleBody(Code);
  const missing = ["request", "response"].find((handler) => !exported.includes(handler));
  if (missing) throw new Error(`The ${name} must export the functions request and response; "${missing}" is missing.`);
  return sandbox.compile(Code, name.replace(/^resolver /, ""));
}

/** `line 12, column 3`, and the line of the source when the code carries its source map. */
function placeOf({ line, column }: LanguageProblem, code: string): string {
  const place = `line ${line}, column ${column}`;
  const map = /^\/\/# sourceMappingURL=data:application\/json;base64,(\S+)$/m.exec(code)?.[1];
  if (!map) return place;
  const entry = new SourceMap(JSON.parse(Buffer.from(map, "base64").toString("utf8"))).findEntry(line - 1, column - 1);
  return "originalSource" in entry ? `${place} (${entry.originalSource}:${entry.originalLine + 1})` : place;
}
