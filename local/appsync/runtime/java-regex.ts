/** Regular expressions as AppSync accepts them: Java's syntax, given as a string. */
import { ResolverError } from "../errors.ts";

/** util.matches: true if the pattern is found in the text. */
export function matches(pattern: string, text: string): boolean {
  return javaRegex(pattern).test(text);
}

/** String.prototype.replace in APPSYNC_JS. */
export function replaceFirst(text: string, pattern: string, replacement: string): string {
  return text.replace(javaRegex(pattern), javaReplacement(replacement));
}

/** String.prototype.replaceAll in APPSYNC_JS. */
export function replaceAll(text: string, pattern: string, replacement: string): string {
  return text.replace(javaRegex(pattern, "g"), javaReplacement(replacement));
}

function javaRegex(pattern: string, flags = ""): RegExp {
  const inline = /^\(\?([imsu]+)\)/.exec(pattern);
  const source = (inline ? pattern.slice(inline[0].length) : pattern)
    .replace(/\\Q([\s\S]*?)(?:\\E|$)/g, (_whole, literal: string) => literal.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&"))
    .replace(/\\A/g, "^")
    .replace(/\\[zZ]/g, "$")
    .replace(/\\h/g, "[ \\t\\u00A0]")
    .replace(
      /\\p\{(Alpha|Digit|Alnum|Upper|Lower|Punct|Space)\}/g,
      (_whole, name: string) => POSIX_CLASSES[name] ?? "",
    );
  try {
    return new RegExp(source, flags + (inline?.[1] ?? ""));
  } catch (error) {
    throw new ResolverError(`"${pattern}" is not a regular expression: ${(error as Error).message}`);
  }
}

const POSIX_CLASSES: Readonly<Record<string, string>> = {
  Alpha: "[A-Za-z]",
  Digit: "[0-9]",
  Alnum: "[A-Za-z0-9]",
  Upper: "[A-Z]",
  Lower: "[a-z]",
  Punct: "[!-\\/:-@\\[-`{-~]",
  Space: "\\s",
};

/** In Java `$1` is a group and a backslash quotes what follows. */
function javaReplacement(replacement: string): (...groups: unknown[]) => string {
  return (...found) =>
    replacement.replace(/\\([\s\S])|\$(\d)|\$\{(\w+)\}/g, (_whole, quoted?: string, index?: string, name?: string) => {
      if (quoted !== undefined) return quoted;
      const named = found.at(-1);
      const value =
        index !== undefined ? found[Number(index)] : (named as Record<string, unknown> | undefined)?.[name ?? ""];
      return typeof value === "string" ? value : "";
    });
}
