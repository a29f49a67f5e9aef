// SPDX-License-Identifier: EUPL-1.2
import { KernButton } from "@kern-ux-annex/kern-react-kit";
import { useTranslation } from "react-i18next";
import { isProblem } from "@/lib/api/problem";
import { useProblemText } from "@/lib/problem-text";
import { Notice } from "./Notice";

/** Says why something could not be loaded or done, and offers to try again. */
export function ProblemNotice({ problem, onRetry }: { problem: unknown; onRetry?: () => void }) {
  const { t } = useTranslation();
  const { title, sentence } = useProblemText(problem);
  // What is wrong with what was typed says more than that something is.
  const fields = isProblem(problem) ? [...new Set(Object.values(problem.fields).flat())] : [];
  return (
    <Notice variant="danger" title={title} role="alert">
      {fields.length > 0 ? (
        fields.map((message) => (
          <p className="kern-body" key={message}>
            {message}
          </p>
        ))
      ) : (
        <p className="kern-body">{sentence}</p>
      )}
      {onRetry && (
        <div>
          <KernButton text={t("problem.retry")} variant="secondary" onClick={onRetry} />
        </div>
      )}
    </Notice>
  );
}
