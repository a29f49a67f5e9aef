// SPDX-License-Identifier: EUPL-1.2
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useAnnounce } from "@/components/Announcer";
import { ProblemNotice } from "@/components/ProblemNotice";
import type { Recording } from "@/lib/api/types";
import { formatNumber } from "@/lib/number";
import { format } from "@/lib/time";
import { usePublishRecording, useRecordings } from "./api";
import { DeleteRecordingDialog } from "./ConfirmDialogs";

const MEGABYTE = 1_000_000;

/** What was recorded; nothing at all for bookings without recordings, and for people who may not see them. */
export function RecordingsSection({ bookingId }: { bookingId: string }) {
  const { t } = useTranslation();
  const recordings = useRecordings(bookingId);
  const [deleting, setDeleting] = useState<Recording | null>(null);
  const rows = recordings.data ?? [];
  return (
    <>
      {rows.length > 0 && (
        <section aria-labelledby="recordings">
          <h2 className="kern-heading-small" id="recordings">
            {t("recordings.title")} <span className="vc-count">{rows.length}</span>
          </h2>
          <ul className="vc-recordings">
            {rows.map((recording) => (
              <Row
                key={recording.id}
                bookingId={bookingId}
                recording={recording}
                onDelete={() => setDeleting(recording)}
              />
            ))}
          </ul>
        </section>
      )}
      {deleting && (
        <DeleteRecordingDialog bookingId={bookingId} recording={deleting} onClose={() => setDeleting(null)} />
      )}
    </>
  );
}

function Row({ bookingId, recording, onDelete }: { bookingId: string; recording: Recording; onDelete: () => void }) {
  const { t, i18n } = useTranslation();
  const announce = useAnnounce();
  const publish = usePublishRecording(bookingId);
  const published = recording.state === "published";
  const when = recording.starts_at ? format(recording.starts_at, "moment", i18n.language) : t("recordings.noTime");
  const ready = (published || recording.state === "unpublished") && recording.asked !== "delete";
  const onPublish = () =>
    publish.mutate(
      { id: recording.id, published: !published },
      { onSuccess: () => announce(t(published ? "recordings.withdrawAsked" : "recordings.publishAsked")) },
    );
  return (
    <li>
      <p>
        <strong>{when}</strong>{" "}
        <span className="vc-muted">
          {t(recording.asked ? `recordings.asked.${recording.asked}` : `recordings.state.${recording.state}`)}
          {recording.size_bytes !== null &&
            `, ${t("recordings.size", { size: formatNumber(recording.size_bytes / MEGABYTE, i18n.language) })}`}
        </span>
      </p>
      <p className="vc-recordings__actions">
        {recording.playback.map(({ format: name, url }) => (
          <a key={name} className="kern-link" href={url} target="_blank" rel="noreferrer">
            {t("recordings.watch", { format: name, when })}
          </a>
        ))}
        {ready && (
          <button
            type="button"
            className="kern-btn kern-btn--tertiary vc-button-small"
            aria-label={`${t(published ? "recordings.withdraw" : "recordings.publish")}: ${when}`}
            disabled={publish.isPending || recording.asked !== null}
            onClick={onPublish}
          >
            <span className="kern-label">{t(published ? "recordings.withdraw" : "recordings.publish")}</span>
          </button>
        )}
        {recording.asked !== "delete" && (
          <button
            type="button"
            className="kern-btn kern-btn--tertiary vc-button-small"
            aria-label={`${t("recordings.delete")}: ${when}`}
            onClick={onDelete}
          >
            <span className="kern-label">{t("recordings.delete")}</span>
          </button>
        )}
      </p>
      {publish.isError && <ProblemNotice problem={publish.error} />}
    </li>
  );
}
