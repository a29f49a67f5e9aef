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
import type {
  Answer,
  Booking,
  BookingChange,
  FirstSlotsWish,
  NewBooking,
  NewProposal,
  PreviewWish,
} from "@/lib/api/types";

const bookingKey = (id: string) => ["bookings", "one", id] as const;

function tookEffect(client: QueryClient, booking: Booking): void {
  client.setQueryData(bookingKey(booking.id), booking);
  void client.invalidateQueries({ queryKey: ["bookings", "history"] });
  void client.invalidateQueries({ queryKey: ["bookings", "proposals"] });
  void client.invalidateQueries({ queryKey: ["bookings", "mails"] });
  void client.invalidateQueries({ queryKey: ["preview"] });
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

/** Rooms and capacity for a time, as if `booking` were not there; null while the form does not name one. */
export function useAvailability(query: { seats: number; starts_at: string; ends_at: string; booking?: string } | null) {
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

/** What would become of a booking, date by date; null while the form names no time or number. Nothing is stored. */
export function usePreview(wish: PreviewWish | null) {
  return useQuery({
    queryKey: ["preview", wish],
    queryFn: ({ signal }) => unwrap(api.POST("/api/v1/bookings/preview", { body: wish!, signal })),
    enabled: wish !== null,
    placeholderData: wish === null ? undefined : keepPreviousData,
    staleTime: 10_000,
    refetchInterval: 30_000,
    retry: false,
  });
}

/** First times at which all these people, a room and the servers are free. */
export function useFirstSlots() {
  return useMutation({
    mutationFn: (wish: FirstSlotsWish) => unwrap(api.POST("/api/v1/availability/first", { body: wish })),
  });
}

export function useHistory(id: string, size: number) {
  return useQuery({
    queryKey: ["bookings", "history", id, size],
    queryFn: ({ signal }) =>
      unwrap(
        api.GET("/api/v1/bookings/{id}/history", { params: { path: { id }, query: { page_size: size } }, signal }),
      ),
    placeholderData: keepPreviousData,
  });
}

const recordingsKey = (bookingId: string) => ["bookings", "recordings", bookingId] as const;

/** Looked at again soon while a server still has something to confirm. */
export function useRecordings(bookingId: string) {
  return useQuery({
    queryKey: recordingsKey(bookingId),
    queryFn: ({ signal }) =>
      unwrap(api.GET("/api/v1/bookings/{id}/recordings", { params: { path: { id: bookingId } }, signal })),
    refetchInterval: ({ state }) => (state.data?.some((recording) => recording.asked !== null) ? 3_000 : 60_000),
    retry: false,
  });
}

const peopleKey = (occurrenceId: string) => ["people-there", occurrenceId];

/** Who is in a running meeting: asked of its server each time, and forgotten with the page. */
export function usePeopleThere(occurrenceId: string) {
  return useQuery({
    queryKey: peopleKey(occurrenceId),
    queryFn: ({ signal }) =>
      unwrap(api.GET("/api/v1/occurrences/{id}/people", { params: { path: { id: occurrenceId } }, signal })),
    refetchInterval: ({ state }) => (state.data?.removable ? 10_000 : 60_000),
    gcTime: 0,
    retry: false,
  });
}

export function useRemovePerson(occurrenceId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (person: string) =>
      unwrap(
        api.POST("/api/v1/occurrences/{id}/people/remove", {
          params: { path: { id: occurrenceId } },
          body: { person },
        }),
      ),
    onSettled: () => client.invalidateQueries({ queryKey: peopleKey(occurrenceId) }),
  });
}

export function usePublishRecording(bookingId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id, published }: { id: string; published: boolean }) =>
      unwrap(api.PATCH("/api/v1/recordings/{id}", { params: { path: { id } }, body: { published } })),
    onSettled: () => client.invalidateQueries({ queryKey: recordingsKey(bookingId) }),
  });
}

export function useDeleteRecording(bookingId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => unwrap(api.DELETE("/api/v1/recordings/{id}", { params: { path: { id } } })),
    onSettled: () => client.invalidateQueries({ queryKey: recordingsKey(bookingId) }),
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

/** Whether the caller comes, to all dates or to one. */
export function useAnswer(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: Answer) => unwrap(api.POST("/api/v1/bookings/{id}/answer", { params: { path: { id } }, body })),
    onSuccess: (booking) => tookEffect(client, booking),
  });
}

/** What became of the mails, address by address; for who may change the booking. */
export function useMails(bookingId: string, enabled: boolean) {
  return useQuery({
    queryKey: ["bookings", "mails", bookingId],
    queryFn: ({ signal }) =>
      unwrap(api.GET("/api/v1/bookings/{id}/mails", { params: { path: { id: bookingId } }, signal })),
    enabled,
    refetchInterval: ({ state }) => (state.data?.some(({ delivery }) => delivery === "waiting") ? 5_000 : 60_000),
    retry: false,
  });
}

