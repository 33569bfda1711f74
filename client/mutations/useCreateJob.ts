import { useRef } from "react";
import { useMutation } from "@apollo/client/react";
import { CreateJobDocument, type CreateJobInput, type JobFactsFragment } from "../generated/documents.ts";
import { placeInLists } from "../jobs/lists.ts";

/** Starts a job and puts it into the lists. The same wish sent again, after a lost answer, gives the same job. */
export function useCreateJob() {
  const token = useRef<{ wish: string; text: string }>(undefined);
  const [mutate] = useMutation(CreateJobDocument, {
    update: (cache, { data }) => data && placeInLists(cache, data.createJob),
  });
  return async (input: Omit<CreateJobInput, "clientToken">): Promise<JobFactsFragment> => {
    const wish = JSON.stringify(input);
    if (token.current?.wish !== wish) token.current = { wish, text: crypto.randomUUID() };
    const { data } = await mutate({ variables: { input: { ...input, clientToken: token.current.text } } });
    if (!data) throw new Error("The server answered without a job.");
    return data.createJob;
  };
}
