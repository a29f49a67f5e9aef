// SPDX-License-Identifier: EUPL-1.2
import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { allPages, api, unwrap } from "@/lib/api/client";
import { sessionQuery } from "@/lib/session";

/** Requests come in while one looks: asked for again every half minute and whenever one returns to the page. */
export function useApprovals(state: "asked" | "decided") {
  return useQuery({
    queryKey: ["approvals", state],
    queryFn: ({ signal }) =>
      allPages((paging) => unwrap(api.GET("/api/v1/approvals", { params: { query: { state, ...paging } }, signal }))),
    placeholderData: keepPreviousData,
    refetchInterval: 30_000,
    refetchOnWindowFocus: "always",
  });
}

export interface Decision {
  id: string;
  decision: "approve" | "decline";
  reason?: string;
}

export function useDecide() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id, ...body }: Decision) =>
      unwrap(api.POST("/api/v1/approvals/{id}/decision", { params: { path: { id } }, body })),
    // Refused or not: what somebody else decided shows, too.
    onSettled: () => {
      void client.invalidateQueries({ queryKey: ["approvals"] });
      void client.invalidateQueries({ queryKey: sessionQuery.queryKey });
      void client.invalidateQueries({ queryKey: ["bookings"] });
      void client.invalidateQueries({ queryKey: ["occurrences"] });
    },
  });
}

const DELEGATES_KEY = ["delegates"] as const;

export function useDelegates() {
  return useQuery({
    queryKey: DELEGATES_KEY,
    queryFn: ({ signal }) =>
      allPages((query) => unwrap(api.GET("/api/v1/approvers/delegates", { params: { query }, signal }))),
  });
}

export function useNameDelegate() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: { email: string; valid_until: string }) =>
      unwrap(api.POST("/api/v1/approvers/delegates", { body })),
    onSuccess: () => client.invalidateQueries({ queryKey: DELEGATES_KEY }),
  });
}

/** A delegate stands in for every class: one row each. */
export function useEndDelegate() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (ids: string[]) =>
      Promise.all(ids.map((id) => unwrap(api.DELETE("/api/v1/approvers/{id}", { params: { path: { id } } })))),
    onSettled: () => client.invalidateQueries({ queryKey: DELEGATES_KEY }),
  });
}
