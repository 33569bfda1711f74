/** Who may read which versions of a template. One rule for steps and functions, so it is safe for APPSYNC_JS. */
import { SAMPLES } from "../../core/keys.ts";
import type { TemplateHeadRow } from "../../core/template/template-rows.ts";

type Head = Pick<TemplateHeadRow, "owner" | "name" | "latestVersion" | "publishedVersions">;

/** Mine and samples are open whole, somebody else's where it is published. */
export const isWhole = (head: Head, me: string) => head.owner === me || head.owner === SAMPLES;

export const mayReadVersion = (head: Head, me: string, version: number) =>
  isWhole(head, me)
    ? version >= 1 && version <= head.latestVersion
    : (head.publishedVersions ?? []).indexOf(version) >= 0;

/** The newest version that a person may read; 0 when there is none, and then the template does not exist for them. */
export const latestFor = (head: Head, me: string) =>
  isWhole(head, me)
    ? head.latestVersion
    : (head.publishedVersions ?? []).reduce((latest, version) => (version > latest ? version : latest), 0);

/** The sentence for a version that is not there, or not published. Nothing in it comes from a version that is not published. */
export const noVersion = (head: Head, me: string, version: number) =>
  isWhole(head, me)
    ? `The template "${head.name}" has no version ${version}; it has 1 to ${head.latestVersion}.`
    : `The template has no version ${version}; published are ${(head.publishedVersions ?? []).join(", ")}.`;

export const SAMPLE_STAYS = "A sample cannot be changed; fork it, and change your copy.";
