import { useMutation } from "@apollo/client/react";
import { CreateJobDocument, type CreateJobInput, type JobFieldsFragment } from "../generated/documents.ts";
import { useWishToken } from "../hooks/useClientToken.ts";
import { placeInLists } from "../jobs/live/lists.ts";

/** Starts a job and puts it into the lists. The same wish sent again, after a lost answer, gives the same job. */
export function useCreateJob() {
  const { tokenFor } = useWishToken();
  const [mutate] = useMutation(CreateJobDocument, {
    update: (cache, { data }) => data && placeInLists(cache, data.createJob),
  });
  return async (input: Omit<CreateJobInput, "clientToken">): Promise<JobFieldsFragment> => {
    const { data } = await mutate({ variables: { input: { ...input, clientToken: tokenFor(input) } } });
    if (!data) throw new Error("The server answered without a job.");
    return data.createJob;
  };
}
