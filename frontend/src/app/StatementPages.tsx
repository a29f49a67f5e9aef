// SPDX-License-Identifier: EUPL-1.2
import { useTranslation } from "react-i18next";
import { PageHead } from "@/components/PageHead";

function Statement({ page }: { page: "accessibility" | "privacy" }) {
  const { t } = useTranslation();
  const sections = t(`${page}.sections`, { returnObjects: true });
  return (
    <div className="vc-prose">
      <PageHead title={t(`${page}.title`)} intro={t(`${page}.intro`)} />
      {sections.map(({ heading, text }) => (
        <section key={heading}>
          <h2 className="kern-heading-small">{heading}</h2>
          <p className="kern-body">{text}</p>
        </section>
      ))}
    </div>
  );
}

export function AccessibilityPage() {
  return <Statement page="accessibility" />;
}

export function PrivacyPage() {
  return <Statement page="privacy" />;
}
