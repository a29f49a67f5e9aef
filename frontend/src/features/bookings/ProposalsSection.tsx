// SPDX-License-Identifier: EUPL-1.2
import { KernButton } from "@kern-ux-annex/kern-react-kit";
import { useRef } from "react";
import { useTranslation } from "react-i18next";
import { useAnnounce } from "@/components/Announcer";
import { isProblem } from "@/lib/api/problem";
import type { Alternative, Booking, Proposal } from "@/lib/api/types";
import { ZONE, format, formatRange, wallOf } from "@/lib/time";
import { Alternatives } from "./Alternatives";
import { useChangeBooking, useChangeDate, useDeclineProposal, useProposals, useTakeProposal } from "./api";
import { Refusal } from "./Refusal";
import { isSeries } from "./scope";

/** Other times that people who are invited would like: the organiser takes or declines, the others see their own. */
export function ProposalsSection({ booking }: { booking: Booking }) {
  const { t } = useTranslation();
  const heading = useRef<HTMLHeadingElement>(null);
  const proposals = useProposals(booking.id);
  const rows = proposals.data?.results ?? [];
  if (rows.length === 0) return null;
  const open = rows.filter(({ state }) => state === "open");
  const over = rows.filter(({ state }) => state !== "open");
  return (
    <section aria-labelledby="proposals">
      <h2 className="kern-heading-small" id="proposals" ref={heading} tabIndex={-1}>
        {t("proposals.title")} {open.length > 0 && <span className="vc-count">{open.length}</span>}
      </h2>
      {open.length > 0 && (
        <ul className="vc-proposals">
          {open.map((proposal) => (
            <Open key={proposal.id} proposal={proposal} booking={booking} onDecided={() => heading.current?.focus()} />
          ))}
        </ul>
      )}
      {over.length > 0 && (
        <details className="vc-fold">
          <summary>{t("proposals.over", { count: over.length })}</summary>
          <ul className="vc-proposals">
            {over.map((proposal) => (
              <li key={proposal.id} className="vc-proposal vc-proposal--over">
                <Words proposal={proposal} />
                <p className="vc-date__state">{t(`proposals.state.${proposal.state}`)}</p>
              </li>
            ))}
          </ul>
        </details>
      )}
    </section>
  );
}

/** Who would like what, instead of what. */
function Words({ proposal }: { proposal: Proposal }) {
  const { t, i18n } = useTranslation();
  const when = ({ starts_at, ends_at }: { starts_at: string; ends_at: string }) =>
    t("proposals.when", {
      day: format(starts_at, "weekday", i18n.language),
      range: formatRange(starts_at, ends_at, i18n.language),
    });
  const { attendee, comment } = proposal;
  return (
    <div className="vc-proposal__words">
      <p className="vc-proposal__when">
        <strong>{when(proposal)}</strong>
      </p>
      <p className="kern-body vc-muted">
        {t(proposal.occurrence === null ? "proposals.insteadAll" : "proposals.instead", {
          when: when(proposal.instead_of),
        })}
      </p>
      <p className="kern-body">
        {attendee.name || attendee.email}
        {attendee.name && <span className="vc-muted"> {attendee.email}</span>}
      </p>
      {comment && <p className="kern-body vc-pre">{t("answer.said", { comment })}</p>}
    </div>
  );
}

function Open({ proposal, booking, onDecided }: { proposal: Proposal; booking: Booking; onDecided: () => void }) {
  const { t, i18n } = useTranslation();
  const announce = useAnnounce();
  const take = useTakeProposal(booking.id);
  const decline = useDeclineProposal(booking.id);
  const change = useChangeBooking();
  const changeDate = useChangeDate();
  const busy = take.isPending || decline.isPending || change.isPending || changeDate.isPending;
  const refused = [take, change, changeDate, decline].find(({ isError }) => isError)?.error;
  const decided = (text: string) => ({
    onSuccess: () => {
      announce(text);
      onDecided();
    },
  });
  const takeOther = ({ starts_at, ends_at, room, seats }: Alternative) => {
    const input = {
      starts_at: starts_at ?? proposal.starts_at,
      ends_at: ends_at ?? proposal.ends_at,
      timezone: ZONE,
      ...(room ? { room: room.id } : {}),
      ...(seats ? { seats } : {}),
    };
    const said = decided(t("proposals.taken"));
    take.reset();
    if (proposal.occurrence && isSeries(booking))
      changeDate.mutate({ id: proposal.occurrence, scope: "this", version: booking.version, input }, said);
    else change.mutate({ id: booking.id, version: booking.version, input }, said);
  };
  const when = format(proposal.starts_at, "moment", i18n.language);
  return (
    <li className="vc-proposal">
      <Words proposal={proposal} />
      {booking.permissions.change ? (
        <div className="vc-wish__actions">
          <KernButton
            text={t("proposals.take")}
            alt={t("proposals.takeOf", { when })}
            variant="primary"
            disabled={busy}
            onClick={() => take.mutate({ id: proposal.id, version: booking.version }, decided(t("proposals.taken")))}
          />
          <KernButton
            text={t("proposals.decline")}
            alt={t("proposals.declineOf", { when })}
            variant="tertiary"
            disabled={busy}
            onClick={() => decline.mutate(proposal.id, decided(t("proposals.declined")))}
          />
        </div>
      ) : (
        <p className="kern-body vc-muted">{t("proposals.waits")}</p>
      )}
      {refused != null && (
        <Refusal problem={refused}>
          {isProblem(refused) && (
            <Alternatives
              alternatives={refused.alternatives}
              date={wallOf(proposal.starts_at).date}
              action="take"
              disabled={busy}
              onChoose={takeOther}
            />
          )}
        </Refusal>
      )}
    </li>
  );
}
