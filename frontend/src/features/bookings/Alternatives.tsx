// SPDX-License-Identifier: EUPL-1.2
import { useTranslation } from "react-i18next";
import { Icon } from "@/components/Icon";
import type { Alternative } from "@/lib/api/types";
import { format, formatRange, wallOf } from "@/lib/time";

interface AlternativesProps {
  alternatives: Alternative[];
  /** The date asked for: alternatives on it need not name it again. */
  date: string;
  /** What a click does: book it at once, only fill it in, or take it for one date of a series. */
  action: "book" | "fill" | "take";
  disabled?: boolean;
  onChoose: (alternative: Alternative) => void;
}

/** Ways out of a refusal, each one button. */
export function Alternatives({ alternatives, date, action, disabled, onChoose }: AlternativesProps) {
  const { t, i18n } = useTranslation();
  if (alternatives.length === 0) return null;

  const describe = ({ starts_at, ends_at, room, seats }: Alternative): string =>
    [
      starts_at && wallOf(starts_at).date !== date && format(starts_at, "short", i18n.language),
      starts_at && ends_at && t("time.range", { range: formatRange(starts_at, ends_at, i18n.language) }),
      room && (room.seats === null ? room.name : t("room.nameSeats", { name: room.name, count: room.seats })),
      seats && t("alternatives.persons", { count: seats }),
    ]
      .filter(Boolean)
      .join(", ");

  return (
    <div className="vc-alternatives">
      <p className="kern-body kern-body--small kern-body--bold">{t(`alternatives.${action}`)}</p>
      <ul>
        {alternatives.map((alternative) => {
          const text = describe(alternative);
          return (
            <li key={text}>
              <button
                type="button"
                className="vc-choice-button"
                disabled={disabled}
                onClick={() => onChoose(alternative)}
              >
                <Icon name="right" size={16} />
                {text}
              </button>
            </li>
          );
        })}
      </ul>
    </div>
  );
}
