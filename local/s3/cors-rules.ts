/** The rules of a bucket's CorsConfiguration. */
export interface CorsRule {
  readonly origins: readonly string[];
  readonly methods: readonly string[];
  /** In lowercase; `*` matches anything. */
  readonly headers: readonly string[];
  readonly exposed: readonly string[];
  readonly maxAgeSeconds?: number;
}

export function corsRulesOf(configuration: Record<string, any> | undefined): CorsRule[] {
  const rules = (configuration?.CorsRules ?? []) as Record<string, any>[];
  return rules.map((rule) => ({
    origins: rule.AllowedOrigins ?? [],
    methods: rule.AllowedMethods ?? [],
    headers: ((rule.AllowedHeaders ?? []) as string[]).map((name) => name.toLowerCase()),
    exposed: rule.ExposedHeaders ?? [],
    ...(rule.MaxAge !== undefined && { maxAgeSeconds: Number(rule.MaxAge) }),
  }));
}
