// SPDX-License-Identifier: EUPL-1.2
import type { TFunction } from "i18next";
import { useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { Icon } from "@/components/Icon";
import type { Alternative, Availability, FreeRoom } from "@/lib/api/types";
import { byName } from "@/lib/rooms";
import { formatNumber } from "@/lib/number";
import { useProblemText } from "@/lib/problem-text";
import { Alternatives } from "./Alternatives";
import type { ChosenRoom } from "./draft";

interface RoomChoiceProps {
  availability: Availability | undefined;
  problem: unknown;
  stale: boolean;
  chosen: ChosenRoom | null;
  /** The room a booking already has: taken by the booking itself, so it stays a choice. */
  own: ChosenRoom | null;
  /** The rooms are those free on the first date; whether all dates fit is said elsewhere. */
  series: boolean;
  /** What "any fitting room" would be. */
  suggested: { name: string } | null | undefined;
  date: string;
  onChoose: (room: ChosenRoom | null) => void;
  onAlternative: (alternative: Alternative) => void;
}

const SHOWN = 5;

/** Free rooms for what the form says right now, whether the servers can carry it, and ways out where not. */
export function RoomChoice({
  availability,
  problem,
  stale,
  chosen,
  own,
  series,
  suggested,
  date,
  onChoose,
  onAlternative,
}: RoomChoiceProps) {
  const { t } = useTranslation();
  const name = useId();
  const [all, setAll] = useState(false);
  const { sentence } = useProblemText(problem);

  const free = (availability?.rooms ?? []).filter((room) => room.id !== own?.id);
  const fitting = [...free].sort((a, b) => a.seats - b.seats || byName(a, b));
  const listed = all ? fitting : fitting.slice(0, SHOWN);
  const chosenRow = chosen && !listed.some((room) => room.id === chosen.id) && chosen.id !== own?.id ? chosen : null;
  const chosenTaken =
    chosenRow !== null && availability !== undefined && !free.some((room) => room.id === chosenRow.id);
  const ownTaken = own !== null && availability !== undefined && !availability.rooms.some((room) => room.id === own.id);

  return (
    <fieldset className="vc-rooms" aria-busy={stale}>
      <legend className="kern-label">{t("rooms.legend")}</legend>
      {problem != null && <p className="kern-body kern-body--small">{sentence}</p>}
      {!series && <CapacityLine availability={availability} />}
      <div className={`vc-rooms__list${all ? " vc-rooms__list--all" : ""}`}>
        {/* A change keeps the room it does not name, so "any" would be no choice. */}
        {own === null && (
          <Choice
            name={name}
            checked={chosen === null}
            onChange={() => onChoose(null)}
            title={t("rooms.any")}
            facts={
              suggested
                ? t("rooms.suggestion", { room: suggested.name })
                : availability && !(series && chosen)
                  ? t("rooms.anyNone")
                  : t("rooms.anyText")
            }
          />
        )}
        {own && (
          <Choice
            name={name}
            checked={chosen?.id === own.id}
            onChange={() => onChoose(own)}
            title={own.name}
            facts={
              ownTaken
                ? t("rooms.taken")
                : Number.isFinite(own.seats)
                  ? t("rooms.own", { count: own.seats })
                  : t("rooms.ownPlain")
            }
            taken={ownTaken}
          />
        )}
        {chosenRow && (
          <Choice
            name={name}
            checked
            onChange={() => onChoose(chosenRow)}
            title={chosenRow.name}
            facts={
              !chosenTaken
                ? t("room.seats", { count: chosenRow.seats })
                : chosenRow.seats < availability.seats
                  ? t("rooms.tooSmall", { count: chosenRow.seats })
                  : t("rooms.taken")
            }
            taken={chosenTaken}
          />
        )}
        {listed.map((room) => (
          <Choice
            key={room.id}
            name={name}
            checked={chosen?.id === room.id}
            onChange={() => onChoose(room)}
            title={room.name}
            facts={factsOf(room, t)}
          />
        ))}
      </div>
      {fitting.length > SHOWN && (
        <button
          type="button"
          className="kern-btn kern-btn--tertiary vc-button-small"
          aria-expanded={all}
          onClick={() => setAll(!all)}
        >
          <span className="kern-label">{all ? t("rooms.fewer") : t("rooms.all", { count: fitting.length })}</span>
        </button>
      )}
      {availability &&
        !series &&
        (!availability.capacity.ok ||
          chosenTaken ||
          ownTaken ||
          (own === null && !suggested && fitting.length === 0)) && (
          <Alternatives alternatives={availability.alternatives} date={date} action="fill" onChoose={onAlternative} />
        )}
    </fieldset>
  );
}

function factsOf(room: FreeRoom, t: TFunction): string {
  return [t("room.seats", { count: room.seats }), room.authority.short_name].filter(Boolean).join(" · ");
}

function CapacityLine({ availability }: { availability: Availability | undefined }) {
  const { t, i18n } = useTranslation();
  if (!availability) return <p className="vc-capacity">{t("rooms.waiting")}</p>;
  const { ok, detail, free_seats: freeSeats, limit, in_use: inUse } = availability.capacity;
  const numbers =
    limit != null && inUse != null
      ? t("rooms.capacityNumbers", {
          limit: formatNumber(limit, i18n.language),
          inUse: formatNumber(inUse, i18n.language),
          asked: formatNumber(availability.seats, i18n.language),
        })
      : "";
  return (
    <p className={`vc-capacity vc-capacity--${ok ? "ok" : "short"}`} role="status">
      <Icon name={ok ? "check" : "failed"} />
      <span>
        {ok
          ? t("rooms.capacityFree", { seats: formatNumber(freeSeats, i18n.language) })
          : detail || t("refusal.no_capacity")}
        {!ok && numbers && <span className="vc-block">{numbers}</span>}
      </span>
    </p>
  );
}

interface ChoiceProps {
  name: string;
  checked: boolean;
  onChange: () => void;
  title: string;
  facts: string;
  taken?: boolean;
}

function Choice({ name, checked, onChange, title, facts, taken = false }: ChoiceProps) {
  return (
    <label className={`vc-choice${checked ? " vc-choice--checked" : ""}${taken ? " vc-choice--taken" : ""}`}>
      <input type="radio" name={name} checked={checked} onChange={onChange} />
      <span className="vc-choice__text">
        <span className="vc-choice__title">{title}</span>
        <span className="vc-choice__facts">{facts}</span>
      </span>
    </label>
  );
}
