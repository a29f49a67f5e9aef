// SPDX-License-Identifier: EUPL-1.2
import { useTranslation } from "react-i18next";

export function Loading() {
  const { t } = useTranslation();
  return (
    <div className="vc-loading" role="status">
      <div className="kern-loader kern-loader--visible vc-loader" aria-hidden="true" />
      <span className="kern-body">{t("loading")}</span>
    </div>
  );
}
