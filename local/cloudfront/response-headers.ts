/** The headers that an `AWS::CloudFront::ResponseHeadersPolicy` adds to and removes from a distribution's responses. */

/** `ResponseHeadersPolicyConfig`; every part is optional. */
export type HeadersPolicy = Record<string, any>;

/** AWS managed policies, which need not be in a template, by id. */
export const MANAGED_POLICIES: Readonly<Record<string, HeadersPolicy>> = {
  "67f7725c-6f97-4210-82d7-5512b31e9d03": {
    SecurityHeadersConfig: {
      ContentTypeOptions: { Override: true },
      FrameOptions: { FrameOption: "SAMEORIGIN", Override: false },
      ReferrerPolicy: { ReferrerPolicy: "strict-origin-when-cross-origin", Override: false },
      XSSProtection: { Protection: true, ModeBlock: true, Override: false },
    },
  },
};

/**
 * Applies a policy to a response's headers (names in lowercase).
 * @param localOrigins local addresses that replace AWS's
 */
export function applyPolicy(
  policy: HeadersPolicy,
  headers: Record<string, string>,
  requestOrigin: string | undefined,
  localOrigins: readonly string[],
): void {
  for (const { Header } of policy.RemoveHeadersConfig?.Items ?? []) delete headers[Header.toLowerCase()];
  const added = [
    ...securityHeaders(policy.SecurityHeadersConfig ?? {}, localOrigins),
    ...corsHeaders(policy.CorsConfig, requestOrigin),
    ...(policy.CustomHeadersConfig?.Items ?? []).map((item: any) => [item.Header, item.Value, item.Override]),
  ];
  for (const [name, value, override] of added) {
    const key = String(name).toLowerCase();
    if (headers[key] === undefined || String(override) === "true") headers[key] = String(value);
  }
}

type Added = readonly [name: string, value: string, override: unknown];

/** Without Strict-Transport-Security: the sites of the local cloud are plain http. */
function securityHeaders(config: Record<string, any>, localOrigins: readonly string[]): Added[] {
  const { ContentSecurityPolicy: csp, ContentTypeOptions, FrameOptions, ReferrerPolicy, XSSProtection } = config;
  const added: (Added | undefined)[] = [
    csp && ["content-security-policy", localCsp(csp.ContentSecurityPolicy, localOrigins), csp.Override],
    ContentTypeOptions && ["x-content-type-options", "nosniff", ContentTypeOptions.Override],
    FrameOptions && ["x-frame-options", FrameOptions.FrameOption, FrameOptions.Override],
    ReferrerPolicy && ["referrer-policy", ReferrerPolicy.ReferrerPolicy, ReferrerPolicy.Override],
    XSSProtection && ["x-xss-protection", xssProtection(XSSProtection), XSSProtection.Override],
  ];
  return added.filter((each) => each !== undefined);
}

/**
 * Adapts a content security policy written for AWS: where it lets a page reach AWS's hosts, the page may reach the local ones
 * instead, and nothing is upgraded to https. Local addresses lose their port: an open page keeps its policy when a restart
 * gives the services others.
 */
export function localCsp(policy: string, localOrigins: readonly string[]): string {
  // The template may put https:// or wss:// before a local address, which has no TLS.
  const plain = policy.replaceAll(/\b(http|ws)s:\/\/(?=127\.0\.0\.1\b)/g, "$1://");
  const directives = plain.split(";").map((directive) => directive.trim());
  return directives
    .filter((directive) => directive && !/^(upgrade-insecure-requests|block-all-mixed-content)$/.test(directive))
    .map((directive) => (/\.amazonaws\.com\b/.test(directive) ? [directive, ...localOrigins].join(" ") : directive))
    .map((directive) => [...new Set(directive.split(/\s+/).map(onAnyPort))].join(" "))
    .join("; ");
}

function onAnyPort(source: string): string {
  return source.replace(/^((?:http|ws):\/\/127\.0\.0\.1):\d+/, "$1:*");
}

function xssProtection({ Protection, ModeBlock, ReportUri }: Record<string, any>): string {
  if (String(Protection) !== "true") return "0";
  return ["1", String(ModeBlock) === "true" && "mode=block", ReportUri && `report=${ReportUri}`]
    .filter(Boolean)
    .join("; ");
}

function corsHeaders(config: Record<string, any> | undefined, requestOrigin: string | undefined): Added[] {
  if (!config || !requestOrigin) return [];
  const allowed: readonly string[] = config.AccessControlAllowOrigins?.Items ?? [];
  const withCredentials = String(config.AccessControlAllowCredentials) === "true";
  if (!allowed.some((pattern) => originPattern(pattern).test(requestOrigin))) return [];
  const list = (name: string, header: string): Added[] => {
    const items: readonly string[] = config[name]?.Items ?? [];
    return items.length > 0 ? [[header, items.join(", "), config.OriginOverride]] : [];
  };
  return [
    [
      "access-control-allow-origin",
      allowed.includes("*") && !withCredentials ? "*" : requestOrigin,
      config.OriginOverride,
    ],
    ...(withCredentials ? ([["access-control-allow-credentials", "true", config.OriginOverride]] as const) : []),
    ...list("AccessControlAllowMethods", "access-control-allow-methods"),
    ...list("AccessControlAllowHeaders", "access-control-allow-headers"),
    ...list("AccessControlExposeHeaders", "access-control-expose-headers"),
  ];
}

function originPattern(pattern: string): RegExp {
  const source = pattern.replaceAll(/[.+?^${}()|[\]\\]/g, "\\$&").replaceAll("*", ".*");
  return new RegExp(`^(https?://)?${source}$`);
}
