// SPDX-License-Identifier: EUPL-1.2
import { useTranslation } from "react-i18next";
import { ProblemNotice } from "@/components/ProblemNotice";
import { ScrollRegion } from "@/components/ScrollRegion";
import type { Server } from "@/lib/api/types";
import { format, formatRange } from "@/lib/time";
import { useServerMeetings } from "./api";

const COLUMNS = ["room", "time", "people", "epoch", "why"] as const;

/** The meetings on a server: rooms, times and numbers. Operators see no titles. */
export function MeetingsSection({ server }: { server: Server }) {
  const { t, i18n } = useTranslation();
  const meetings = useServerMeetings(server.id);
  const rows = meetings.data ?? [];
  return (
    <div className="vc-server-section">
      <h2 className="kern-heading-small" id="server-meetings">
        {t("servers.meetingsTitle")}
        <span className="vc-count">{meetings.data?.length}</span>
      </h2>
      {meetings.isError && !meetings.data && <ProblemNotice problem={meetings.error} />}
      {meetings.isSuccess && rows.length === 0 && <p className="kern-body vc-muted">{t("servers.noMeetings")}</p>}
      {rows.length > 0 && (
        <ScrollRegion labelledBy="server-meetings">
          <table className="kern-table vc-server-table">
            <caption className="kern-sr-only">{t("servers.meetingsTitle")}</caption>
            <thead className="kern-table__head">
              <tr className="kern-table__row">
                {COLUMNS.map((name) => (
                  <th key={name} scope="col" className="kern-table__header">
                    {t(`servers.column.${name}`)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody className="kern-table__body">
              {rows.map((row) => (
                <tr key={row.id} className="kern-table__row">
                  <th scope="row" className="kern-table__cell">
                    {row.room.name}
                  </th>
                  <td className="kern-table__cell">
                    <span className="vc-nowrap">{formatRange(row.starts_at, row.ends_at, i18n.language)}</span>
                    <span className="vc-block vc-muted">
                      {t("servers.placedAt", { time: format(row.since, "time", i18n.language) })}
                    </span>
                  </td>
                  <td className="kern-table__cell">
                    {t("servers.peopleOf", { people: row.people, seats: row.seats })}
                  </td>
                  <td className="kern-table__cell">{row.epoch}</td>
                  <td className="kern-table__cell">
                    {row.state !== "live" && <span className="vc-block">{t(`servers.running.${row.state}`)}</span>}
                    <span className="vc-muted">{row.explanation}</span>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </ScrollRegion>
      )}
    </div>
  );
}
