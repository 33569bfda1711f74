import type { ApolloCache } from "@apollo/client";

/** Evicts the lists of templates and versions from the cache: their order and length have changed. */
export function forgetTemplateLists(cache: ApolloCache): void {
  for (const fieldName of ["listTemplates", "listTemplateVersions", "searchTemplates", "getTemplate"]) {
    cache.evict({ id: "ROOT_QUERY", fieldName });
  }
}