const proposalsKey = (bookingId: string) => ["bookings", "proposals", bookingId] as const;

/** Newest first. Looked at again now and then: they may come by mail while the page is open. */
export function useProposals(bookingId: string) {
  return useQuery({
    queryKey: proposalsKey(bookingId),
    queryFn: ({ signal }) =>
      unwrap(api.GET("/api/v1/bookings/{id}/proposals", { params: { path: { id: bookingId } }, signal })),
    refetchInterval: 60_000,
    retry: false,
  });
}

export function usePropose(bookingId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: NewProposal) =>
      unwrap(api.POST("/api/v1/bookings/{id}/proposals", { params: { path: { id: bookingId } }, body })),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: proposalsKey(bookingId) });
      void client.invalidateQueries({ queryKey: ["bookings", "history"] });
    },
  });
}

/** Move the booking, or its date, to the time that was proposed. */
export function useTakeProposal(bookingId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id, version }: { id: string; version: number }) =>
      unwrap(
        api.POST("/api/v1/proposals/{id}/take", {
          params: { path: { id }, header: { "If-Match": `"${version}"` } },
        }),
      ),
    onSuccess: (booking) => tookEffect(client, booking),
    // Somebody else changed it: with what there is now on the page, the next click is about that.
    onError: () => client.invalidateQueries({ queryKey: bookingKey(bookingId) }),
  });
}

export function useDeclineProposal(bookingId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => unwrap(api.POST("/api/v1/proposals/{id}/decline", { params: { path: { id } } })),
    onSettled: () => {
      void client.invalidateQueries({ queryKey: proposalsKey(bookingId) });
      void client.invalidateQueries({ queryKey: ["bookings", "history"] });
    },
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

/** Ask once more for what was refused. */
export function useTryAgain(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (version: number) =>
      unwrap(
        api.POST("/api/v1/bookings/{id}/wish", { params: { path: { id }, header: { "If-Match": `"${version}"` } } }),
      ),
    onSuccess: (booking) => tookEffect(client, booking),
  });
}

/** Keep the dates that are held, and forget the change that was refused. */
export function useKeep(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (version: number) =>
      unwrap(
        api.DELETE("/api/v1/bookings/{id}/wish", { params: { path: { id }, header: { "If-Match": `"${version}"` } } }),
      ),
    onSuccess: (booking) => tookEffect(client, booking),
  });
}

/** One date, or it and all that follow: then the answer is the booking that goes on. */
export function useChangeDate() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({
      id,
      scope,
      version,
      input,
    }: {
      id: string;
      scope: "this" | "following";
      version: number;
      input: BookingChange;
    }) =>
      unwrap(
        api.PATCH("/api/v1/occurrences/{id}", {
          params: { path: { id }, query: { scope }, header: { "If-Match": `"${version}"` } },
          body: input,
        }),
      ),
    onSuccess: (booking) => {
      tookEffect(client, booking);
      // The series that ended before it is another booking.
      void client.invalidateQueries({ queryKey: ["bookings", "one"] });
    },
  });
}

export type Drop = { scope: "all" } | { scope: "this" | "following"; occurrence: string };

/** Cancel a booking, or drop one date of it, or it and all that follow. */
export function useDrop(bookingId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (drop: Drop) =>
      unwrap(
        drop.scope === "all"
          ? api.DELETE("/api/v1/bookings/{id}", { params: { path: { id: bookingId } } })
          : api.DELETE("/api/v1/occurrences/{id}", {
              params: { path: { id: drop.occurrence }, query: { scope: drop.scope } },
            }),
      ),
    onSuccess: (booking) => tookEffect(client, booking),
  });
}

/** Take a cancelled booking or a dropped date back, with its link, if it is still free. */
export function useRestore() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (what: { booking: string } | { occurrence: string; following?: boolean }) =>
      unwrap(
        "booking" in what
          ? api.POST("/api/v1/bookings/{id}/restore", { params: { path: { id: what.booking } } })
          : api.POST("/api/v1/occurrences/{id}/restore", {
              params: { path: { id: what.occurrence }, query: what.following ? { scope: "following" } : {} },
            }),
      ),
    onSuccess: (booking) => tookEffect(client, booking),
  });
}

export function useTransfer(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (email: string) =>
      unwrap(api.POST("/api/v1/bookings/{id}/transfer", { params: { path: { id } }, body: { email } })),
    onSuccess: (booking) => tookEffect(client, booking),
  });
}

export function useRenewLink(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => unwrap(api.POST("/api/v1/bookings/{id}/link", { params: { path: { id } } })),
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
