// SPDX-License-Identifier: EUPL-1.2
import { MutationCache, QueryCache, QueryClient } from "@tanstack/react-query";
import { isProblem } from "@/lib/api/problem";
import { STATUSES_KEY } from "@/lib/room-statuses";
import { sessionQuery } from "@/lib/session";

const MOST_RETRIES = 2;

export function createQueryClient(): QueryClient {
  const client: QueryClient = new QueryClient({
    queryCache: new QueryCache({ onError: (error) => noticeSignOut(error) }),
    mutationCache: new MutationCache({ onError: (error) => noticeSignOut(error) }),
    defaultOptions: {
      queries: {
        staleTime: 15_000,
        // A refusal is an answer and stays one; only a lost connection or a broken server is worth another try.
        retry: (failures, error) =>
          failures < MOST_RETRIES && !(isProblem(error) && error.status > 0 && error.status < 500),
      },
    },
  });
  // Nobody may look at live states for a while, and they still are the ones to resume from.
  client.setQueryDefaults(STATUSES_KEY, { gcTime: Infinity });

  /** A session that ended elsewhere shows at the next request; the pages then lead to the sign-in. */
  function noticeSignOut(error: unknown): void {
    if (isProblem(error, "not_signed_in")) client.setQueryData(sessionQuery.queryKey, null);
  }
  return client;
}
