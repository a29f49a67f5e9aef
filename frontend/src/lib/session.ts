// SPDX-License-Identifier: EUPL-1.2
import { queryOptions, useQuery } from "@tanstack/react-query";
import { api, rememberCsrfToken, unwrap } from "./api/client";
import { isProblem } from "./api/problem";
import type { Me } from "./api/types";

/** Who is signed in; null is nobody, which is an answer and not an error. */
export const sessionQuery = queryOptions({
  queryKey: ["session"],
  queryFn: async ({ signal }): Promise<Me | null> => {
    try {
      const me = await unwrap(api.GET("/api/v1/session", { signal }));
      rememberCsrfToken(me.csrf_token);
      return me;
    } catch (error) {
      if (isProblem(error) && error.status === 401) return null;
      throw error;
    }
  },
  staleTime: 5 * 60_000,
  gcTime: Infinity,
  // How many requests wait for an approver.
  refetchInterval: (query) => (query.state.data?.permissions.approve ? 30_000 : false),
  // Somebody signed out may have signed in again in another window.
  refetchOnWindowFocus: (query) => (query.state.data === null ? "always" : true),
});

/** Marks in the query cache that the person left on purpose: the next one to sign in is not led to their page. */
export const LEFT_KEY = ["left"] as const;

export function useMe(): Me | null | undefined {
  return useQuery(sessionQuery).data;
}
