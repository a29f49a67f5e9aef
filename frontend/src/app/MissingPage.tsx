// SPDX-License-Identifier: EUPL-1.2
import { useTranslation } from "react-i18next";
import { ButtonLink } from "@/components/ButtonLink";
import { PageHead } from "@/components/PageHead";

export function MissingPage() {
  const { t } = useTranslation();
  return (
    <>
      <PageHead title={t("missing.title")} intro={t("missing.text")} />
      <ButtonLink to="/" text={t("missing.home")} variant="primary" />
    </>
  );
}

/** Shown instead of the whole layout when drawing a page failed; a reload is the only honest offer. */
export function BrokenPage() {
  const { t } = useTranslation();
  return (
    <main className="vc-main">
      <PageHead title={t("problem.unexpected")} intro={t("problem.unexpectedText")} />
      <a href="/" className="kern-btn kern-btn--primary vc-button-link">
        <span className="kern-label">{t("missing.home")}</span>
      </a>
    </main>
  );
}
