// SPDX-License-Identifier: EUPL-1.2
import { useEffect, useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import { useAnnounce } from "@/components/Announcer";
import { InstantButton } from "@/components/InstantButton";
import { Loading } from "@/components/Loading";
import { PageHead } from "@/components/PageHead";
import { ProblemNotice } from "@/components/ProblemNotice";
import { RoomFilterBar, readFilter } from "@/components/RoomFilterBar";
import { useNow } from "@/lib/now";
import { useOccurrences } from "@/lib/occurrences";
import { useRoomStatuses } from "@/lib/room-statuses";
import { roomMatches, useRooms } from "@/lib/rooms";
import { addMinutes, dayBounds, shiftDate, wallOf } from "@/lib/time";
import { SECTIONS, arrange } from "./arrange";
import { useSpokenChanges } from "./changes";
import { RoomCard } from "./RoomCard";
import "./board.css";

const NOTHING: never[] = [];

export function BoardPage() {
  const { t } = useTranslation();
  const [search] = useSearchParams();
  const filter = readFilter(search);
  const rooms = useRooms();
  const statuses = useRoomStatuses();
  const today = wallOf(useNow()).date;
  const own = useOwnOccurrences(today);
  const announce = useAnnounce();
  const all = rooms.data ?? NOTHING;

  const matching = useMemo(
    () => all.filter((room) => roomMatches(room, { text: filter.text, seats: filter.seats })),
    [all, filter.text, filter.seats],
  );
  const sections = useMemo(() => arrange(matching, statuses, own), [matching, statuses, own]);
  const shown = filter.onlyFree ? (["free"] as const) : SECTIONS;
  const found = shown.reduce((sum, section) => sum + sections[section].length, 0);
  const filtered = filter.text !== "" || filter.seats > 0 || filter.onlyFree;
  useSpokenChanges(all, statuses);

  useEffect(() => {
    if (!filtered) return;
    const timer = setTimeout(() => announce(t("board.found", { count: found })), 1_000);
    return () => clearTimeout(timer);
    // Only a changed filter is announced; rooms that come and go by themselves are not.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [filter.text, filter.seats, filter.onlyFree]);

  return (
    <>
      <PageHead title={t("board.title")} intro={t("board.intro")}>
        <InstantButton />
      </PageHead>
      <RoomFilterBar withFree />
      {rooms.isPending && <Loading />}
      {rooms.isError && <ProblemNotice problem={rooms.error} onRetry={() => void rooms.refetch()} />}
      {rooms.isSuccess && found === 0 && (
        <p className="kern-body vc-empty">{all.length === 0 ? t("board.noRooms") : t("board.noMatch")}</p>
      )}
      {/* One flat list of keyed children: a card that changes its section keeps its focus. */}
      <div className="vc-board">
        {shown.flatMap((section) =>
          sections[section].length === 0
            ? []
            : [
                <h2 key={section} className="vc-board__section">
                  {t(`board.section.${section}`)} <span className="vc-count">{sections[section].length}</span>
                </h2>,
                ...sections[section].map(({ room, status, state, mine }) => (
                  <RoomCard key={room.id} room={room} status={status} state={state} mine={mine} today={today} />
                )),
              ],
        )}
      </div>
    </>
  );
}

/** Dates of the person around today: long ones that began yesterday may still run. */
function useOwnOccurrences(today: string) {
  const range = useMemo(
    () => ({ from: dayBounds(shiftDate(today, -1)).from, until: addMinutes(dayBounds(today).until, 60) }),
    [today],
  );
  return useOccurrences({ ...range, mine: true }).data ?? NOTHING;
}
