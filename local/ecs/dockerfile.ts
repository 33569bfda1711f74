/**
 * Reads from a Dockerfile what is needed to run its program without a build: environment, working directory, files and command
 * of the last stage. Build commands (`RUN`) are listed, not executed.
 */

export interface ImageRecipe {
  readonly env: Record<string, string>;
  /** Absolute, inside the image. */
  workdir: string;
  entrypoint: readonly string[];
  command: readonly string[];
  readonly copies: { readonly sources: readonly string[]; readonly destination: string }[];
  /** Instructions that only a real build can execute. */
  readonly skipped: string[];
}

/** @throws Error for a Dockerfile that copies from another stage or image */
export function readDockerfile(text: string): ImageRecipe {
  const stages = new Map<string, ImageRecipe>();
  const buildArguments: Record<string, string> = {};
  let recipe = emptyRecipe();
  for (const [keyword, rest] of instructions(text)) {
    const expanded = expand(rest, { ...buildArguments, ...recipe.env });
    switch (keyword) {
      case "FROM": {
        const [base = "", , stage] = expanded.replace(/--\S+\s+/g, "").split(/\s+/);
        recipe = structuredClone(stages.get(base) ?? emptyRecipe());
        if (stage) stages.set(stage, recipe);
        break;
      }
      case "ARG": {
        const [name = "", value] = splitOnce(expanded, "=");
        if (value !== undefined) buildArguments[name] = unquote(value);
        break;
      }
      case "ENV":
        Object.assign(recipe.env, readEnv(expanded));
        break;
      case "WORKDIR":
        recipe.workdir = absolute(unquote(expanded), recipe.workdir);
        break;
      case "COPY":
      case "ADD":
        recipe.copies.push(readCopy(keyword, expanded, recipe.workdir));
        break;
      case "ENTRYPOINT":
        recipe.entrypoint = readCommand(rest);
        recipe.command = [];
        break;
      case "CMD":
        recipe.command = readCommand(rest);
        break;
      case "RUN":
        recipe.skipped.push(`RUN ${rest}`);
        break;
    }
  }
  return recipe;
}

function emptyRecipe(): ImageRecipe {
  return { env: {}, workdir: "/", entrypoint: [], command: [], copies: [], skipped: [] };
}

function instructions(text: string): [keyword: string, rest: string][] {
  const lines = text.split(/\r?\n/).filter((line) => !/^\s*#/.test(line));
  const joined = lines.join("\n").replaceAll(/\\[ \t]*\n/g, "");
  return joined
    .split("\n")
    .map((line) => /^\s*([A-Za-z]+)\s+(.*)$/.exec(line))
    .filter((match) => match !== null)
    .map(([, keyword = "", rest = ""]) => [keyword.toUpperCase(), rest.trim()]);
}

/** `A=1 B="two words"`, or the old form `A one value`. */
function readEnv(text: string): Record<string, string> {
  if (!/^\S+=/.test(text)) {
    const [name = "", value = ""] = splitOnce(text, " ");
    return { [name]: value.trim() };
  }
  const pairs = text.matchAll(/([^\s=]+)=("(?:[^"\\]|\\.)*"|'[^']*'|(?:[^\s\\]|\\.)*)/g);
  return Object.fromEntries([...pairs].map(([, name = "", value = ""]) => [name, unquote(value)]));
}

function readCopy(keyword: string, text: string, workdir: string): ImageRecipe["copies"][number] {
  if (/--from=/.test(text)) {
    throw new Error(
      `"${keyword} ${text}" copies from another stage, which needs a real Docker build.` +
        " Bundle the program beforehand, so that the Dockerfile copies finished files.",
    );
  }
  const withoutFlags = text.replaceAll(/--\S+\s+/g, "");
  const words = withoutFlags.startsWith("[") ? (JSON.parse(withoutFlags) as string[]) : withoutFlags.split(/\s+/);
  const destination = words.at(-1) ?? ".";
  const isFolder = /(^|\/)\.?$/.test(destination);
  return { sources: words.slice(0, -1), destination: absolute(destination, workdir) + (isFolder ? "/" : "") };
}

/** The exec form is a JSON array; anything else is the shell form. */
function readCommand(text: string): readonly string[] {
  if (!text.startsWith("[")) return ["/bin/sh", "-c", text];
  return JSON.parse(text) as string[];
}

function absolute(target: string, workdir: string): string {
  const joined = target.startsWith("/") ? target : `${workdir}/${target}`;
  const parts: string[] = [];
  for (const part of joined.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  }
  return `/${parts.join("/")}`;
}

function expand(text: string, variables: Record<string, string>): string {
  return text.replaceAll(/\$(?:\{(\w+)(?::-([^}]*))?\}|(\w+))/g, (_all, braced, fallback, plain) => {
    return variables[braced ?? plain] ?? fallback ?? "";
  });
}

function unquote(text: string): string {
  return text.replace(/^(["'])(.*)\1$/, "$2").replaceAll(/\\(.)/g, "$1");
}

function splitOnce(text: string, separator: string): [string, string | undefined] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}
