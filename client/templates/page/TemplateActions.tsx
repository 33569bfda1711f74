import { useState } from "react";
import { useNavigate } from "react-router";
import type { TemplateFieldsFragment } from "../../generated/documents.ts";
import { useAction } from "../../hooks/useAction.ts";
import { useDeleteTemplate } from "../../mutations/useDeleteTemplate.ts";
import { useForkTemplate } from "../../mutations/useForkTemplate.ts";
import { useShareTemplate } from "../../mutations/useShareTemplate.ts";
import { paths } from "../../paths.ts";
import { Button, ButtonLink } from "../../ui/Button.tsx";
import { Dialog } from "../../ui/Dialog.tsx";
import { FieldError } from "../../ui/Field.tsx";

/** What can be done with a template: copied by everyone who sees it; changed, shared and deleted by its owner. */
export function TemplateActions({ template }: { readonly template: TemplateFieldsFragment }) {
  const [asking, setAsking] = useState<"publish" | "withdraw" | "delete" | null>(null);
  const close = () => setAsking(null);
  const canPublish = template.isMine && !template.publishedVersions.includes(template.latestVersion);
  return (
    <>
      <ForkButton template={template} />
      {template.isMine && (
        <>
          {canPublish && (
            <Button icon="globe" onClick={() => setAsking("publish")}>
              Publish
            </Button>
          )}
          {template.publishedAt && <Button onClick={() => setAsking("withdraw")}>Withdraw</Button>}
          <Button icon="trash" onClick={() => setAsking("delete")}>
            Delete
          </Button>
          <ButtonLink to={paths.editTemplate(template.id)} icon="edit">
            Edit
          </ButtonLink>
        </>
      )}
      {asking === "publish" && <PublishDialog template={template} onClose={close} />}
      {asking === "withdraw" && <UnpublishDialog template={template} onClose={close} />}
      {asking === "delete" && <DeleteDialog template={template} onClose={close} />}
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
      <Button icon="fork" busy={busy} title="Makes a template of your own from this version" onClick={fork}>
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
        Everyone who signs in here can find version {template.latestVersion}, read it, copy it and make jobs of it. Your
        seeds and jobs stay yours. Later versions stay private until you publish them too.
      </p>
    </Dialog>
  );
}

function UnpublishDialog({ template, onClose }: DialogProps) {
  const shareTemplate = useShareTemplate();
  const { run, busy, error } = useAction(onClose);
  return (
    <Dialog
      title={`Withdraw “${template.name}”?`}
      action="Withdraw"
      {...{ busy, error, onClose }}
      onConfirm={() => void run(() => shareTemplate(template.id, false))}
    >
      <p className="soft">
        Nobody but you can see or use it any more, in any version. Copies that others made before, and jobs that were
        started, stay as they are.
      </p>
    </Dialog>
  );
}

function DeleteDialog({ template, onClose }: DialogProps) {
  const deleteTemplate = useDeleteTemplate();
  const navigate = useNavigate();
  const { run, busy, error } = useAction(() => void navigate(paths.templates));
  return (
    <Dialog
      title={`Delete “${template.name}”?`}
      action="Delete"
      look="danger"
      {...{ busy, error, onClose }}
      onConfirm={() => void run(() => deleteTemplate(template.id))}
    >
      <p className="soft">
        All its versions are removed and cannot be brought back. Jobs keep the copies they were started with, and their
        datasets stay.
      </p>
    </Dialog>
  );
}
