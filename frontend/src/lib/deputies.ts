// SPDX-License-Identifier: EUPL-1.2
import { useQuery } from "@tanstack/react-query";
import { allPages, api, unwrap } from "./api/client";

export const DEPUTIES_KEY = ["deputies"] as const;

/** Who books for whom: the person's own deputies, and those whose deputy they are. */
export function useDeputies() {
  return useQuery({
    queryKey: DEPUTIES_KEY,
    queryFn: ({ signal }) => allPages((query) => unwrap(api.GET("/api/v1/deputies", { params: { query }, signal }))),
    staleTime: 60_000,
  });
}
