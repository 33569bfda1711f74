import { useEffect, useRef, useState } from "react";
import { explainError } from "../../errors.ts";
import type { SeedSetFieldsFragment } from "../../generated/documents.ts";
import { useConfirmSeedSet } from "../../mutations/useConfirmSeedSet.ts";
import { useCreateSeedSet } from "../../mutations/useCreateSeedSet.ts";
import { useDeleteSeedSet } from "../../mutations/useDeleteSeedSet.ts";
import { postFile } from "./postFile.ts";

export interface UploadFile {
  readonly collection: string;
  readonly file: File;
}

export interface UploadWish {
  readonly name: string;
  readonly files: readonly UploadFile[];
  /** Faulty rows are left out instead of refusing their file. */
  readonly skipInvalid: boolean;
}

export type UploadState =
  | { readonly phase: "idle"; readonly error: string | null }
  /** `sent` counts bytes, file by file. */
  | { readonly phase: "sending"; readonly sent: readonly number[] };

/** Makes a seed set and sends its files straight to the bucket. What was not sent whole is removed again. */
export function useSeedUpload(onConfirmed: (seedSet: SeedSetFieldsFragment) => void) {
  const [state, setState] = useState<UploadState>({ phase: "idle", error: null });
  const createSeedSet = useCreateSeedSet();
  const confirmSeedSet = useConfirmSeedSet();
  const deleteSeedSet = useDeleteSeedSet();
  const abort = useRef<AbortController>(undefined);
  useEffect(() => () => abort.current?.abort(), []);

  const start = async ({ name, files, skipInvalid }: UploadWish) => {
    const controller = (abort.current = new AbortController());
    let made: SeedSetFieldsFragment | undefined;
    setState({ phase: "sending", sent: files.map(() => 0) });
    try {
      const { seedSet, uploads } = await createSeedSet({ name, files, skipInvalid });
      made = seedSet;
      for (const [index, { file }] of files.entries()) {
        const form = uploads[index];
        if (!form) throw new Error("The server gave fewer uploads than there are files.");
        const onSent = (bytes: number) => setState((known) => withSent(known, index, bytes));
        await postFile({ form, file, onSent, signal: controller.signal });
      }
      const confirmed = await confirmSeedSet(seedSet.id);
      setState({ phase: "idle", error: null });
      onConfirmed(confirmed);
    } catch (error) {
      if (made) await deleteSeedSet(made.id).catch(() => undefined);
      setState({ phase: "idle", error: controller.signal.aborted ? null : explainError(error).text });
    }
  };
  return { state, start, cancel: () => abort.current?.abort() };
}

function withSent(state: UploadState, index: number, bytes: number): UploadState {
  return state.phase === "sending" ? { ...state, sent: state.sent.with(index, bytes) } : state;
}
