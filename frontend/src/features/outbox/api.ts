// SPDX-License-Identifier: EUPL-1.2
import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, unwrap } from "@/lib/api/client";
import type { DeliveryState } from "@/lib/api/types";

const EVERY = 5_000;
/** More than these are seen by reaction, in the summary. */
const SHOWN = 100;

export function useBacklog() {
  return useQuery({
    queryKey: ["outbox", "summary"],
    queryFn: ({ signal }) => unwrap(api.GET("/api/v1/outbox/summary", { signal })),
    refetchInterval: EVERY,
  });
}

export function useDeliveries(state: DeliveryState) {
  return useQuery({
    queryKey: ["outbox", state],
    queryFn: ({ signal }) =>
      unwrap(api.GET("/api/v1/outbox", { params: { query: { state, page_size: SHOWN } }, signal })),
    refetchInterval: EVERY,
    placeholderData: keepPreviousData,
  });
}

export function useRetry() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: number) => unwrap(api.POST("/api/v1/outbox/{id}/retry", { params: { path: { id: String(id) } } })),
    onSettled: () => client.invalidateQueries({ queryKey: ["outbox"] }),
  });
}

export function useRetryAll() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (reaction: string) => unwrap(api.POST("/api/v1/outbox/retry", { body: { reaction } })),
    onSettled: () => client.invalidateQueries({ queryKey: ["outbox"] }),
  });
}
