/** Every address of the app. Links are built here and nowhere else. */
export const paths = {
  home: "/",
  jobs: (status?: string) => (status ? `/jobs?status=${status}` : "/jobs"),
  job: (id: string) => `/jobs/${encodeURIComponent(id)}`,
  newJob: (preselected: { templateId?: string; templateVersion?: number; seedSetId?: string } = {}) =>
    `/jobs/new${query(preselected)}`,
  templates: "/templates",
  templatesOf: (tab: string, filters: { category?: string; tag?: string } = {}) =>
    `/templates${query({ tab, ...filters })}`,
  newTemplate: "/templates/new",
  editTemplate: (id: string) => `/templates/${encodeURIComponent(id)}/edit`,
  template: (id: string, version?: number) => `/templates/${encodeURIComponent(id)}${query({ version })}`,
  seeds: "/seeds",
  seedSet: (id: string) => `/seeds/${encodeURIComponent(id)}`,
} as const;

/** The route patterns that the router matches. */
export const patterns = {
  jobs: "/jobs",
  newJob: "/jobs/new",
  job: "/jobs/:id",
  templates: "/templates",
  newTemplate: "/templates/new",
  editTemplate: "/templates/:id/edit",
  template: "/templates/:id",
  seeds: "/seeds",
  seedSet: "/seeds/:id",
} as const;

function query(entries: Record<string, string | number | undefined>): string {
  const given = Object.entries(entries).filter(([, value]) => value !== undefined);
  return given.length === 0 ? "" : `?${new URLSearchParams(given.map(([key, value]) => [key, String(value)]))}`;
}
