import { loadConfig, type Config } from "../config.ts";

/**
 * Where the API is. An instance on this machine may have other ports after a restart, so when the API cannot be reached,
 * `/config.json` is read anew.
 */
export class Endpoints {
  #config: Config;
  #reading: Promise<boolean> | undefined;

  /** @param onChange called with a configuration that differs from the one before */
  constructor(
    config: Config,
    private readonly onChange: (config: Config) => void,
    private readonly load: () => Promise<Config> = loadConfig,
  ) {
    this.#config = config;
  }

  get config(): Config {
    return this.#config;
  }

  /** Whether it has changed; false if it cannot be read either. Whoever asks meanwhile gets the same answer. */
  reread(): Promise<boolean> {
    this.#reading ??= this.#read().finally(() => (this.#reading = undefined));
    return this.#reading;
  }

  async #read(): Promise<boolean> {
    const config = await this.load().catch(() => this.#config);
    if (JSON.stringify(config) === JSON.stringify(this.#config)) return false;
    this.#config = config;
    this.onChange(config);
    return true;
  }
}
