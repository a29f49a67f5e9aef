// SPDX-License-Identifier: EUPL-1.2
import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, unwrap } from "@/lib/api/client";

const SHOWN = 50;
const KEY = ["mails-set-aside"] as const;

/** `enabled`: whether the person may see them, and there can be any. */
export function useMailsSetAside(enabled = true) {
  return useQuery({
    queryKey: KEY,
    queryFn: ({ signal }) =>
      unwrap(api.GET("/api/v1/mails/set-aside", { params: { query: { page_size: SHOWN } }, signal })),
    enabled,
    refetchInterval: 30_000,
    placeholderData: keepPreviousData,
  });
}

export function useTryMailAgain() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => unwrap(api.POST("/api/v1/mails/set-aside/{id}/retry", { params: { path: { id } } })),
    onSettled: () => client.invalidateQueries({ queryKey: KEY }),
  });
}

export function useDiscardMail() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => unwrap(api.DELETE("/api/v1/mails/set-aside/{id}", { params: { path: { id } } })),
    onSettled: () => client.invalidateQueries({ queryKey: KEY }),
  });
}
