// SPDX-License-Identifier: EUPL-1.2
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { Icon } from "@/components/Icon";
import { useConnection } from "@/lib/room-statuses";

/** Short losses, as when a laptop wakes up, are not worth a word. */
const PATIENCE = 3_000;

export function ConnectionNotice() {
  const { t } = useTranslation();
  const connection = useConnection();
  const [lost, setLost] = useState(false);

  useEffect(() => {
    if (connection !== "lost") return;
    const timer = setTimeout(() => setLost(true), PATIENCE);
    return () => {
      clearTimeout(timer);
      setLost(false);
    };
  }, [connection]);

  return (
    <div role="status" className="vc-connection-slot">
      {lost && (
        <p className="vc-connection">
          <Icon name="failed" />
          {t("connection.lost")}
        </p>
      )}
    </div>
  );
}
