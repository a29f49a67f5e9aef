// SPDX-License-Identifier: EUPL-1.2
/** The shapes of /api/v1 that the pages use. Instants are ISO 8601 strings with an offset. */

export interface AuthorityRef {
  id: string;
  name: string;
  short_name: string;
}

export interface Permissions {
  operate: boolean;
  administer: boolean;
  audit: boolean;
}

export interface Me {
  id: string;
  name: string;
  email: string;
  language: "de" | "en";
  authority: AuthorityRef | null;
  permissions: Permissions;
  csrf_token?: string;
}

export type RoomState =
  | "free"
  | "busy"
  | "reserved"
  | "opening"
  | "live"
  | "overrun"
  | "moved"
  | "failed"
  | "blocked";

/** Live state of a room. `details` only for those who may see the booking; everyone else gets `busy`. */
export interface RoomStatus {
  room: string;
  visibility: "details" | "busy";
  state: RoomState;
  version: number;
  people?: number | null;
  since?: string | null;
  until?: string | null;
  next?: string | null;
  booking?: string | null;
  occurrence?: string | null;
}

export interface Room {
  id: string;
  name: string;
  slug: string;
  address: string;
  seats: number;
  pool: { id: string; name: string };
  room_class: { id: string; name: string };
  authority: AuthorityRef;
  open_to_all: boolean;
  is_active: boolean;
  blocked_reason: string;
  url: string;
  status: RoomStatus;
}

export interface Page<T> {
  count: number;
  next: string | null;
  previous: string | null;
  results: T[];
}

export type OccurrenceState =
  | "pending"
  | "held"
  | "confirmed"
  | "opening"
  | "live"
  | "overrun"
  | "ended"
  | "no_show"
  | "cancelled"
  | "refused";

export interface Occurrence {
  id: string;
  booking: string | null;
  room: { id: string; name: string };
  starts_at: string;
  ends_at: string;
  state: OccurrenceState;
  seats: number | null;
  title: string | null;
  organiser: { name: string; authority: string } | null;
  visibility: "full" | "restricted" | "busy";
  people: number | null;
  join_url: string | null;
}

export interface Alternative {
  starts_at: string;
  ends_at: string;
  room?: { id: string; name: string; seats: number } | null;
  seats?: number | null;
}

export interface AvailableRoom {
  id: string;
  name: string;
  seats: number;
  room_class: { id: string; name: string } | null;
  authority: AuthorityRef | null;
  free: boolean;
  until?: string | null;
}

export interface Availability {
  starts_at: string;
  ends_at: string;
  seats: number;
  capacity: {
    free_seats: number | null;
    ok: boolean;
    code?: string | null;
    detail?: string | null;
    limit?: number | null;
    in_use?: number | null;
  };
  rooms: AvailableRoom[];
  suggestion: { room: { id: string; name: string; seats?: number } | null } | null;
  alternatives: Alternative[];
}

export type PartStat = "NEEDS-ACTION" | "ACCEPTED" | "DECLINED" | "TENTATIVE" | "DELEGATED";

export interface Attendee {
  email: string;
  name: string;
  role: string;
  partstat: PartStat;
}

export type BookingStatus = "confirmed" | "pending" | "partly" | "refused" | "cancelled";

export interface BookingOccurrence {
  id: string;
  recurrence_id: string | null;
  starts_at: string;
  ends_at: string;
  state: OccurrenceState;
  seats: number;
  room: { id: string; name: string } | null;
}

export interface Booking {
  id: string;
  uid: string;
  version: number;
  sequence: number;
  status: BookingStatus;
  title: string;
  description: string;
  starts_at: string;
  ends_at: string;
  timezone: string;
  room: { id: string; name: string; seats: number; address: string } | null;
  seats: number;
  organiser: { id: string; name: string; email: string; authority: AuthorityRef | null };
  booked_by: { id: string; name: string } | null;
  authority: AuthorityRef;
  attendees: Attendee[];
  join_url: string | null;
  pin: string | null;
  moderator_pin?: string | null;
  occurrences: BookingOccurrence[];
  permissions: { change: boolean; cancel: boolean; moderate: boolean };
  created_at: string;
  changed_at: string;
  source: string;
  language: string;
}

export interface BookingInput {
  title: string;
  starts_at: string;
  ends_at: string;
  timezone: string;
  room?: string | null;
  seats?: number;
  attendees: { email: string; name?: string }[];
  description?: string;
  language?: string;
}

export interface Person {
  id: string;
  name: string;
  email: string;
  authority: AuthorityRef | null;
}

export interface QuotaLimits {
  concurrent_seats: number | null;
  concurrent_meetings: number | null;
  seat_hours_per_month: number | null;
}

export interface OverCommitment {
  from: string;
  until: string;
  what: string;
  limit: number;
  in_use: number;
}

export interface Quota {
  authority: AuthorityRef & { path?: { id: string; short_name: string }[] };
  limits: QuotaLimits;
  use: {
    concurrent_seats_now: number;
    concurrent_seats_peak: number;
    peak_at: string | null;
    concurrent_meetings_now: number;
    concurrent_meetings_peak: number;
    seat_hours_this_month: number;
  };
  over_committed: OverCommitment[];
}
