// SPDX-License-Identifier: EUPL-1.2
import { KernButton } from "@kern-ux-annex/kern-react-kit";
import { useTranslation } from "react-i18next";
import { Dialog } from "@/components/Dialog";
import { ProblemNotice } from "@/components/ProblemNotice";

interface RevokeDialogProps {
  title: string;
  /** What happens to the program that uses it. */
  text: string;
  problem: Error | null;
  busy: boolean;
  onRevoke: () => void;
  onClose: () => void;
}

export function RevokeDialog({ title, text, problem, busy, onRevoke, onClose }: RevokeDialogProps) {
  const { t } = useTranslation();
  return (
    <Dialog
      title={title}
      onClose={onClose}
      footer={
        <>
          <KernButton text={t("dialog.cancel")} variant="secondary" onClick={onClose} />
          <KernButton text={t("calendars.revokeIt")} variant="primary" disabled={busy} onClick={onRevoke} />
        </>
      }
    >
      <p className="kern-body">{text}</p>
      {problem && <ProblemNotice problem={problem} />}
    </Dialog>
  );
}
