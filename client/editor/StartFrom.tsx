import { useState } from "react";
import { useQuery } from "@apollo/client/react";
import { useNavigate } from "react-router";
import { SampleTemplatesDocument } from "../generated/documents.ts";
import { useAction } from "../hooks/useAction.ts";
import { useForkTemplate } from "../mutations/useForkTemplate.ts";
import { paths } from "../paths.ts";
import { Button } from "../ui/Button.tsx";
import { FieldError } from "../ui/Field.tsx";

/** An alternative to the starter template: a copy of a sample. */
export function StartFrom() {
  const navigate = useNavigate();
  const forkTemplate = useForkTemplate();
  const samples =
    useQuery(SampleTemplatesDocument, { variables: { limit: 100 } }).data?.listSampleTemplates.items ?? [];
  const [selected, setSelected] = useState("");
  const { run, busy, error } = useAction();
  const copy = () =>
    void run(async () => {
      const { id } = await forkTemplate(selected);
      void navigate(paths.editTemplate(id), { replace: true });
    });
  return (
    <div className="row start-from">
      <label className="soft" htmlFor="start-from">
        Write your own below, or start from
      </label>
      <select
        id="start-from"
        className="input input-small"
        value={selected}
        onChange={(event) => setSelected(event.target.value)}
      >
        <option value="">a sample…</option>
        {samples.map(({ id, name }) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </select>
      <Button icon="copy" disabled={selected === ""} busy={busy} onClick={copy}>
        Copy
      </Button>
      <FieldError error={error} />
    </div>
  );
}
