/**
 * Finds and loads a handler as Lambda does: from the function's folder alone, although that is inside other packages here. So a
 * `.js` file is CommonJS unless the function's own package.json says otherwise, and a package that is neither in the folder nor
 * part of Lambda's runtime (the AWS SDK) is not found here either.
 */
import { existsSync, readFileSync, realpathSync } from "node:fs";
import Module, { createRequire, isBuiltin, register } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";

const BROUGHT_BY_RUNTIME = /^@(aws-sdk|smithy)\//;
const requireHere = createRequire(import.meta.url);

/**
 * @param {string} folder the function's code
 * @param {string} name `file.export`, `folder/file.export`
 * @returns {Promise<Function>}
 * @throws errors with Lambda's names: Runtime.ImportModuleError, Runtime.HandlerNotFound …
 */
export async function loadHandler(folder, name) {
  const root = realpathSync(folder);
  const [, moduleName, exportPath] = /^((?:.*\/)?[^./]*)\.(.*)$/.exec(name) ?? [];
  if (moduleName === undefined) throw runtimeError("MalformedHandlerName", `Bad handler ${name}`);
  const file = [".js", ".mjs", ".cjs"]
    .map((end) => path.join(root, moduleName + end))
    .find((candidate) => existsSync(candidate));
  if (file === undefined) throw runtimeError("ImportModuleError", `Error: Cannot find module '${moduleName}'`);
  const exported = await load(file, root);
  const handler = exportPath.split(".").reduce((value, key) => value?.[key], exported);
  if (handler === undefined) throw runtimeError("HandlerNotFound", `${name} is undefined or not exported`);
  if (typeof handler !== "function") throw runtimeError("HandlerNotFound", `${name} is not a function`);
  return handler;
}

async function load(file, root) {
  confineRequire(root);
  try {
    if (!isModule(file, root)) return requireHere(file);
    register("./runtime-resolve.mjs", { parentURL: import.meta.url, data: { root: pathToFileURL(root).href } });
    return await import(pathToFileURL(file).href);
  } catch (error) {
    if (error instanceof SyntaxError) throw runtimeError("UserCodeSyntaxError", `SyntaxError: ${error.message}`, error);
    if (/MODULE_NOT_FOUND$/.test(error?.code))
      throw runtimeError("ImportModuleError", `Error: ${error.message}`, error);
    throw error;
  }
}

function isModule(file, root) {
  if (!file.endsWith(".js")) return file.endsWith(".mjs");
  for (let folder = path.dirname(file); folder.startsWith(root); folder = path.dirname(folder)) {
    const manifest = path.join(folder, "package.json");
    if (existsSync(manifest)) return JSON.parse(readFileSync(manifest, "utf8")).type === "module";
  }
  return false;
}

function confineRequire(root) {
  const isInside = (file) => file?.startsWith(root + path.sep);
  const resolveFilename = Module._resolveFilename;
  Module._resolveFilename = function (request, parent, ...rest) {
    const isPackage = !isBuiltin(request) && !/^[./]/.test(request);
    if (!isPackage || !isInside(parent?.filename)) return resolveFilename.call(this, request, parent, ...rest);
    const resolve = () => resolveFilename.call(this, request, parent, ...rest);
    if (BROUGHT_BY_RUNTIME.test(request)) return resolveOr(resolve, () => requireHere.resolve(request));
    const found = resolve();
    if (isInside(found)) return found;
    throw Object.assign(new Error(`Cannot find module '${request}'`), { code: "MODULE_NOT_FOUND" });
  };
  const loadScript = Module._extensions[".js"];
  Module._extensions[".js"] = (module, filename) => {
    if (!isInside(filename) || isModule(filename, root)) return loadScript(module, filename);
    module._compile(readFileSync(filename, "utf8"), filename);
  };
}

function resolveOr(resolve, otherwise) {
  try {
    return resolve();
  } catch {
    return otherwise();
  }
}

function runtimeError(name, message, cause) {
  return Object.assign(new Error(message, { cause }), { name: `Runtime.${name}` });
}
