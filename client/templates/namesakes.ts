import type { TemplateCard_TemplateFragment } from "../generated/documents.ts";
import { tellApart } from "../tellApart.ts";
import { showDateTime } from "../ui/format.ts";

/** In a list, or whole. */
type Known = Pick<TemplateCard_TemplateFragment, "id" | "name" | "isSample" | "isMine" | "latestVersion"> &
  ({ readonly updatedAt: string } | { readonly createdAt: string });

/** What tells templates of one name apart, by id: whose it is, its version and when that was saved. */
export function templateNamesakes(templates: readonly Known[]): ReadonlyMap<string, string> {
  return tellApart(templates, (template) => {
    const { isSample, isMine, latestVersion } = template;
    if (isSample) return "sample";
    const savedAt = "updatedAt" in template ? template.updatedAt : template.createdAt;
    return `${isMine ? "yours" : "someone else's"}, version ${latestVersion} of ${showDateTime(savedAt)}`;
  });
}
