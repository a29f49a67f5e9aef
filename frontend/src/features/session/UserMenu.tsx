// SPDX-License-Identifier: EUPL-1.2
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { useAnnounce } from "@/components/Announcer";
import { useDisclosure } from "@/components/disclosure";
import { Icon } from "@/components/Icon";
import type { Me } from "@/lib/api/types";
import { useProblemText } from "@/lib/problem-text";
import { useSignOut } from "./api";

export function UserMenu({ me }: { me: Me }) {
  const { t } = useTranslation();
  const { open, setOpen, box, button } = useDisclosure();
  const signOut = useSignOut();
  const announce = useAnnounce();
  const { sentence } = useProblemText(signOut.error);

  useEffect(() => {
    if (signOut.isError) announce(sentence);
  }, [signOut.isError, sentence, announce]);

  return (
    <div className="vc-user" ref={box}>
      <button
        ref={button}
        type="button"
        className="vc-user__button"
        aria-expanded={open}
        aria-controls="user-menu"
        aria-label={t("header.user", { name: me.name })}
        onClick={() => setOpen(!open)}
      >
        <Icon name="seat" />
        <span className="vc-user__name">{me.name}</span>
        <Icon name="down" size={16} />
      </button>
      <div id="user-menu" className="vc-user__menu" hidden={!open}>
        <p className="kern-body kern-body--bold">{me.name}</p>
        <p className="kern-body kern-body--small kern-body--muted">{me.email}</p>
        {me.authority && <p className="kern-body kern-body--small kern-body--muted">{me.authority.name}</p>}
        <Link to="/deputies" className="kern-link kern-link--no-visited-state" onClick={() => setOpen(false)}>
          {t("deputies.title")}
        </Link>
        <Link to="/calendars" className="kern-link kern-link--no-visited-state" onClick={() => setOpen(false)}>
          {t("calendars.title")}
        </Link>
        <button
          type="button"
          className="kern-btn kern-btn--secondary kern-btn--block"
          disabled={signOut.isPending}
          onClick={() => signOut.mutate()}
        >
          <span className="kern-label">{t("header.signOut")}</span>
        </button>
      </div>
    </div>
  );
}
