/** The encoding functions of util, matching Java's. */

export function base64Encode(text: string): string {
  return Buffer.from(text, "utf8").toString("base64");
}

export function base64Decode(text: string): string {
  return Buffer.from(text, "base64").toString("utf8");
}

/** `application/x-www-form-urlencoded`: a space is `+`, and `! ' ( ) ~` are escaped too. */
export function urlEncode(text: string): string {
  return encodeURIComponent(text)
    .replace(/%20/g, "+")
    .replace(/[!'()~]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}

export function urlDecode(text: string): string {
  return decodeURIComponent(text.replace(/\+/g, " "));
}

const ESCAPES: Readonly<Record<string, string>> = { "\b": "b", "\t": "t", "\n": "n", "\f": "f", "\r": "r" };

/** Escapes quotes, slashes and control characters with a backslash and everything beyond ASCII as `\uXXXX`. */
export function escapeJavaScript(text: string): string {
  return text.replace(/["'\\/]|[^ -~]/g, (character) => {
    if (/["'\\/]/.test(character)) return `\\${character}`;
    const short = ESCAPES[character];
    return short ? `\\${short}` : `\\u${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}`;
  });
}
