// SPDX-License-Identifier: EUPL-1.2
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, unwrap } from "@/lib/api/client";
import type { NewFeed } from "@/lib/api/types";

const PASSWORDS_KEY = ["calendar-passwords"] as const;
const FEEDS_KEY = ["feeds"] as const;

export function useCalendarPasswords() {
  return useQuery({
    queryKey: PASSWORDS_KEY,
    queryFn: ({ signal }) => unwrap(api.GET("/api/v1/calendar-passwords", { signal })),
  });
}

/** The answer holds the password, this once. It stays out of the cache of queries. */
export function useMakePassword() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (label: string) => unwrap(api.POST("/api/v1/calendar-passwords", { body: { label } })),
    onSettled: () => client.invalidateQueries({ queryKey: PASSWORDS_KEY }),
    gcTime: 0,
  });
}

export function useRevokePassword() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => unwrap(api.DELETE("/api/v1/calendar-passwords/{id}", { params: { path: { id } } })),
    onSettled: () => client.invalidateQueries({ queryKey: PASSWORDS_KEY }),
  });
}

export function useFeeds() {
  return useQuery({
    queryKey: FEEDS_KEY,
    queryFn: ({ signal }) => unwrap(api.GET("/api/v1/feeds", { signal })),
  });
}

export function useMakeFeed() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: NewFeed) => unwrap(api.POST("/api/v1/feeds", { body })),
    onSettled: () => client.invalidateQueries({ queryKey: FEEDS_KEY }),
  });
}

export function useRevokeFeed() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => unwrap(api.DELETE("/api/v1/feeds/{id}", { params: { path: { id } } })),
    onSettled: () => client.invalidateQueries({ queryKey: FEEDS_KEY }),
  });
}
