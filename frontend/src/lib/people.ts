// SPDX-License-Identifier: EUPL-1.2
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { api, unwrap } from "./api/client";

const FEWEST_LETTERS = 3;

/** People with an account whose name or address holds the text. */
export function usePeople(text: string) {
  const q = text.trim();
  return useQuery({
    queryKey: ["people", q],
    queryFn: ({ signal }) => unwrap(api.GET("/api/v1/people", { params: { query: { q } }, signal })),
    enabled: q.length >= FEWEST_LETTERS,
    placeholderData: q.length >= FEWEST_LETTERS ? keepPreviousData : undefined,
    staleTime: 60_000,
  });
}
