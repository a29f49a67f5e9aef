// SPDX-License-Identifier: EUPL-1.2
import createClient from "openapi-fetch";
import { currentLanguage } from "../i18n";
import type { paths } from "./schema";
import { ApiProblem, problemFrom } from "./problem";
import type { Page } from "./types";

const SAFE_METHODS = new Set(["GET", "HEAD", "OPTIONS"]);
let tokenFromServer: string | undefined;

/** Remember the token that came with the session, for servers whose CSRF cookie scripts cannot read. */
export function rememberCsrfToken(token: string | undefined): void {
  tokenFromServer = token || tokenFromServer;
}

function csrfToken(): string {
  const cookie = document.cookie.match(/(?:^|;\s*)(?:__Host-|__Secure-)?csrftoken=([^;]+)/);
  return (cookie?.[1] ? decodeURIComponent(cookie[1]) : tokenFromServer) ?? "";
}

export const api = createClient<paths>({
  baseUrl: window.location.origin,
  credentials: "same-origin",
  // Looked up at each call, so that tests and the mocked mode may replace it after this module is loaded.
  fetch: (request) => globalThis.fetch(request),
});

api.use({
  onRequest({ request }) {
    request.headers.set("Accept-Language", currentLanguage());
    if (!SAFE_METHODS.has(request.method)) request.headers.set("X-CSRFToken", csrfToken());
    return request;
  },
});

/** The answer's body; every refusal, failure and lost connection is thrown as an ApiProblem. */
export async function unwrap<T>(call: Promise<{ data?: T; error?: unknown; response: Response }>): Promise<T> {
  let answer;
  try {
    answer = await call;
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    if (error instanceof TypeError) throw new ApiProblem({ status: 0, code: "offline", detail: "" });
    throw problemFrom(0, null);
  }
  if (!answer.response.ok) throw problemFrom(answer.response.status, answer.error);
  return answer.data as T;
}

const LARGEST_PAGE = 200;

/** All rows of a list, page by page; the first answer says how many there are, the rest are fetched side by side. */
export async function allPages<T>(
  fetchPage: (paging: { page: number; page_size: number }) => Promise<Page<T>>,
): Promise<T[]> {
  const first = await fetchPage({ page: 1, page_size: LARGEST_PAGE });
  const pages = Math.ceil(first.count / LARGEST_PAGE);
  const rest = await Promise.all(
    Array.from({ length: Math.max(0, pages - 1) }, (_, index) =>
      fetchPage({ page: index + 2, page_size: LARGEST_PAGE }),
    ),
  );
  return [first, ...rest].flatMap((page) => page.results);
}
