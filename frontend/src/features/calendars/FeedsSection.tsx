// SPDX-License-Identifier: EUPL-1.2
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import { useAnnounce } from "@/components/Announcer";
import { CopyField } from "@/components/CopyField";
import { Loading } from "@/components/Loading";
import { ProblemNotice } from "@/components/ProblemNotice";
import type { Feed } from "@/lib/api/types";
import { useFeeds, useRevokeFeed } from "./api";
import { FeedForm } from "./FeedForm";
import { RevokeDialog } from "./RevokeDialog";
import { useUseLine } from "./use-line";

/** Addresses under which other programs read a calendar: the person's own, or that of a room. */
export function FeedsSection() {
  const { t } = useTranslation();
  const feeds = useFeeds();
  const room = useSearchParams()[0].get("room");
  const [fresh, setFresh] = useState<string | null>(null);
  const [revoking, setRevoking] = useState<Feed | null>(null);
  const section = useRef<HTMLElement>(null);

  useEffect(() => {
    // Who comes from a room wants its address.
    if (room) section.current?.scrollIntoView?.({ block: "start" });
  }, [room]);

  return (
    <section aria-labelledby="feeds" ref={section} className="vc-feeds">
      <h2 className="kern-heading-small" id="feeds">
        {t("calendars.feeds.title")}
      </h2>
      <p className="kern-body">{t("calendars.feeds.text")}</p>
      <div className="vc-calendars">
        <div>
          {feeds.isPending && <Loading />}
          {feeds.isError && <ProblemNotice problem={feeds.error} onRetry={() => void feeds.refetch()} />}
          {feeds.data?.length === 0 && <p className="kern-body kern-body--muted">{t("calendars.feeds.none")}</p>}
          <ul className="vc-calendars__list">
            {feeds.data?.map((feed) => (
              <FeedRow key={feed.id} feed={feed} open={feed.id === fresh} onRevoke={() => setRevoking(feed)} />
            ))}
          </ul>
        </div>
        <FeedForm room={room} onMade={({ id }) => setFresh(id)} />
      </div>
      {revoking && <RevokeFeed feed={revoking} onClose={() => setRevoking(null)} />}
    </section>
  );
}

function useFeedName() {
  const { t } = useTranslation();
  return ({ room, label }: Feed) => {
    const whose = room ? room.name : t("calendars.feeds.own");
    return label ? `${whose} (${label})` : whose;
  };
}

function FeedRow({ feed, open, onRevoke }: { feed: Feed; open: boolean; onRevoke: () => void }) {
  const { t } = useTranslation();
  const lineOf = useUseLine();
  const name = useFeedName()(feed);
  return (
    <li className="vc-calendars__row">
      <div className="vc-calendars__head">
        <span className="vc-people__who">
          <span>{name}</span>
          <span className="vc-muted">
            {t(`calendars.feeds.detail.${feed.detail}`)} · {lineOf(feed)}
          </span>
        </span>
        <button
          type="button"
          className="kern-btn kern-btn--tertiary vc-button-small"
          aria-label={t("calendars.revokeOf", { name })}
          onClick={onRevoke}
        >
          <span className="kern-label">{t("calendars.revoke")}</span>
        </button>
      </div>
      {/* Folded up: whoever reads an address over a shoulder has it. */}
      <details className="vc-fold" open={open || undefined}>
        <summary>
          {t("calendars.feeds.addresses")}
          <span className="kern-sr-only">: {name}</span>
        </summary>
        <div className="vc-calendars__copies">
          <CopyField icon="calendar" label={t("calendars.feeds.calendar")} value={feed.calendar_url} />
          <CopyField icon="link" label={t("calendars.feeds.webcal")} value={feed.webcal_url} />
          <CopyField icon="clock" label={t("calendars.feeds.freeBusy")} value={feed.free_busy_url} />
          {feed.display_url && <CopyField icon="video" label={t("calendars.feeds.display")} value={feed.display_url} />}
        </div>
      </details>
    </li>
  );
}

function RevokeFeed({ feed, onClose }: { feed: Feed; onClose: () => void }) {
  const { t } = useTranslation();
  const announce = useAnnounce();
  const revoke = useRevokeFeed();
  const name = useFeedName()(feed);
  const onRevoked = () => {
    announce(t("calendars.revoked", { name }));
    onClose();
  };
  return (
    <RevokeDialog
      title={t("calendars.feeds.revokeTitle", { name })}
      text={t("calendars.feeds.revokeText")}
      problem={revoke.error}
      busy={revoke.isPending}
      onRevoke={() => revoke.mutate(feed.id, { onSuccess: onRevoked })}
      onClose={onClose}
    />
  );
}
