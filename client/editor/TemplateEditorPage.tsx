import { useState } from "react";
import { Navigate, useParams } from "react-router";
import { PageError } from "../layout/PageError.tsx";
import { TemplateEditor } from "./TemplateEditor.tsx";
import type { TemplateFieldsFragment } from "../generated/documents.ts";
import { useTemplateOnce } from "./useTemplateOnce.ts";
import { paths } from "../paths.ts";
import { SkeletonCards } from "../ui/States.tsx";

/** Writes a new template, or edits one of mine. */
export default function TemplateEditorPage() {
  const { id } = useParams();
  // A new template stays open when its first save changes the address.
  const [created, setCreated] = useState<TemplateFieldsFragment | null>(null);
  if (id === undefined || id === created?.id) return <TemplateEditor key="new" saved={null} onCreated={setCreated} />;
  return <Existing key={id} id={id} />;
}

function Existing({ id }: { readonly id: string }) {
  const { template, error, retry } = useTemplateOnce(id);
  if (error !== undefined) return <PageError error={error} what="template" onRetry={retry} />;
  if (!template) return <SkeletonCards count={3} label="Loading template" />;
  if (!template.isMine) return <Navigate to={paths.template(id)} replace />;
  return <TemplateEditor saved={template} />;
}
