// SPDX-License-Identifier: EUPL-1.2
import { useTranslation } from "react-i18next";
import { Notice } from "@/components/Notice";
import { PageHead } from "@/components/PageHead";
import { takesMail } from "@/lib/mail-intake";
import { FeedsSection } from "./FeedsSection";
import { GuidesSection } from "./GuidesSection";
import { InviteSection } from "./InviteSection";
import { PasswordsSection } from "./PasswordsSection";
import "./calendars.css";

/** How the person's own calendar program books and reads: passwords, addresses, set-up. */
export function CalendarsPage() {
  const { t } = useTranslation();
  return (
    <>
      <PageHead title={t("calendars.title")} intro={t("calendars.intro")} />
      <Notice variant="info" title={t("calendars.how.title")}>
        <ul className="kern-list vc-calendars__how">
          {t("calendars.how.points", { returnObjects: true }).map((point) => (
            <li key={point}>{point}</li>
          ))}
        </ul>
      </Notice>
      <div className="vc-calendars">
        <PasswordsSection />
        <GuidesSection />
      </div>
      {takesMail() && <InviteSection />}
      <FeedsSection />
    </>
  );
}
