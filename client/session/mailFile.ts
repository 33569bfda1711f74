import { userPoolEndpoint, type Config } from "../config.ts";

/**
 * The file that mail is written to instead of being sent: a user pool on this machine names it in its public description.
 * Null on AWS, where mail arrives, and when the pool cannot be reached.
 */
export async function readMailFile(config: Config, fetchFile: typeof fetch = fetch): Promise<string | null> {
  if (userPoolEndpoint(config) === undefined) return null;
  try {
    const response = await fetchFile(`${config.userPoolProviderUrl}/.well-known/openid-configuration`);
    const { mail_file: file } = (await response.json()) as { mail_file?: unknown };
    return typeof file === "string" ? file : null;
  } catch {
    return null;
  }
}
