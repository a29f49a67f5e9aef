// SPDX-License-Identifier: EUPL-1.2
import { KernButton } from "@kern-ux-annex/kern-react-kit";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { useAnnounce } from "@/components/Announcer";
import { SelectField, TextField } from "@/components/Field";
import { ProblemNotice } from "@/components/ProblemNotice";
import type { Feed } from "@/lib/api/types";
import { byName, useRooms } from "@/lib/rooms";
import { useMakeFeed } from "./api";

const DETAILS = ["busy", "full"] as const satisfies readonly Feed["detail"][];

/** A new address; `room` is the one to begin with, none for the person's own bookings. */
export function FeedForm({ room: first, onMade }: { room: string | null; onMade: (feed: Feed) => void }) {
  const { t } = useTranslation();
  const announce = useAnnounce();
  const rooms = useRooms();
  const make = useMakeFeed();
  const [room, setRoom] = useState(first ?? "");
  const [detail, setDetail] = useState<Feed["detail"]>("busy");
  const [label, setLabel] = useState("");

  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    make.mutate(
      { room: room || null, detail, label: label.trim() },
      {
        onSuccess: (feed) => {
          announce(t("calendars.feeds.made"));
          setLabel("");
          onMade(feed);
        },
      },
    );
  };

  return (
    <form className="vc-form vc-calendars__form" onSubmit={onSubmit} aria-label={t("calendars.feeds.make")}>
      <SelectField label={t("calendars.feeds.whose")} value={room} onChange={(event) => setRoom(event.target.value)}>
        <option value="">{t("calendars.feeds.own")}</option>
        {[...(rooms.data ?? [])].sort(byName).map(({ id, name }) => (
          <option key={id} value={id}>
            {t("calendars.feeds.room", { name })}
          </option>
        ))}
      </SelectField>
      <SelectField
        label={t("calendars.feeds.shows")}
        hint={t("calendars.feeds.showsHint")}
        value={detail}
        onChange={(event) => setDetail(event.target.value as Feed["detail"])}
      >
        {DETAILS.map((one) => (
          <option key={one} value={one}>
            {t(`calendars.feeds.detail.${one}`)}
          </option>
        ))}
      </SelectField>
      <TextField
        label={t("calendars.feeds.label")}
        hint={t("calendars.feeds.labelHint")}
        optional
        maxLength={100}
        value={label}
        onChange={(event) => setLabel(event.target.value)}
      />
      {make.isError && <ProblemNotice problem={make.error} />}
      <div>
        <KernButton text={t("calendars.feeds.make")} variant="primary" type="submit" disabled={make.isPending} />
      </div>
    </form>
  );
}
