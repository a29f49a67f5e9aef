// SPDX-License-Identifier: EUPL-1.2
import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { allPages, api, unwrap } from "@/lib/api/client";
import type { QuotaLimits } from "@/lib/api/types";

export function useQuotas() {
  return useQuery({
    queryKey: ["quotas"],
    queryFn: ({ signal }) => allPages((query) => unwrap(api.GET("/api/v1/quotas", { params: { query }, signal }))),
  });
}

function putQuota(id: string, limits: QuotaLimits, dryRun: boolean, signal?: AbortSignal) {
  return unwrap(
    api.PUT("/api/v1/authorities/{id}/quota", {
      params: { path: { id }, query: dryRun ? { dry_run: true } : {} },
      body: limits,
      ...(signal ? { signal } : {}),
    }),
  );
}

/** What new limits would mean, without setting them; null asks nothing. */
export function useQuotaPreview(id: string, limits: QuotaLimits | null) {
  return useQuery({
    queryKey: ["quota-preview", id, limits],
    queryFn: ({ signal }) => putQuota(id, limits!, true, signal),
    enabled: limits !== null,
    placeholderData: keepPreviousData,
  });
}

export function useSetQuota(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (limits: QuotaLimits) => putQuota(id, limits, false),
    onSuccess: () => client.invalidateQueries({ queryKey: ["quotas"] }),
  });
}
