export function keepBuild(
  folder: string,
  digest: string,
  build: (folder: string) => Promise<void>,
  mayReplace?: () => Promise<void>,
): Promise<void>;
export function digestOf(root: string, paths: readonly string[], others?: unknown): string;
