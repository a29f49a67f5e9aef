// SPDX-License-Identifier: EUPL-1.2
import { useTranslation } from "react-i18next";
import { isProblem } from "./api/problem";

/** Heading and sentence for any error. The server's own sentence wins, because it knows the case. */
export function useProblemText(error: unknown): { title: string; sentence: string } {
  const { t } = useTranslation();
  if (isProblem(error, "offline")) return { title: t("problem.offline"), sentence: t("problem.offlineText") };
  if (isProblem(error, "not_found"))
    return { title: t("problem.notFound"), sentence: error.detail || t("problem.notFoundText") };
  if (isProblem(error, "throttled"))
    return { title: t("problem.throttled"), sentence: error.detail || t("problem.throttledText") };
  if (isProblem(error) && error.status < 500 && error.detail)
    return { title: t("problem.refused"), sentence: error.detail };
  return {
    title: t("problem.unexpected"),
    sentence: (isProblem(error) && error.detail) || t("problem.unexpectedText"),
  };
}
