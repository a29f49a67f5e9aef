// SPDX-License-Identifier: EUPL-1.2
import { KernButton } from "@kern-ux-annex/kern-react-kit";
import { useTranslation } from "react-i18next";
import { useProblemText } from "@/lib/problem-text";
import { Notice } from "./Notice";

/** Says why something could not be loaded or done, and offers to try again. */
export function ProblemNotice({ problem, onRetry }: { problem: unknown; onRetry?: () => void }) {
  const { t } = useTranslation();
  const { title, sentence } = useProblemText(problem);
  return (
    <Notice variant="danger" title={title} role="alert">
      <p className="kern-body">{sentence}</p>
      {onRetry && (
        <div>
          <KernButton text={t("problem.retry")} variant="secondary" onClick={onRetry} />
        </div>
      )}
    </Notice>
  );
}
