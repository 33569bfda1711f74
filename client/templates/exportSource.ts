/** Downloads a source, unchanged, as a file named after the template. */
export function exportSource(name: string, source: string): void {
  const url = URL.createObjectURL(new Blob([source], { type: "application/yaml" }));
  const link = Object.assign(document.createElement("a"), { href: url, download: fileNameFor(name, source) });
  document.body.append(link);
  link.click();
  link.remove();
  URL.revokeObjectURL(url);
}

/** `Film questions` as `film-questions.yaml`; a JSON document gets its own extension. */
export function fileNameFor(name: string, source: string): string {
  const base = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "");
  return `${base || "template"}.${source.trimStart().startsWith("{") ? "json" : "yaml"}`;
}
