import { useMutation } from "@apollo/client/react";
import { CreateJobDocument, type CreateJobInput, type JobFieldsFragment } from "../generated/documents.ts";
import { useClientToken } from "../hooks/useClientToken.ts";
import { updateJobLists } from "./jobLists.ts";

/** Starts a job and adds it to the lists. The same input sent again after a lost response returns the same job. */
export function useCreateJob() {
  const { tokenFor } = useClientToken();
  const [mutate] = useMutation(CreateJobDocument, {
    update: (cache, { data }) => data && updateJobLists(cache, data.createJob),
  });
  return async (input: Omit<CreateJobInput, "clientToken">): Promise<JobFieldsFragment> => {
    const { data } = await mutate({ variables: { input: { ...input, clientToken: tokenFor(input) } } });
    if (!data) throw new Error("The server answered without a job.");
    return data.createJob;
  };
}
