// SPDX-License-Identifier: EUPL-1.2
/** Shapes agreed on that the generated schema does not have yet. */
import type { components } from "./schema";

type Schemas = components["schemas"];

interface Writes<Body, T> {
  post: {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    requestBody: { content: { "application/json": Body } };
    responses: { 200: { headers: Record<string, unknown>; content: { "application/json": T } } };
  };
}

export interface PreviewedDate {
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
  room: Schemas["OfferedRoom"] | null;
  approval: boolean;
  dates: PreviewedDate[];
  refusal: Schemas["Problem"] | null;
}

export type PreviewWish = Omit<Schemas["NewBooking"], "title" | "organiser"> & { title?: string; booking?: string };

export interface FirstSlotsWish {
  people: string[];
  seats?: number;
  duration: string;
  from?: string;
  timezone?: string;
  booking?: string;
}

interface FirstSlots {
  slots: { starts_at: string; ends_at: string; room: { id: string; name: string; seats: number } }[];
  people_without_calendar: string[];
}

export interface PathsAhead {
  "/api/v1/bookings/preview": Writes<PreviewWish, Preview>;
  "/api/v1/availability/first": Writes<FirstSlotsWish, FirstSlots>;
}
