// SPDX-License-Identifier: EUPL-1.2
import { useTranslation } from "react-i18next";
import { useMe } from "@/lib/session";

const PROGRAMS = ["thunderbird", "mac", "iphone", "evolution", "davx5", "outlook"] as const;

/** What to press in which program. */
export function GuidesSection() {
  const { t } = useTranslation();
  const me = useMe();
  const given = { server: `${window.location.origin}/dav/`, user: me?.email ?? "" };
  return (
    <section aria-labelledby="guides">
      <h2 className="kern-heading-small" id="guides">
        {t("calendars.guides.title")}
      </h2>
      <p className="kern-body">{t("calendars.guides.text")}</p>
      {PROGRAMS.map((program) => (
        <details key={program} className="vc-fold" name="guide">
          <summary>{t(`calendars.guides.${program}.name`)}</summary>
          <ol className="kern-list vc-guide">
            {t(`calendars.guides.${program}.steps`, { returnObjects: true, ...given }).map((step) => (
              <li key={step}>{step}</li>
            ))}
          </ol>
        </details>
      ))}
    </section>
  );
}
