// SPDX-License-Identifier: EUPL-1.2
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import { TextField } from "@/components/Field";
import { Icon } from "@/components/Icon";
import { Loading } from "@/components/Loading";
import { PageHead } from "@/components/PageHead";
import { ProblemNotice } from "@/components/ProblemNotice";
import { RoomFilterBar, readFilter } from "@/components/RoomFilterBar";
import type { Occurrence } from "@/lib/api/types";
import { useMediaQuery } from "@/lib/media";
import { useNow } from "@/lib/now";
import { useOccurrences } from "@/lib/occurrences";
import { byName, roomMatches, useRooms } from "@/lib/rooms";
import { dayBounds, format, isDate, wallOf } from "@/lib/time";
import { DayTable } from "./DayTable";
import { Timeline } from "./Timeline";
import { neighbours, shownOccurrences, windowOf } from "./segments";
import "./calendar.css";

type View = "timeline" | "table";

export function DayPage() {
  const { t, i18n } = useTranslation();
  const [search, setSearch] = useSearchParams();
  const now = useNow(60_000);
  const today = wallOf(now).date;
  const asked = search.get("date");
  const date = isDate(asked) ? asked : today;
  const narrow = useMediaQuery("(max-width: 48rem)");
  const chosen = search.get("view");
  const view: View = chosen === "table" || chosen === "timeline" ? chosen : narrow ? "table" : "timeline";
  const filter = readFilter(search);

  const rooms = useRooms();
  const occurrences = useOccurrences(useMemo(() => dayBounds(date), [date]));

  const shown = useMemo(
    () =>
      (rooms.data ?? []).filter((room) => roomMatches(room, { text: filter.text, seats: filter.seats })).sort(byName),
    [rooms.data, filter.text, filter.seats],
  );
  const dates = useMemo(() => shownOccurrences(occurrences.data ?? []), [occurrences.data]);
  const byRoom = useMemo(() => groupByRoom(dates), [dates]);
  const window = useMemo(() => windowOf(date, dates, now), [date, dates, now]);

  const set = (name: "date" | "view", value: string) =>
    setSearch(
      (before) => {
        before.set(name, value);
        return before;
      },
      { preventScrollReset: true },
    );
  const problem = rooms.error ?? occurrences.error;
  const dayName = format(`${date}T12:00:00Z`, "weekday", i18n.language);

  return (
    <>
      <PageHead title={t("day.title")} intro={date === today ? t("day.today", { date: dayName }) : dayName} />
      <div className="vc-day-bar">
        <div className="vc-day-bar__dates">
          <button
            type="button"
            className="kern-btn kern-btn--secondary vc-icon-button"
            aria-label={t("day.previous")}
            onClick={() => set("date", neighbours(date).previous)}
          >
            <Icon name="left" size={24} />
          </button>
          <TextField
            label={t("day.pick")}
            type="date"
            value={date}
            onChange={(event) => isDate(event.target.value) && set("date", event.target.value)}
          />
          <button
            type="button"
            className="kern-btn kern-btn--secondary vc-icon-button"
            aria-label={t("day.next")}
            onClick={() => set("date", neighbours(date).next)}
          >
            <Icon name="right" size={24} />
          </button>
        </div>
        {date !== today && (
          <button type="button" className="kern-btn kern-btn--tertiary" onClick={() => set("date", today)}>
            <span className="kern-label">{t("day.toToday")}</span>
          </button>
        )}
        <div className="vc-switch" role="group" aria-label={t("day.view")}>
          {(["timeline", "table"] as const).map((option) => (
            <button key={option} type="button" aria-pressed={view === option} onClick={() => set("view", option)}>
              {t(`day.views.${option}`)}
            </button>
          ))}
        </div>
      </div>
      <RoomFilterBar />
      {problem && (
        <ProblemNotice
          problem={problem}
          onRetry={() => void (rooms.isError ? rooms.refetch() : occurrences.refetch())}
        />
      )}
      {!problem && (rooms.isPending || occurrences.isPending) && <Loading />}
      {rooms.isSuccess && occurrences.isSuccess && (
        <div aria-busy={occurrences.isPlaceholderData}>
          {shown.length === 0 ? (
            <p className="kern-body vc-empty">{t("board.noMatch")}</p>
          ) : view === "timeline" ? (
            <Timeline rooms={shown} byRoom={byRoom} window={window} now={now} />
          ) : (
            <DayTable date={date} rooms={shown} byRoom={byRoom} />
          )}
        </div>
      )}
    </>
  );
}

function groupByRoom(occurrences: Occurrence[]): Map<string, Occurrence[]> {
  const groups = new Map<string, Occurrence[]>();
  for (const occurrence of occurrences) {
    const group = groups.get(occurrence.room.id);
    if (group) group.push(occurrence);
    else groups.set(occurrence.room.id, [occurrence]);
  }
  return groups;
}
