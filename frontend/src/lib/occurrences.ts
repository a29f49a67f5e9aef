// SPDX-License-Identifier: EUPL-1.2
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { allPages, api, unwrap } from "./api/client";

/** Dates between two instants, of all visible rooms or only those the person takes part in. */
export function useOccurrences({ from, until, mine = false }: { from: Date; until: Date; mine?: boolean }) {
  const range = { from: from.toISOString(), until: until.toISOString() };
  return useQuery({
    queryKey: ["occurrences", { ...range, mine }],
    queryFn: ({ signal }) =>
      allPages((paging) =>
        unwrap(
          api.GET("/api/v1/occurrences", {
            params: { query: { ...paging, ...range, ...(mine ? { mine: true } : {}) } },
            signal,
          }),
        ),
      ),
    placeholderData: keepPreviousData,
    staleTime: 60_000,
  });
}
