// SPDX-License-Identifier: EUPL-1.2
import {
  type QueryClient,
  keepPreviousData,
  queryOptions,
  useMutation,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query";
import { allPages, api, unwrap } from "@/lib/api/client";
import type { Booking, BookingChange, NewBooking } from "@/lib/api/types";

const bookingKey = (id: string) => ["bookings", "one", id] as const;

function tookEffect(client: QueryClient, booking: Booking): void {
  client.setQueryData(bookingKey(booking.id), booking);
  void client.invalidateQueries({ queryKey: ["bookings", "list"] });
  void client.invalidateQueries({ queryKey: ["occurrences"] });
  void client.invalidateQueries({ queryKey: ["availability"] });
}

export function useMyBookings(range: { from?: Date; until?: Date }) {
  const query = {
    mine: true,
    ...(range.from ? { from: range.from.toISOString() } : {}),
    ...(range.until ? { until: range.until.toISOString() } : {}),
  };
  return useQuery({
    queryKey: ["bookings", "list", query],
    queryFn: ({ signal }) =>
      allPages((paging) => unwrap(api.GET("/api/v1/bookings", { params: { query: { ...query, ...paging } }, signal }))),
    placeholderData: keepPreviousData,
  });
}

export function bookingQuery(id: string) {
  return queryOptions({
    queryKey: bookingKey(id),
    queryFn: ({ signal }) => unwrap(api.GET("/api/v1/bookings/{id}", { params: { path: { id } }, signal })),
  });
}

/** Rooms and capacity for a time; null while the form does not name one. */
export function useAvailability(query: { seats: number; starts_at: string; ends_at: string } | null) {
  return useQuery({
    queryKey: ["availability", query],
    queryFn: ({ signal }) => unwrap(api.GET("/api/v1/availability", { params: { query: query! }, signal })),
    enabled: query !== null,
    placeholderData: keepPreviousData,
    staleTime: 10_000,
    // Somebody else may book while the form is being filled.
    refetchInterval: 30_000,
  });
}

const FEWEST_LETTERS = 3;

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

/** `key` makes a repeated attempt after a lost answer return the first booking instead of a second one. */
export function useBook() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ input, key }: { input: NewBooking; key: string }) =>
      unwrap(api.POST("/api/v1/bookings", { body: input, params: { header: { "Idempotency-Key": key } } })),
    onSuccess: (booking) => tookEffect(client, booking),
  });
}

export function useChangeBooking() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id, version, input }: { id: string; version: number; input: BookingChange }) =>
      unwrap(
        api.PATCH("/api/v1/bookings/{id}", {
          params: { path: { id }, header: { "If-Match": `"${version}"` } },
          body: input,
        }),
      ),
    onSuccess: (booking) => tookEffect(client, booking),
  });
}

export function useCancelBooking() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => unwrap(api.DELETE("/api/v1/bookings/{id}", { params: { path: { id } } })),
    onSuccess: (booking) => tookEffect(client, booking),
  });
}

export function useEndMeeting(bookingId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (occurrenceId: string) =>
      unwrap(api.POST("/api/v1/occurrences/{id}/end", { params: { path: { id: occurrenceId } } })),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: bookingKey(bookingId) });
      void client.invalidateQueries({ queryKey: ["occurrences"] });
    },
  });
}
