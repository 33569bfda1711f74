/** Module hooks for functions written as ES modules: the rules of runtime-load.mjs for `import`. */
import { isBuiltin } from "node:module";

const BROUGHT_BY_RUNTIME = /^@(aws-sdk|smithy)\//;
let root = "";

export function initialize(data) {
  root = `${data.root}/`;
}

export async function resolve(specifier, context, nextResolve) {
  const isPackage = !isBuiltin(specifier) && !/^([./]|[a-z]+:)/.test(specifier);
  if (!isPackage || !context.parentURL?.startsWith(root)) return nextResolve(specifier, context);
  if (BROUGHT_BY_RUNTIME.test(specifier)) {
    return nextResolve(specifier, context).catch(() =>
      nextResolve(specifier, { ...context, parentURL: import.meta.url }),
    );
  }
  const found = await nextResolve(specifier, context);
  if (found.url.startsWith(root)) return found;
  const message = `Cannot find package '${specifier}' imported from ${context.parentURL}`;
  throw Object.assign(new Error(message), { code: "ERR_MODULE_NOT_FOUND" });
}
