import { useMutation } from "@apollo/client/react";
import { DeleteJobDocument, JobFieldsFragmentDoc } from "../generated/documents.ts";
import { updateJobLists } from "./jobLists.ts";

/** Deletes a job with its datasets and removes it from the lists. */
export function useDeleteJob() {
  const [mutate] = useMutation(DeleteJobDocument, {
    update(cache, { data }) {
      const id = data ? cache.identify(data.deleteJob) : undefined;
      const job = cache.readFragment({ id, fragment: JobFieldsFragmentDoc, fragmentName: "JobFields" });
      if (job) updateJobLists(cache, job);
    },
  });
  return async (id: string): Promise<void> => {
    await mutate({ variables: { id } });
  };
}
