export function bundleCommands(names: readonly string[]): Promise<string>;
