// SPDX-License-Identifier: EUPL-1.2
import { KernButton } from "@kern-ux-annex/kern-react-kit";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, NavLink } from "react-router";
import { Icon } from "@/components/Icon";
import { useMailsSetAside } from "@/features/mails/api";
import { LanguageSwitch } from "@/features/session/LanguageSwitch";
import { UserMenu } from "@/features/session/UserMenu";
import type { Me } from "@/lib/api/types";
import { useBookingDialog } from "@/lib/booking-intent";
import { takesMail } from "@/lib/mail-intake";

export function Header({ me }: { me: Me | null }) {
  const { t } = useTranslation();
  return (
    <header className="vc-header">
      <div className="vc-header__inner">
        <Link to="/" className="vc-brand">
          <span className="vc-brand__sign">
            <Icon name="video" size={22} />
          </span>
          <span>
            <span className="vc-brand__name">{t("app.name")}</span>
            <span className="vc-brand__claim">{t("app.claim")}</span>
          </span>
        </Link>
        <div className="vc-header__tools">
          <LanguageSwitch />
          {me && <UserMenu me={me} />}
        </div>
        {me && <Navigation me={me} />}
      </div>
    </header>
  );
}

function Navigation({ me }: { me: Me }) {
  const { t } = useTranslation();
  const book = useBookingDialog();
  const [open, setOpen] = useState(false);
  const setAside = useMailsSetAside(me.permissions.operate && takesMail()).data?.count ?? 0;
  const links: { to: string; text: string; waiting?: number; what?: "waiting" | "mailsSetAside" }[] = [
    { to: "/", text: t("nav.board") },
    { to: "/day", text: t("nav.day") },
    { to: "/bookings", text: t("nav.bookings") },
    ...(me.permissions.approve
      ? [{ to: "/approvals", text: t("nav.approvals"), waiting: me.approvals_waiting ?? 0 }]
      : []),
    ...(me.permissions.administer || me.permissions.operate ? [{ to: "/quotas", text: t("nav.quotas") }] : []),
    ...(me.permissions.operate
      ? [
          { to: "/servers", text: t("nav.servers") },
          { to: "/outbox", text: t("nav.outbox") },
          ...(takesMail()
            ? [{ to: "/set-aside", text: t("nav.mails"), waiting: setAside, what: "mailsSetAside" as const }]
            : []),
        ]
      : []),
  ];
  return (
    <div className="vc-header__second">
      <nav className="vc-nav" aria-label={t("nav.label")}>
        <button
          type="button"
          className="vc-nav__toggle"
          aria-expanded={open}
          aria-controls="navigation"
          onClick={() => setOpen(!open)}
        >
          <Icon name={open ? "close" : "menu"} />
          {t("nav.menu")}
        </button>
        <ul id="navigation" className={`vc-nav__list${open ? " vc-nav__list--open" : ""}`}>
          {links.map(({ to, text, waiting = 0, what = "waiting" }) => (
            <li key={to}>
              <NavLink to={to} end={to === "/"} onClick={() => setOpen(false)}>
                {text}
                {waiting > 0 && " "}
                {waiting > 0 && (
                  <span className="vc-nav__count">
                    <span aria-hidden="true">{waiting}</span>
                    <span className="kern-sr-only">{t(`nav.${what}`, { count: waiting })}</span>
                  </span>
                )}
              </NavLink>
            </li>
          ))}
        </ul>
      </nav>
      <KernButton variant="primary" text={t("nav.book")} onClick={() => book({})} className="vc-book" />
    </div>
  );
}
