// SPDX-License-Identifier: EUPL-1.2
import { type MouseEvent, Suspense, useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { Link, Outlet, useLocation } from "react-router";
import { Loading } from "@/components/Loading";
import type { Me } from "@/lib/api/types";
import { i18next, languageIsRemembered } from "@/lib/i18n";
import { useMe } from "@/lib/session";
import { BookingDialogProvider } from "./BookingDialogProvider";
import { ConnectionNotice } from "./ConnectionNotice";
import { Header } from "./Header";
import { RealtimeProvider } from "./RealtimeProvider";

export function Layout() {
  const { t } = useTranslation();
  const me = useMe();
  useFocusAfterNavigation();
  useLanguageOf(me);

  const skip = (event: MouseEvent) => {
    event.preventDefault();
    document.getElementById("main")?.focus();
  };

  return (
    <RealtimeProvider personId={me?.id}>
      <BookingDialogProvider>
        <div className="vc-app">
          <a className="vc-skip" href="#main" onClick={skip}>
            {t("app.skip")}
          </a>
          <Header me={me ?? null} />
          {me && <ConnectionNotice />}
          <main id="main" tabIndex={-1} className="vc-main">
            <Suspense fallback={<Loading />}>
              <Outlet />
            </Suspense>
          </main>
          <footer className="vc-footer">
            <div className="vc-footer__inner">
              <span>{t("app.name")}</span>
              <nav aria-label={t("footer.label")}>
                <Link to="/barrierefreiheit">{t("footer.accessibility")}</Link>
                <Link to="/datenschutz">{t("footer.privacy")}</Link>
              </nav>
            </div>
          </footer>
        </div>
      </BookingDialogProvider>
    </RealtimeProvider>
  );
}

/** The account's language, unless another was chosen in this browser. */
function useLanguageOf(me: Me | null | undefined): void {
  const language = me?.language;
  useEffect(() => {
    if (language && !languageIsRemembered()) void i18next.changeLanguage(language);
  }, [language]);
}

/** A new page begins at its heading, for eyes and for screen readers; filters that change the address do not count. */
function useFocusAfterNavigation(): void {
  const { pathname } = useLocation();
  const previous = useRef(pathname);
  useEffect(() => {
    if (previous.current === pathname) return;
    previous.current = pathname;
    window.scrollTo(0, 0);
    document.querySelector<HTMLElement>("main h1")?.focus({ preventScroll: true });
  }, [pathname]);
}
