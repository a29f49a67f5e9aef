// SPDX-License-Identifier: EUPL-1.2
import type { TFunction } from "i18next";
import { isProblem } from "@/lib/api/problem";
import { type Draft, type Field, wrongFields } from "./draft";

/** What to say at which field: what is missing, else what the server said about it. */
export function errorsOf(
  t: TFunction,
  { draft, isNew, attempted, failure }: { draft: Draft; isNew: boolean; attempted: boolean; failure: unknown },
): Record<string, string | undefined> {
  const ours = attempted ? wrongFields(draft, isNew) : [];
  const theirs = isProblem(failure) ? failure.fields : {};
  return {
    ...Object.fromEntries(Object.entries(theirs).map(([name, texts]) => [name, texts[0]])),
    ...Object.fromEntries(
      ours.map((name) => [name, t(`servers.form.wrong.${name as Exclude<Field, "ca_certificates">}`)]),
    ),
  };
}
