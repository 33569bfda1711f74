import { useState } from "react";
import { Navigate, useParams } from "react-router";
import { PageFailure } from "../layout/PageError.tsx";
import { TemplateEditor } from "./TemplateEditor.tsx";
import type { TemplateFieldsFragment } from "../generated/documents.ts";
import { useTemplateOnce } from "./useTemplateOnce.ts";
import { paths } from "../paths.ts";
import { SkeletonCards } from "../ui/States.tsx";

/** Writes a new template, or changes one of mine. */
export default function TemplateEditorPage() {
  const { id } = useParams();
  // A template that was new when it was opened stays open under its own address.
  const [made, setMade] = useState<TemplateFieldsFragment | null>(null);
  if (id === undefined || id === made?.id) return <TemplateEditor key="new" saved={null} onMade={setMade} />;
  return <Existing key={id} id={id} />;
}

function Existing({ id }: { readonly id: string }) {
  const { template, error, retry } = useTemplateOnce(id);
  if (error !== undefined) return <PageFailure error={error} what="template" onRetry={retry} />;
  if (!template) return <SkeletonCards count={3} label="Loading the template" />;
  if (!template.isMine) return <Navigate to={paths.template(id)} replace />;
  return <TemplateEditor saved={template} />;
}
