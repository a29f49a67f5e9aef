// SPDX-License-Identifier: EUPL-1.2
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import { TextField } from "./Field";

export interface RoomFilterValues {
  text: string;
  seats: number;
  onlyFree: boolean;
}

export function readFilter(search: URLSearchParams): RoomFilterValues {
  const seats = Number(search.get("seats"));
  return {
    text: search.get("q") ?? "",
    seats: Number.isInteger(seats) && seats > 0 ? seats : 0,
    onlyFree: search.get("free") === "1",
  };
}

/** Which rooms to show. The address holds it, so a filtered view can be kept and passed on. */
export function RoomFilterBar({ withFree = false }: { withFree?: boolean }) {
  const { t } = useTranslation();
  const [search, setSearch] = useSearchParams();
  const { text, seats, onlyFree } = readFilter(search);

  const set = (name: string, value: string) =>
    setSearch(
      (before) => {
        if (value) before.set(name, value);
        else before.delete(name);
        return before;
      },
      { replace: true, preventScrollReset: true },
    );

  return (
    <search className="vc-filter" aria-label={t("filter.label")}>
      <div className="vc-filter__text">
        <TextField
          label={t("filter.text")}
          type="search"
          value={text}
          onChange={(event) => set("q", event.target.value)}
        />
      </div>
      <div className="vc-filter__seats">
        <TextField
          label={t("filter.seats")}
          type="number"
          inputMode="numeric"
          min={1}
          value={seats || ""}
          onChange={(event) => set("seats", event.target.value)}
        />
      </div>
      {withFree && (
        <label className="vc-check">
          <input
            type="checkbox"
            checked={onlyFree}
            onChange={(event) => set("free", event.target.checked ? "1" : "")}
          />
          <span>{t("filter.onlyFree")}</span>
        </label>
      )}
    </search>
  );
}
