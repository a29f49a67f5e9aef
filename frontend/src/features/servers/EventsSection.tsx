// SPDX-License-Identifier: EUPL-1.2
import { KernButton } from "@kern-ux-annex/kern-react-kit";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ProblemNotice } from "@/components/ProblemNotice";
import type { Server } from "@/lib/api/types";
import { format } from "@/lib/time";
import { EVENTS_AT_ONCE, useServerEvents } from "./api";
import { eventText } from "./events";

/** The longest page that the API gives. */
const MOST = 200;

/** What happened to a server, the latest first. */
export function EventsSection({ server }: { server: Server }) {
  const { t, i18n } = useTranslation();
  const [count, setCount] = useState(EVENTS_AT_ONCE);
  const events = useServerEvents(server.id, count);
  const rows = events.data?.results ?? [];
  return (
    <section className="vc-server-section" aria-labelledby="server-events">
      <h2 className="kern-heading-small" id="server-events">
        {t("servers.eventsTitle")}
      </h2>
      {events.isError && !events.data && <ProblemNotice problem={events.error} />}
      {events.isSuccess && rows.length === 0 && <p className="kern-body vc-muted">{t("servers.noEvents")}</p>}
      <ul className="vc-events">
        {rows.map((event) => (
          <li key={event.id}>
            <time dateTime={event.at} className="vc-muted">
              {format(event.at, "moment", i18n.language)}
            </time>
            <span>
              {eventText(t, event)}
              {event.text && <span className="vc-block vc-muted">{event.text}</span>}
              {event.detail && (
                <span className="vc-block vc-muted" lang="en">
                  {event.detail}
                </span>
              )}
            </span>
          </li>
        ))}
      </ul>
      {events.data && events.data.count > rows.length && count < MOST && (
        <KernButton
          text={t("servers.moreEvents")}
          variant="secondary"
          onClick={() => setCount(Math.min(MOST, count + 3 * EVENTS_AT_ONCE))}
        />
      )}
    </section>
  );
}
