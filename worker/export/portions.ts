/** The files that records are handed to: one of each format, or one for each portion of a split. */
import { assignSplit, splitNamesOf, type SplitName, type Split } from "#core/dataset/split";
import type { DatasetFile } from "./dataset-file.ts";

/** Begins the files of a stem, `dataset` or `dataset.train`, one for each format. */
export type BeginFiles = (stem: string) => Promise<readonly DatasetFile[]>;

export class SplitFiles {
  readonly #files = new Map<SplitName | undefined, readonly DatasetFile[]>();

  /** `stem` may have folders: `category=comedy/dataset`. */
  constructor(
    readonly split: Split | undefined,
    readonly stem: string,
    readonly begin: BeginFiles,
  ) {}

  /** Begins the files of every portion, also of those that no record will fall into. */
  async beginAll(): Promise<void> {
    for (const portion of this.#order) await this.#of(portion);
  }

  async filesOf(recordId: string): Promise<readonly DatasetFile[]> {
    return await this.#of(this.split && assignSplit(this.split, recordId));
  }

  /** Those begun so far, portion by portion. */
  get files(): DatasetFile[] {
    return this.#order.flatMap((portion) => this.#files.get(portion) ?? []);
  }

  get #order(): readonly (SplitName | undefined)[] {
    return this.split ? splitNamesOf(this.split) : [undefined];
  }

  async #of(portion: SplitName | undefined): Promise<readonly DatasetFile[]> {
    const known = this.#files.get(portion);
    if (known) return known;
    const begun = await this.begin(portion ? `${this.stem}.${portion}` : this.stem);
    this.#files.set(portion, begun);
    return begun;
  }
}
