// SPDX-License-Identifier: EUPL-1.2
import { type QueryClient, useMutation, useQueryClient } from "@tanstack/react-query";
import { api, rememberCsrfToken, unwrap } from "@/lib/api/client";
import type { Me } from "@/lib/api/types";
import { type Language, i18next, rememberLanguage } from "@/lib/i18n";
import { LEFT_KEY, sessionQuery } from "@/lib/session";

/** Nothing seen by one person may be left for the next. */
function forgetEverything(client: QueryClient, me: Me | null): void {
  client.removeQueries({ predicate: (query) => query.queryKey[0] !== sessionQuery.queryKey[0] });
  client.setQueryData(sessionQuery.queryKey, me);
}

export function useSignIn() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (credentials: { email: string; password: string }) =>
      unwrap(api.POST("/api/v1/session", { body: credentials })),
    onSuccess: (me) => {
      rememberCsrfToken(me.csrf_token);
      forgetEverything(client, me);
    },
  });
}

export function useSignOut() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => unwrap(api.DELETE("/api/v1/session")),
    onSuccess: () => {
      forgetEverything(client, null);
      client.setQueryData(LEFT_KEY, true);
    },
  });
}

/** Switches the page at once, remembers it in this browser and, for people signed in, in their account (mails follow it). */
export function useLanguageSwitch(me: Me | null | undefined) {
  const client = useQueryClient();
  const save = useMutation({
    mutationFn: (language: Language) => unwrap(api.PATCH("/api/v1/me", { body: { language } })),
    onSuccess: (answer) => client.setQueryData(sessionQuery.queryKey, answer),
  });
  return async (language: Language) => {
    rememberLanguage(language);
    await i18next.changeLanguage(language);
    if (me) save.mutate(language);
  };
}
