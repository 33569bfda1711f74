import { useEffect, useRef, useState } from "react";
import { explainError } from "../../errors.ts";
import type { SeedSetFieldsFragment } from "../../generated/documents.ts";
import { useConfirmSeedSet } from "../../mutations/useConfirmSeedSet.ts";
import { useCreateSeedSet, type UploadRequest } from "../../mutations/useCreateSeedSet.ts";
import { useDeleteSeedSet } from "../../mutations/useDeleteSeedSet.ts";
import { postFile } from "./postFile.ts";

export type UploadState =
  | { readonly phase: "idle"; readonly error: string | null }
  /** `sent` is the number of bytes uploaded, by file. */
  | { readonly phase: "sending"; readonly sent: readonly number[] };

/** Creates a seed set and uploads its files straight to S3. If that fails, the seed set is deleted again. */
export function useSeedUpload(onConfirmed: (seedSet: SeedSetFieldsFragment) => void) {
  const [state, setState] = useState<UploadState>({ phase: "idle", error: null });
  const createSeedSet = useCreateSeedSet();
  const confirmSeedSet = useConfirmSeedSet();
  const deleteSeedSet = useDeleteSeedSet();
  const abort = useRef<AbortController>(undefined);
  useEffect(() => () => abort.current?.abort(), []);

  const start = async ({ name, files, skipInvalid }: UploadRequest) => {
    const controller = (abort.current = new AbortController());
    let created: SeedSetFieldsFragment | undefined;
    setState({ phase: "sending", sent: files.map(() => 0) });
    try {
      const { seedSet, uploads } = await createSeedSet({ name, files, skipInvalid });
      created = seedSet;
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
      if (created) await deleteSeedSet(created.id).catch(() => undefined);
      setState({ phase: "idle", error: controller.signal.aborted ? null : explainError(error).text });
    }
  };
  return { state, start, cancel: () => abort.current?.abort() };
}

function withSent(state: UploadState, index: number, bytes: number): UploadState {
  return state.phase === "sending" ? { ...state, sent: state.sent.with(index, bytes) } : state;
}
