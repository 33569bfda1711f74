/** The files that records go to: one per format, or one per format and portion of a split. */
import { assignSplit, splitNamesOf, type SplitName, type Split } from "#core/dataset/split";
import type { DatasetFile } from "./dataset-file.ts";

/** Begins the files of a stem, `dataset` or `dataset.train`, one per format. */
export type BeginFiles = (stem: string) => Promise<readonly DatasetFile[]>;

export class SplitFiles {
  readonly #files = new Map<SplitName | undefined, readonly DatasetFile[]>();

  /** `stem` may include folders: `category=comedy/dataset`. */
  constructor(
    readonly split: Split | undefined,
    readonly stem: string,
    readonly begin: BeginFiles,
  ) {}

  /** Begins the files of every portion, even of those that will get no record. */
  async beginAll(): Promise<void> {
    for (const portion of this.#portions) await this.#of(portion);
  }

  async filesOf(recordId: string): Promise<readonly DatasetFile[]> {
    return await this.#of(this.split && assignSplit(this.split, recordId));
  }

  /** The files begun so far, portion by portion. */
  get files(): DatasetFile[] {
    return this.#portions.flatMap((portion) => this.#files.get(portion) ?? []);
  }

  get #portions(): readonly (SplitName | undefined)[] {
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
