// SPDX-License-Identifier: EUPL-1.2
import { type ReactNode, useEffect } from "react";
import { useTranslation } from "react-i18next";

/** A page's one <h1>, which takes the focus after a change of page, and the document's title. */
export function PageHead({ title, intro, children }: { title: string; intro?: string; children?: ReactNode }) {
  const { t } = useTranslation();
  useEffect(() => {
    document.title = t("app.pageTitle", { title });
  }, [title, t]);
  return (
    <div className="vc-page-head">
      <div>
        <h1 className="kern-heading-large" tabIndex={-1}>
          {title}
        </h1>
        {intro && <p className="kern-body kern-body--muted">{intro}</p>}
      </div>
      {children}
    </div>
  );
}
