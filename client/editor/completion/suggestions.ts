/** What the editor knows besides the document. */
export interface CompletionData {
  readonly models: readonly { readonly id: string; readonly name: string; readonly tier: string | null }[];
  /** Of the seeds selected next to the editor; empty while none are. */
  readonly collections: readonly KnownCollection[];
}

export interface KnownCollection {
  readonly name: string;
  readonly fields: readonly { readonly name: string; readonly types: readonly string[] }[];
}

export interface Suggestion {
  readonly label: string;
  /** Shown after the label: a type or a signature. */
  readonly detail?: string;
  /** One sentence. */
  readonly description?: string;
  /** The inserted text; the label when absent. */
  readonly apply?: string;
  readonly kind: "key" | "value" | "variable" | "field" | "function" | "keyword";
}

export interface Suggestions {
  /** The position where the typed part of the suggestion begins. */
  readonly from: number;
  readonly options: readonly Suggestion[];
}
