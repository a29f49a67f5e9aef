// SPDX-License-Identifier: EUPL-1.2
import { useTranslation } from "react-i18next";
import type { Server } from "@/lib/api/types";
import { formatNumber } from "@/lib/number";
import { seatsOf } from "./seats";

/** Seats of a server: reserved at this moment, with people on them, free. A bar for the eye, numbers for everybody. */
export function SeatsBar({ server }: { server: Server }) {
  const { t, i18n } = useTranslation();
  const { reserved, live, free, all } = seatsOf(server);
  const number = (value: number) => formatNumber(value, i18n.language);
  const width = (value: number) => ({ width: `${Math.min(100, (100 * value) / all)}%` });
  return (
    <div className="vc-seats">
      <span className={`vc-seats__bar${free <= 0 ? " vc-seats__bar--full" : ""}`} aria-hidden="true">
        <span className="vc-seats__reserved" style={width(reserved)} />
        <span className="vc-seats__live" style={width(live)} />
      </span>
      <dl className="vc-seats__numbers">
        <div className="vc-seats__number vc-seats__number--reserved">
          <dt>{t("servers.reserved")}</dt>
          <dd>{number(reserved)}</dd>
        </div>
        <div className="vc-seats__number vc-seats__number--live">
          <dt>{t("servers.live")}</dt>
          <dd>{number(live)}</dd>
        </div>
        <div className="vc-seats__number">
          <dt>{t("servers.free")}</dt>
          <dd>{t("servers.freeOf", { free: number(Math.max(0, free)), all: number(all) })}</dd>
        </div>
      </dl>
    </div>
  );
}
