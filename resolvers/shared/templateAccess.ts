/** Who may read which versions of a template. Steps and functions share these rules, so they are safe for APPSYNC_JS. */
import { SAMPLES } from "../../core/keys.ts";
import type { TemplateHeadRow } from "../../core/template/template-rows.ts";

type Head = Pick<TemplateHeadRow, "owner" | "name" | "latestVersion" | "publishedVersions">;

/** The arguments of a field that name a template: by `id`, or by `templateId` where the field is about something else. */
export interface NamesTemplate {
  id?: string;
  version?: number | null;
  templateId?: string;
  templateVersion?: number | null;
}

/** The template that a field names, with the version if it names one. */
export const namedTemplate = ({ id, version, templateId, templateVersion }: NamesTemplate) => ({
  id: templateId ?? id ?? "",
  version: templateVersion ?? version,
});

/** People can read all versions of their own templates and of samples, and the published versions of others. */
export const hasFullAccess = (head: Head, me: string) => head.owner === me || head.owner === SAMPLES;

export const mayReadVersion = (head: Head, me: string, version: number) =>
  hasFullAccess(head, me)
    ? version >= 1 && version <= head.latestVersion
    : (head.publishedVersions ?? []).indexOf(version) >= 0;

/** The newest version that a person may read; 0 when there is none, which makes the template nonexistent to them. */
export const latestFor = (head: Head, me: string) =>
  hasFullAccess(head, me)
    ? head.latestVersion
    : (head.publishedVersions ?? []).reduce((latest, version) => (version > latest ? version : latest), 0);

/** The message for a version that does not exist or is not published. It reveals nothing of unpublished versions. */
export const versionNotFound = (head: Head, me: string, version: number) =>
  hasFullAccess(head, me)
    ? `The template "${head.name}" has no version ${version}; it has versions 1 to ${head.latestVersion}.`
    : `The template has no published version ${version}; published versions: ${(head.publishedVersions ?? []).join(", ")}.`;

export const SAMPLE_IS_READ_ONLY = "Samples are read-only; fork the template and edit your copy.";
