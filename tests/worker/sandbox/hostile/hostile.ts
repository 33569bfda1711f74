/** A template that attempts something it must not be able to do. */
export interface Hostile {
  /** What it tries. */
  readonly tries: string;
  readonly prompt: string;
  /** The result: an error that says this, or the harmless text it renders to. */
  readonly ends: { readonly error: string | RegExp } | { readonly text: string };
  readonly when?: string;
  readonly forEach?: string;
  readonly until?: string;
  readonly column?: string;
  /** A condition of `accept`. */
  readonly accept?: string;
  readonly partials?: Readonly<Record<string, string>>;
  /** Partials of other templates. */
  readonly others?: Readonly<Record<string, string>>;
  /** The text of `it`; a film by default. */
  readonly it?: string;
}

export const TOO_LONG = "it took longer than 100 ms";
export const TOO_MUCH = "it took more than 32 MB of memory";
export const TOO_DEEP = "it recursed too deeply";
