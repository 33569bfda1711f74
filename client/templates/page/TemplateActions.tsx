import { useState } from "react";
import { useNavigate } from "react-router";
import { draftsOf } from "../drafts.ts";
import type { TemplateFieldsFragment } from "../../generated/documents.ts";
import { useAction } from "../../hooks/useAction.ts";
import { useDeleteTemplate } from "../../mutations/useDeleteTemplate.ts";
import { useForkTemplate } from "../../mutations/useForkTemplate.ts";
import { useShareTemplate } from "../../mutations/useShareTemplate.ts";
import { paths } from "../../paths.ts";
import { useSignedInUser } from "../../hooks/UserContext.ts";
import { Button, ButtonLink } from "../../ui/Button.tsx";
import { Dialog } from "../../ui/Dialog.tsx";
import { FieldError } from "../../ui/Field.tsx";

/** The actions for a template: anyone who sees it can copy it; its owner can edit, publish and delete it. */
export function TemplateActions({ template }: { readonly template: TemplateFieldsFragment }) {
  const [openDialog, setOpenDialog] = useState<"publish" | "unpublish" | "delete" | null>(null);
  const close = () => setOpenDialog(null);
  const canPublish = template.isMine && !template.publishedVersions.includes(template.latestVersion);
  return (
    <>
      <ForkButton template={template} />
      {template.isMine && (
        <>
          {canPublish && (
            <Button icon="globe" onClick={() => setOpenDialog("publish")}>
              Publish
            </Button>
          )}
          {template.publishedAt && <Button onClick={() => setOpenDialog("unpublish")}>Unpublish</Button>}
          <Button icon="trash" onClick={() => setOpenDialog("delete")}>
            Delete
          </Button>
          <ButtonLink to={paths.editTemplate(template.id)} icon="edit">
            Edit
          </ButtonLink>
        </>
      )}
      {openDialog === "publish" && <PublishDialog template={template} onClose={close} />}
      {openDialog === "unpublish" && <UnpublishDialog template={template} onClose={close} />}
      {openDialog === "delete" && <DeleteDialog template={template} onClose={close} />}
    </>
  );
}

interface Props {
  readonly template: TemplateFieldsFragment;
}

interface DialogProps extends Props {
  readonly onClose: () => void;
}

function ForkButton({ template }: Props) {
  const navigate = useNavigate();
  const forkTemplate = useForkTemplate();
  const { run, busy, error } = useAction();
  const fork = () =>
    void run(async () => {
      const copy = await forkTemplate(template.id, template.version);
      void navigate(paths.editTemplate(copy.id));
    });
  return (
    <>
      <Button icon="fork" busy={busy} title="Create your own template from this version" onClick={fork}>
        {template.isMine ? "Copy" : "Copy and edit"}
      </Button>
      <FieldError error={error} />
    </>
  );
}

function PublishDialog({ template, onClose }: DialogProps) {
  const shareTemplate = useShareTemplate();
  const { run, busy, error } = useAction(onClose);
  return (
    <Dialog
      title={`Publish “${template.name}”?`}
      action={`Publish version ${template.latestVersion}`}
      {...{ busy, error, onClose }}
      onConfirm={() => void run(() => shareTemplate(template.id, true))}
    >
      <p className="soft">
        Every signed-in user can find, read, copy and run version {template.latestVersion}. Your seeds and jobs stay
        private, and so do later versions until you publish them.
      </p>
    </Dialog>
  );
}

function UnpublishDialog({ template, onClose }: DialogProps) {
  const shareTemplate = useShareTemplate();
  const { run, busy, error } = useAction(onClose);
  return (
    <Dialog
      title={`Unpublish “${template.name}”?`}
      action="Unpublish"
      {...{ busy, error, onClose }}
      onConfirm={() => void run(() => shareTemplate(template.id, false))}
    >
      <p className="soft">
        Only you will be able to see and use it, in any version. Existing copies and jobs of other users are not
        affected.
      </p>
    </Dialog>
  );
}

function DeleteDialog({ template, onClose }: DialogProps) {
  const deleteTemplate = useDeleteTemplate();
  const { sub } = useSignedInUser();
  const navigate = useNavigate();
  const { run, busy, error } = useAction(() => {
    draftsOf(localStorage, sub, template.id).remove();
    void navigate(paths.templates);
  });
  return (
    <Dialog
      title={`Delete “${template.name}”?`}
      action="Delete"
      variant="danger"
      {...{ busy, error, onClose }}
      onConfirm={() => void run(() => deleteTemplate(template.id))}
    >
      <p className="soft">
        All its versions are permanently deleted. Jobs keep the copies they were started with, and their datasets.
      </p>
    </Dialog>
  );
}
