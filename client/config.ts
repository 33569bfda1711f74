/** The endpoints of this deployment; the site serves them as `/config.json`. */
export interface Config {
  readonly graphqlUrl: string;
  /** The exact address a socket connects to, `wss://…`. */
  readonly realtimeUrl: string;
  readonly region: string;
  readonly userPoolId: string;
  readonly userPoolClientId: string;
  readonly userPoolProviderUrl: string;
  readonly bucket: string;
  readonly appUrl: string;
}

/** @throws Error with a message for people when there is no usable `/config.json` */
export async function loadConfig(fetchFile: typeof fetch = fetch): Promise<Config> {
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  const response = await fetchFile("/config.json", { cache: "no-store", signal }).catch((cause: unknown) => {
    throw new Error("Cannot reach the server. Check your connection, then reload the page.", { cause });
  });
  if (!response.ok) throw new Error(`Expected /config.json from the server, got status ${response.status}.`);
  const body: unknown = await response.json().catch((cause: unknown) => {
    throw new Error(
      "Expected JSON in /config.json, got something else. Check that the site was deployed with its stacks.",
      {
        cause,
      },
    );
  });
  return parseConfig(body);
}

/** A server that accepts a connection and then says nothing must not keep anyone from trying again. */
const TIMEOUT_MS = 15_000;

/** @throws Error naming the first entry that is missing or invalid */
export function parseConfig(body: unknown): Config {
  if (typeof body !== "object" || body === null) throw new Error("Expected an object in /config.json.");
  const entries = ENTRIES.map((name) => [name, readEntry(name, (body as Record<string, unknown>)[name])]);
  return Object.fromEntries(entries) as unknown as Config;
}

/** The endpoint for sign-in calls when it is not Amazon's own; `undefined` leaves it to Amplify. */
export function userPoolEndpoint(config: Config): string | undefined {
  const { hostname, origin } = new URL(config.userPoolProviderUrl);
  return /\.amazonaws\.com(\.cn)?$/.test(hostname) ? undefined : origin;
}

const PROTOCOLS: Partial<Record<keyof Config, RegExp>> = {
  graphqlUrl: /^https?:$/,
  realtimeUrl: /^wss?:$/,
  userPoolProviderUrl: /^https?:$/,
  appUrl: /^https?:$/,
};

const ENTRIES = [
  "graphqlUrl",
  "realtimeUrl",
  "region",
  "userPoolId",
  "userPoolClientId",
  "userPoolProviderUrl",
  "bucket",
  "appUrl",
] as const satisfies (keyof Config)[];

function readEntry(name: keyof Config, value: unknown): string {
  if (typeof value !== "string" || value === "") {
    throw new Error(`Expected text for "${name}" in /config.json, got ${JSON.stringify(value) ?? "nothing"}.`);
  }
  const protocol = PROTOCOLS[name];
  if (protocol && !protocol.test(protocolOf(value))) {
    throw new Error(`Expected an address for "${name}" in /config.json, got "${value}".`);
  }
  return value;
}

function protocolOf(address: string): string {
  return URL.canParse(address) ? new URL(address).protocol : "";
}
