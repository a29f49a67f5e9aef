// SPDX-License-Identifier: EUPL-1.2
import { KernButton } from "@kern-ux-annex/kern-react-kit";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { useAnnounce } from "@/components/Announcer";
import { TextField } from "@/components/Field";
import { Loading } from "@/components/Loading";
import { PageHead } from "@/components/PageHead";
import { PersonField } from "@/components/PersonField";
import { ProblemNotice } from "@/components/ProblemNotice";
import type { Deputy } from "@/lib/api/types";
import { useDeputies } from "@/lib/deputies";
import { untilText } from "@/lib/stand-in";
import { dayBounds, isDate, wallOf } from "@/lib/time";
import { useEndDeputy, useNameDeputy } from "./api";
import "./deputies.css";

/** Who books for me, and for whom I book. */
export function DeputiesPage() {
  const { t } = useTranslation();
  const deputies = useDeputies();
  const end = useEndDeputy();
  const rows = deputies.data ?? [];
  return (
    <>
      <PageHead title={t("deputies.title")} intro={t("deputies.intro")} />
      {deputies.isPending && <Loading />}
      {deputies.isError && <ProblemNotice problem={deputies.error} onRetry={() => void deputies.refetch()} />}
      {end.isError && <ProblemNotice problem={end.error} />}
      <div className="vc-deputies">
        <section aria-labelledby="my-deputies">
          <h2 className="kern-heading-small" id="my-deputies">
            {t("deputies.mine")}
          </h2>
          <People
            rows={rows.filter(({ mine }) => mine === "principal")}
            loaded={deputies.isSuccess}
            onEnd={end.mutate}
          />
          <NameDeputy />
        </section>
        <section aria-labelledby="my-principals">
          <h2 className="kern-heading-small" id="my-principals">
            {t("deputies.others")}
          </h2>
          <People rows={rows.filter(({ mine }) => mine === "deputy")} loaded={deputies.isSuccess} onEnd={end.mutate} />
        </section>
      </div>
    </>
  );
}

function People({ rows, loaded, onEnd }: { rows: Deputy[]; loaded: boolean; onEnd: (id: string) => void }) {
  const { t, i18n } = useTranslation();
  if (loaded && rows.length === 0) return <p className="kern-body kern-body--muted">{t("deputies.none")}</p>;
  return (
    <ul className="vc-people">
      {rows.map((row) => {
        const person = row.mine === "principal" ? row.deputy : row.principal;
        return (
          <li key={row.id}>
            <span className="vc-people__who">
              <span>{person.name}</span>
              <span className="vc-muted">
                {[person.email, row.valid_until && untilText(row.valid_until, t, i18n.language)]
                  .filter(Boolean)
                  .join(" · ")}
              </span>
            </span>
            <button
              type="button"
              className="kern-btn kern-btn--tertiary vc-button-small"
              aria-label={t("deputies.endOf", { name: person.name })}
              onClick={() => onEnd(row.id)}
            >
              <span className="kern-label">{t("deputies.end")}</span>
            </button>
          </li>
        );
      })}
    </ul>
  );
}

function NameDeputy() {
  const { t } = useTranslation();
  const announce = useAnnounce();
  const name = useNameDeputy();
  const today = wallOf(new Date()).date;
  const [email, setEmail] = useState("");
  const [until, setUntil] = useState("");
  const [attempted, setAttempted] = useState(false);
  const wrongDay = until !== "" && (!isDate(until) || until < today);

  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    setAttempted(true);
    if (!email.trim() || wrongDay) return;
    name.mutate(
      { email: email.trim(), ...(until ? { valid_until: dayBounds(until).until.toISOString() } : {}) },
      {
        onSuccess: ({ deputy }) => {
          announce(t("deputies.named", { name: deputy.name }));
          setEmail("");
          setUntil("");
          setAttempted(false);
        },
      },
    );
  };

  return (
    <form className="vc-form vc-deputies__form" onSubmit={onSubmit} noValidate aria-label={t("deputies.name")}>
      <PersonField
        label={t("deputies.person")}
        hint={t("person.hint")}
        value={email}
        error={attempted && !email.trim() ? t("person.missing") : undefined}
        onChange={setEmail}
      />
      <TextField
        label={t("deputies.lastDay")}
        type="date"
        optional
        min={today}
        value={until}
        error={attempted && wrongDay ? t("delegates.lastDayWrong") : undefined}
        onChange={(event) => setUntil(event.target.value)}
      />
      {name.isError && <ProblemNotice problem={name.error} />}
      <div>
        <KernButton text={t("deputies.name")} variant="primary" type="submit" disabled={name.isPending} />
      </div>
    </form>
  );
}
