// SPDX-License-Identifier: EUPL-1.2
import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { allPages, api, unwrap } from "@/lib/api/client";
import type { NewPool, NewServer, ServerChange } from "@/lib/api/types";

/** Servers come and go without anybody clicking. */
const EVERY = 5_000;
/** Events shown at first, and more each time they are asked for. */
export const EVENTS_AT_ONCE = 20;

export function usePools() {
  return useQuery({
    queryKey: ["pools"],
    queryFn: ({ signal }) => allPages((query) => unwrap(api.GET("/api/v1/pools", { params: { query }, signal }))),
    refetchInterval: EVERY,
  });
}

export function useServers() {
  return useQuery({
    queryKey: ["servers"],
    queryFn: ({ signal }) => allPages((query) => unwrap(api.GET("/api/v1/servers", { params: { query }, signal }))),
    refetchInterval: EVERY,
  });
}

export function useServer(id: string) {
  return useQuery({
    queryKey: ["server", id],
    queryFn: ({ signal }) => unwrap(api.GET("/api/v1/servers/{id}", { params: { path: { id } }, signal })),
    refetchInterval: EVERY,
  });
}

export function useServerMeetings(id: string) {
  return useQuery({
    queryKey: ["server", id, "meetings"],
    queryFn: ({ signal }) =>
      allPages((query) =>
        unwrap(api.GET("/api/v1/servers/{id}/meetings", { params: { path: { id }, query }, signal })),
      ),
    refetchInterval: EVERY,
  });
}

export function useServerEvents(id: string, count: number) {
  return useQuery({
    queryKey: ["server", id, "events", count],
    queryFn: ({ signal }) =>
      unwrap(api.GET("/api/v1/servers/{id}/events", { params: { path: { id }, query: { page_size: count } }, signal })),
    refetchInterval: EVERY,
    placeholderData: keepPreviousData,
  });
}

/** What draining would mean now: asked anew each time the dialog opens. */
export function useDrainPlan(id: string) {
  return useQuery({
    queryKey: ["server", id, "drain"],
    queryFn: ({ signal }) => unwrap(api.GET("/api/v1/servers/{id}/drain", { params: { path: { id } }, signal })),
    staleTime: 0,
    gcTime: 0,
  });
}

function useRenewed() {
  const client = useQueryClient();
  return () =>
    Promise.all(["servers", "server", "pools"].map((name) => client.invalidateQueries({ queryKey: [name] })));
}

export function useChangeServer(id: string) {
  const renewed = useRenewed();
  return useMutation({
    mutationFn: (body: ServerChange) =>
      unwrap(api.PATCH("/api/v1/servers/{id}", { params: { path: { id }, query: {} }, body })),
    onSuccess: renewed,
  });
}

/** Asks a server that is not registered yet. */
export function useCheckNew() {
  return useMutation({
    mutationFn: (body: NewServer) => unwrap(api.POST("/api/v1/servers/check", { body })),
  });
}

export function useCheck(id: string) {
  const renewed = useRenewed();
  return useMutation({
    mutationFn: () => unwrap(api.POST("/api/v1/servers/{id}/check", { params: { path: { id } } })),
    onSuccess: renewed,
  });
}

export function useAddServer() {
  const renewed = useRenewed();
  return useMutation({
    mutationFn: ({ body, unchecked }: { body: NewServer; unchecked: boolean }) =>
      unwrap(api.POST("/api/v1/servers", { params: { query: unchecked ? { unchecked } : {} }, body })),
    onSuccess: renewed,
  });
}

/** Forgets a server that was never used. */
export function useRemoveServer(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => unwrap(api.DELETE("/api/v1/servers/{id}", { params: { path: { id } } })),
    onSuccess: () => {
      // Its page may ask no more: there is nothing.
      client.removeQueries({ queryKey: ["server", id] });
      return Promise.all(["servers", "pools"].map((name) => client.invalidateQueries({ queryKey: [name] })));
    },
  });
}

/** A new pool, or a change of one. */
export function useSavePool(id: string | null) {
  const renewed = useRenewed();
  return useMutation({
    mutationFn: (body: NewPool) =>
      unwrap(
        id === null
          ? api.POST("/api/v1/pools", { body })
          : api.PATCH("/api/v1/pools/{id}", { params: { path: { id } }, body }),
      ),
    onSuccess: renewed,
  });
}
