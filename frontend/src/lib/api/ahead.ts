// SPDX-License-Identifier: EUPL-1.2
/** Shapes agreed on that the generated schema does not have yet. */
import type { components } from "./schema";

type Schemas = components["schemas"];

interface Parameters<Query, Path> {
  parameters: { query?: Query; header?: Record<string, string>; cookie?: never } & ([Path] extends [never]
    ? { path?: never }
    : { path: Path });
}
interface Answers<T> {
  responses: { 200: { headers: Record<string, unknown>; content: { "application/json": T } } };
}
type Reads<T, Path = never, Query = never> = Parameters<Query, Path> & Answers<T>;
type Writes<Body, T, Path = never> = Parameters<never, Path> &
  Answers<T> & { requestBody: { content: { "application/json": Body } } };

interface Ref {
  id: string;
  name: string;
}
interface List<T> {
  count: number;
  next: string | null;
  previous: string | null;
  results: T[];
}
interface Paging {
  page?: number;
  page_size?: number;
}

export interface BookingApproval {
  id: string;
  state: "asked" | "approved" | "declined" | "lapsed" | "withdrawn";
  asked_at: string;
  lapses_at: string;
  decided_at: string | null;
  reason: string;
}

export interface Approval extends BookingApproval {
  decided_by: Ref | null;
  may_decide: boolean;
  room_class: Ref;
  booking: {
    id: string;
    version: number;
    title: string;
    description: string;
    organiser: { name: string; email: string; authority: Schemas["AuthorityRef"] };
    booked_by: { name: string } | null;
    seats: number;
    attendees: { email: string; name: string; role: Schemas["AttendeeRole"] }[];
    room: Ref;
    rule_text: string;
    dates: { id: string; starts_at: string; ends_at: string; state: Schemas["OccurrenceState"] }[];
    dates_count: number;
  };
}

export interface Delegate {
  id: string;
  room_class: Ref;
  person: Schemas["PersonRef"];
  stands_in_for: Ref | null;
  valid_from: string | null;
  valid_until: string | null;
}

export interface Deputy {
  id: string;
  principal: Schemas["PersonRef"];
  deputy: Schemas["PersonRef"];
  valid_until: string | null;
  mine: "principal" | "deputy";
}

export interface HistoryEntry {
  at: string;
  version: number;
  action: string;
  source: string;
  person: { name: string } | null;
  changes: { field: string; before: string; after: string }[];
}

export interface PreviewDate {
  recurrence_id: string;
  starts_at: string;
  ends_at: string;
  fits: boolean;
  code?: string;
  detail?: string;
  limit?: number;
  in_use?: number;
  asked?: number;
  alternatives: Schemas["Alternative"][];
}

export interface Preview {
  fits: boolean;
  rule_text: string;
  promised_until: string | null;
  seats: number;
  room: { id: string; name: string; seats: number } | null;
  approval: boolean;
  dates: PreviewDate[];
  refusal: { code: string; detail: string } | null;
}

export interface FirstSlots {
  slots: { starts_at: string; ends_at: string; room: { id: string; name: string; seats: number } }[];
  people_without_calendar: string[];
}

export interface FirstSlotsWish {
  people: string[];
  seats?: number;
  duration: string;
  from?: string;
  until?: string;
  timezone?: string;
  day_from?: string;
  day_until?: string;
  days?: string[];
  booking?: string;
}

/** What a booking says besides what the schema has. */
export interface BookingAhead {
  approval?: BookingApproval | null;
  restorable_until?: string | null;
  dates_count?: number;
}
export interface DateAhead {
  title?: string | null;
  restorable_until?: string | null;
}
export interface MeAhead {
  approvals_waiting?: number;
  permissions: Schemas["Permissions"] & { approve?: boolean };
}

export type PreviewWish = Omit<Schemas["NewBooking"], "title"> & {
  title?: string;
  booking?: string;
  organiser?: string;
};
type One = { id: string };
type Booking = Schemas["Booking"];

export interface PathsAhead {
  "/api/v1/bookings/preview": { post: Writes<PreviewWish, Preview> };
  "/api/v1/bookings/instant": {
    post: Writes<{ title?: string; duration?: string; seats?: number; attendees?: { email: string }[] }, Booking>;
  };
  "/api/v1/bookings/{id}/restore": { post: Reads<Booking, One> };
  "/api/v1/bookings/{id}/link": { post: Reads<Booking, One> };
  "/api/v1/bookings/{id}/transfer": { post: Writes<{ email: string }, Booking, One> };
  "/api/v1/bookings/{id}/history": { get: Reads<List<HistoryEntry>, One, Paging> };
  "/api/v1/occurrences/{id}/restore": { post: Reads<Booking, One, { scope?: "this" | "following" }> };
  "/api/v1/availability/first": { post: Writes<FirstSlotsWish, FirstSlots> };
  "/api/v1/approvals": { get: Reads<List<Approval>, never, Paging & { state?: "asked" | "decided" }> };
  "/api/v1/approvals/{id}/decision": {
    post: Writes<{ decision: "approve" | "decline"; reason?: string }, Approval, One>;
  };
  "/api/v1/approvers/delegates": {
    get: Reads<List<Delegate>, never, Paging>;
    post: Writes<{ email: string; valid_from?: string; valid_until: string }, Delegate[]>;
  };
  "/api/v1/approvers/{id}": { delete: Reads<undefined, One> };
  "/api/v1/deputies": {
    get: Reads<List<Deputy>, never, Paging>;
    post: Writes<{ email: string; valid_until?: string }, Deputy>;
  };
  "/api/v1/deputies/{id}": { delete: Reads<undefined, One> };
}
