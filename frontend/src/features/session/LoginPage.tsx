// SPDX-License-Identifier: EUPL-1.2
import { KernButton } from "@kern-ux-annex/kern-react-kit";
import { type FormEvent, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Navigate, useSearchParams } from "react-router";
import { TextField } from "@/components/Field";
import { Notice } from "@/components/Notice";
import { PageHead } from "@/components/PageHead";
import { isProblem } from "@/lib/api/problem";
import { useProblemText } from "@/lib/problem-text";
import { useMe } from "@/lib/session";
import { useSignIn } from "./api";
import { DEMO_PASSWORD, DEMO_PEOPLE, isDemo } from "./demo";
import "./session.css";

/** Only a path of our own: an address in the link must not lead to another site. */
export function safeNext(next: string | null): string {
  return next && /^\/(?![/\\])/.test(next) ? next : "/";
}

/** Join and room pages come from the server and not from this app; the sign-in is on their way too. */
export function isServersOwn(path: string): boolean {
  return /^\/[jr]\//.test(path);
}

function GoOn({ to }: { to: string }) {
  useEffect(() => {
    if (isServersOwn(to)) window.location.replace(to);
  }, [to]);
  return isServersOwn(to) ? null : <Navigate to={to} replace />;
}

export function LoginPage() {
  const { t } = useTranslation();
  const [search] = useSearchParams();
  const me = useMe();
  const signIn = useSignIn();
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const [missing, setMissing] = useState<{ email?: boolean; password?: boolean }>({});
  const failure = useRef<HTMLDivElement>(null);
  const form = useRef<HTMLFormElement>(null);
  const { title, sentence } = useProblemText(signIn.error);

  useEffect(() => {
    if (signIn.isError) failure.current?.focus();
  }, [signIn.isError, signIn.submittedAt]);

  if (me) return <GoOn to={safeNext(search.get("next"))} />;

  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    setMissing({ email: !email.trim(), password: !password });
    if (!email.trim() || !password) {
      const empty = form.current?.querySelector<HTMLInputElement>(email.trim() ? "[name=password]" : "[name=email]");
      empty?.focus();
      return;
    }
    signIn.mutate({ email: email.trim(), password });
  };

  return (
    <div className="vc-login">
      <PageHead title={t("login.title")} intro={t("login.intro")} />
      {signIn.isError && (
        <Notice
          variant="danger"
          title={isProblem(signIn.error, "invalid_credentials") ? t("login.failed") : title}
          role="alert"
          ref={failure}
        >
          <p className="kern-body">{sentence}</p>
        </Notice>
      )}
      <form ref={form} className="vc-form" onSubmit={onSubmit} noValidate>
        <TextField
          label={t("login.email")}
          name="email"
          type="email"
          autoComplete="username"
          required
          value={email}
          error={missing.email ? t("login.emailMissing") : undefined}
          onChange={(event) => setEmail(event.target.value)}
        />
        <TextField
          label={t("login.password")}
          name="password"
          type="password"
          autoComplete="current-password"
          required
          value={password}
          error={missing.password ? t("login.passwordMissing") : undefined}
          onChange={(event) => setPassword(event.target.value)}
        />
        <div>
          <KernButton type="submit" variant="primary" text={t("login.submit")} disabled={signIn.isPending} />
        </div>
      </form>
      {isDemo() && (
        <section className="vc-demo" aria-labelledby="demo-heading">
          <h2 className="kern-heading-small" id="demo-heading">
            {t("login.demo")}
          </h2>
          <p className="kern-body kern-body--small kern-body--muted">{t("login.demoText")}</p>
          <ul className="vc-demo__people">
            {DEMO_PEOPLE.map((person) => (
              <li key={person.email}>
                <button
                  type="button"
                  className="vc-demo__person"
                  disabled={signIn.isPending}
                  onClick={() => signIn.mutate({ email: person.email, password: DEMO_PASSWORD })}
                >
                  <span className="vc-demo__name">{person.email}</span>
                  <span className="vc-demo__role">{t(`login.people.${person.role}`)}</span>
                </button>
              </li>
            ))}
          </ul>
        </section>
      )}
    </div>
  );
}
