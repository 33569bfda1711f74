import type { ApolloCache } from "@apollo/client";

/** Drops what is known of my templates, of versions and of public ones: their order and number have changed. */
export function forgetTemplateLists(cache: ApolloCache): void {
  for (const fieldName of ["listTemplates", "listTemplateVersions", "searchTemplates", "getTemplate"]) {
    cache.evict({ id: "ROOT_QUERY", fieldName });
  }
}
