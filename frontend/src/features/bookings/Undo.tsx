// SPDX-License-Identifier: EUPL-1.2
import { useTranslation } from "react-i18next";
import { useAnnounce } from "@/components/Announcer";
import { useNow } from "@/lib/now";
import { useProblemText } from "@/lib/problem-text";
import { format } from "@/lib/time";
import { useRestore } from "./api";

interface UndoProps {
  what: Parameters<ReturnType<typeof useRestore>["mutate"]>[0];
  until: string | null | undefined;
  /** What a screen reader hears; the button itself is short. */
  label?: string;
}

/** Takes back a cancellation while that can be done; afterwards there is nothing. */
export function Undo({ what, until, label }: UndoProps) {
  const { t, i18n } = useTranslation();
  const announce = useAnnounce();
  const restore = useRestore();
  const { sentence } = useProblemText(restore.error);
  const now = useNow();
  if (!until || new Date(until) <= now) return null;
  return (
    <div className="vc-undo">
      <button
        type="button"
        className="kern-btn kern-btn--secondary vc-button-small"
        aria-label={label}
        disabled={restore.isPending}
        onClick={() => restore.mutate(what, { onSuccess: () => announce(t("undo.done")) })}
      >
        <span className="kern-label">{t("undo.act")}</span>
      </button>
      {restore.isError ? (
        <span role="alert">{sentence}</span>
      ) : (
        <span className="vc-muted">{t("undo.until", { time: format(until, "time", i18n.language) })}</span>
      )}
    </div>
  );
}
