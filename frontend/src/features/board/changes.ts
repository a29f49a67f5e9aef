// SPDX-License-Identifier: EUPL-1.2
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { useAnnounce } from "@/components/Announcer";
import type { Room, RoomState, RoomStatus } from "@/lib/api/types";

const PAUSE = 10_000;
const MOST_NAMED = 3;

/**
 * Tells people who cannot see the board that rooms changed their state: at most one sentence every ten seconds, by name
 * for up to three rooms, otherwise only how many. Head counts change too often to be read out.
 */
export function useSpokenChanges(rooms: Room[], statuses: Record<string, RoomStatus>): void {
  const { t } = useTranslation();
  const announce = useAnnounce();
  const known = useRef<Map<string, RoomState> | null>(null);
  const pending = useRef(new Map<string, string>());
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);

  useEffect(() => {
    if (rooms.length === 0) return;
    const before = known.current;
    known.current = new Map(rooms.map((room) => [room.id, statuses[room.id]?.state ?? "free"]));
    if (!before) return;
    for (const room of rooms) {
      const state = known.current.get(room.id)!;
      const old = before.get(room.id);
      if (old !== undefined && old !== state)
        pending.current.set(room.id, t("board.changed", { room: room.name, state: t(`state.${state}`) }));
    }
    if (pending.current.size === 0 || timer.current !== undefined) return;
    timer.current = setTimeout(() => {
      const sentences = [...pending.current.values()];
      pending.current.clear();
      timer.current = undefined;
      announce(
        sentences.length > MOST_NAMED ? t("board.manyChanged", { count: sentences.length }) : sentences.join(" "),
      );
    }, PAUSE);
  }, [rooms, statuses, announce, t]);

  useEffect(() => () => clearTimeout(timer.current), []);
}
