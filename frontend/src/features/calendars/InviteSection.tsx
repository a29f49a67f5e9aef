// SPDX-License-Identifier: EUPL-1.2
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { CopyField } from "@/components/CopyField";
import { TextField } from "@/components/Field";
import { Loading } from "@/components/Loading";
import { ProblemNotice } from "@/components/ProblemNotice";
import { anyRoomAddress } from "@/lib/mail-intake";
import { byName, roomMatches, useRooms } from "@/lib/rooms";

/** Rooms shown before somebody searches. */
const SHOWN = 5;

/** How to book by inviting a room from Outlook, or any other mail program: the addresses, to be copied. */
export function InviteSection() {
  const { t } = useTranslation();
  const rooms = useRooms();
  const [text, setText] = useState("");
  const [seats, setSeats] = useState("30");
  const all = (rooms.data ?? []).filter(({ is_active }) => is_active).sort(byName);
  const found = all.filter((room) => roomMatches(room, { text, seats: 0 }));
  const shown = found.slice(0, text.trim() ? 4 * SHOWN : SHOWN);
  const count = /^[1-9]\d{0,4}$/.test(seats) ? Number(seats) : null;
  const any = anyRoomAddress(all, count);

  return (
    <section aria-labelledby="invite" className="vc-invite" id="outlook">
      <h2 className="kern-heading-small" id="invite">
        {t("calendars.invite.title")}
      </h2>
      <p className="kern-body">{t("calendars.invite.text")}</p>
      <div className="vc-calendars">
        <div>
          <ol className="kern-list vc-guide">
            {t("calendars.invite.steps", { returnObjects: true }).map((step) => (
              <li key={step}>{step}</li>
            ))}
          </ol>
          <p className="kern-body vc-muted">{t("calendars.invite.answers")}</p>
        </div>
        <div className="vc-invite__addresses">
          {any && (
            <Box title={t("calendars.invite.any")} text={t("calendars.invite.anyText")}>
              <TextField
                label={t("calendars.invite.seats")}
                type="number"
                inputMode="numeric"
                min={1}
                value={seats}
                onChange={(event) => setSeats(event.target.value)}
              />
              <CopyField
                icon="people"
                label={count ? t("calendars.invite.anyFor", { count }) : t("calendars.invite.anyByPeople")}
                value={any}
              />
            </Box>
          )}
          <Box title={t("calendars.invite.rooms")} text={t("calendars.invite.roomsText")}>
            {rooms.isPending && <Loading />}
            {rooms.isError && <ProblemNotice problem={rooms.error} onRetry={() => void rooms.refetch()} />}
            {rooms.isSuccess && (
              <>
                <TextField
                  label={t("calendars.invite.search")}
                  type="search"
                  value={text}
                  onChange={(event) => setText(event.target.value)}
                />
                <ul className="vc-calendars__list vc-calendars__copies">
                  {shown.map((room) => (
                    <li key={room.id}>
                      <CopyField
                        icon="video"
                        label={t("room.nameSeats", { name: room.name, count: room.seats })}
                        value={room.address}
                      />
                    </li>
                  ))}
                </ul>
                <p className="kern-body vc-muted">
                  {found.length === 0
                    ? t("calendars.invite.none")
                    : found.length > shown.length
                      ? t("calendars.invite.more", { count: found.length - shown.length })
                      : ""}
                </p>
              </>
            )}
          </Box>
        </div>
      </div>
    </section>
  );
}

function Box({ title, text, children }: { title: string; text: string; children: ReactNode }) {
  return (
    <div className="vc-invite__box">
      <h3 className="kern-body kern-body--bold">{title}</h3>
      <p className="kern-body">{text}</p>
      {children}
    </div>
  );
}
