// SPDX-License-Identifier: EUPL-1.2
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { useInstant } from "@/lib/instant";
import { useProblemText } from "@/lib/problem-text";
import { useAnnounce } from "./Announcer";
import { Icon } from "./Icon";

/** One click, and there is a meeting with a link: any room, half an hour. Leads to it. */
export function InstantButton() {
  const { t } = useTranslation();
  const announce = useAnnounce();
  const navigate = useNavigate();
  const instant = useInstant();
  const { sentence } = useProblemText(instant.error);

  useEffect(() => {
    if (instant.isError) announce(sentence);
  }, [instant.isError, sentence, announce]);

  return (
    <div className="vc-instant">
      <button
        type="button"
        className="kern-btn kern-btn--secondary"
        disabled={instant.isPending}
        onClick={() => instant.mutate(undefined, { onSuccess: (booking) => void navigate(`/bookings/${booking.id}`) })}
      >
        <Icon name="bolt" />
        <span className="kern-label">{t(instant.isPending ? "instant.starting" : "instant.start")}</span>
      </button>
      {instant.isError && <p className="kern-body vc-instant__problem">{sentence}</p>}
    </div>
  );
}
