// SPDX-License-Identifier: EUPL-1.2
/** The operations of /api/v1 that the pages use, in the form openapi-fetch reads. */
import type {
  Availability,
  Booking,
  BookingInput,
  Me,
  Occurrence,
  Page,
  Person,
  Quota,
  QuotaLimits,
  Room,
} from "./types";

interface Answer<T> {
  headers: Record<string, unknown>;
  content: { "application/json": T };
}
interface NoAnswer {
  headers: Record<string, unknown>;
  content?: never;
}
type WithPath<Path> = [Path] extends [never] ? { path?: never } : { path: Path };
interface Read<T, Query = never, Path = never> {
  parameters: WithPath<Path> & { query?: Query; header?: never; cookie?: never };
  requestBody?: never;
  responses: { 200: Answer<T> };
}
interface Write<T, Body, Path = never, Headers = never, Query = never> {
  parameters: WithPath<Path> & { query?: Query; header?: Headers; cookie?: never };
  requestBody: { content: { "application/json": Body } };
  responses: { 200: Answer<T> };
}
interface Act<T, Path = never, Headers = never> {
  parameters: WithPath<Path> & { query?: never; header?: Headers; cookie?: never };
  requestBody?: never;
  responses: { 200: Answer<T> };
}
interface Remove {
  parameters: { query?: never; path?: never; header?: never; cookie?: never };
  requestBody?: never;
  responses: { 204: NoAnswer };
}
type Paging = { page?: number; page_size?: number };
type Id = { id: string };

export interface paths {
  "/api/v1/session": { get: Read<Me>; post: Write<Me, { email: string; password: string }>; delete: Remove };
  "/api/v1/me": { patch: Write<Me, { language: "de" | "en" }> };
  "/api/v1/rooms": { get: Read<Page<Room>, Paging & { q?: string; seats?: number }> };
  "/api/v1/occurrences": {
    get: Read<Page<Occurrence>, Paging & { from: string; until: string; room?: string; mine?: boolean }>;
  };
  "/api/v1/occurrences/{id}/end": { post: Act<unknown, Id> };
  "/api/v1/availability": {
    get: Read<Availability, { seats: number; starts_at: string; ends_at: string; room?: string }>;
  };
  "/api/v1/bookings": {
    get: Read<Page<Booking>, Paging & { mine?: boolean; from?: string; until?: string; status?: string; q?: string }>;
    post: Write<Booking, BookingInput, never, { "Idempotency-Key"?: string }>;
  };
  "/api/v1/bookings/{id}": {
    get: Read<Booking, never, Id>;
    patch: Write<Booking, Partial<BookingInput>, Id, { "If-Match"?: string }>;
    delete: Act<Booking, Id>;
  };
  "/api/v1/people": { get: Read<Person[], { q: string }> };
  "/api/v1/quotas": { get: Read<Page<Quota>, Paging> };
  "/api/v1/authorities/{id}/quota": { put: Write<Quota, QuotaLimits, Id, never, { dry_run?: boolean }> };
}
