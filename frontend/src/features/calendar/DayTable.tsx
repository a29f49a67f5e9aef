// SPDX-License-Identifier: EUPL-1.2
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { Occurrence, Room } from "@/lib/api/types";
import { useBookingDialog } from "@/lib/booking-intent";
import { format, formatRange } from "@/lib/time";
import { describe } from "./labels";

interface DayTableProps {
  date: string;
  rooms: Room[];
  byRoom: Map<string, Occurrence[]>;
}

/** The same day as a table: one group of rows for each room. */
export function DayTable({ date, rooms, byRoom }: DayTableProps) {
  const { t, i18n } = useTranslation();
  const book = useBookingDialog();
  return (
    <table className="kern-table kern-table--small vc-day-table">
      <caption className="kern-sr-only">
        {t("day.tableCaption", { date: format(`${date}T12:00:00Z`, "weekday", i18n.language) })}
      </caption>
      <thead className="kern-table__head">
        <tr className="kern-table__row">
          <th scope="col" className="kern-table__header">
            {t("day.time")}
          </th>
          <th scope="col" className="kern-table__header">
            {t("day.date")}
          </th>
          <th scope="col" className="kern-table__header">
            {t("day.state")}
          </th>
        </tr>
      </thead>
      {rooms.map((room) => {
        const dates = byRoom.get(room.id) ?? [];
        return (
          <tbody key={room.id} className="kern-table__body">
            <tr className="kern-table__row vc-day-table__room">
              <th scope="rowgroup" colSpan={3} className="kern-table__header">
                <span className="vc-day-table__head">
                  <span>
                    {room.name} <span className="vc-muted">{t("room.seats", { count: room.seats })}</span>
                  </span>
                  {room.is_active !== false && (
                    <button
                      type="button"
                      className="kern-btn kern-btn--tertiary vc-button-small"
                      aria-label={t("board.bookRoom", { room: room.name })}
                      onClick={() => book({ room: { id: room.id, name: room.name, seats: room.seats } })}
                    >
                      <span className="kern-label">{t("board.book")}</span>
                    </button>
                  )}
                </span>
              </th>
            </tr>
            {dates.length === 0 && (
              <tr className="kern-table__row">
                <td colSpan={3} className="kern-table__cell vc-muted">
                  {t("day.noDates")}
                </td>
              </tr>
            )}
            {dates.map((occurrence) => {
              const { title, by } = describe(occurrence, t("state.busy"));
              return (
                <tr key={occurrence.id} className="kern-table__row">
                  <td className="kern-table__cell vc-nowrap">
                    {formatRange(occurrence.starts_at, occurrence.ends_at, i18n.language)}
                  </td>
                  <td className="kern-table__cell">
                    {occurrence.booking && occurrence.visibility === "full" ? (
                      <Link
                        className="kern-link kern-link--small kern-link--no-visited-state"
                        to={`/bookings/${occurrence.booking}`}
                      >
                        {title}
                      </Link>
                    ) : (
                      title
                    )}
                    {by && <span className="vc-muted vc-block">{by}</span>}
                  </td>
                  <td className="kern-table__cell">{t(`occurrence.${occurrence.state}`)}</td>
                </tr>
              );
            })}
          </tbody>
        );
      })}
    </table>
  );
}
