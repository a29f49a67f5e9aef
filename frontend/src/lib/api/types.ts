// SPDX-License-Identifier: EUPL-1.2
/** Names for the shapes of /api/v1 that the pages use. Instants are ISO 8601 strings with an offset. */
import type { components } from "./schema";

type Schemas = components["schemas"];

export type AddressMails = Schemas["AddressMails"];
export type Alternative = Schemas["Alternative"];
export type Answer = Schemas["Answer"];
export type Approval = Schemas["Approval"];
export type Attendee = Schemas["Attendee"];
export type AttendeeRole = Schemas["AttendeeRole"];
export type AuthorityRef = Schemas["AuthorityRef"];
export type Availability = Schemas["Availability"];
export type Backlog = Schemas["Backlog"];
export type Booking = Schemas["Booking"];
export type BookingOccurrence = Schemas["Date"];
export type BookingStatus = Schemas["BookingStatus"];
export type CalendarPassword = Schemas["CalendarPassword"];
export type Delegate = Schemas["Approver"];
export type Delivery = Schemas["Delivery"];
export type DeliveryState = Schemas["OpenDeliveryState"];
export type Deputy = Schemas["Deputy"];
export type DrainPlan = Schemas["DrainPlan"];
export type Feed = Schemas["Feed"];
export type Finding = Schemas["Finding"];
export type FirstSlotsWish = Schemas["SlotWish"];
export type FreeRoom = Schemas["FreeRoom"];
export type FreshCalendarPassword = Schemas["FreshCalendarPassword"];
export type HistoryEntry = Schemas["History"];
export type MailSetAside = Schemas["SetAsideMail"];
export type Me = Schemas["Me"];
export type NewBooking = Schemas["NewBooking"];
export type NewFeed = Schemas["NewFeed"];
export type NewPool = Schemas["NewPool"];
export type NewProposal = Schemas["NewProposal"];
export type NewServer = Schemas["NewServer"];
export type BookingChange = Schemas["BookingChange"];
export type Occurrence = Schemas["Occurrence"];
export type OverCommitted = Schemas["OverCommitted"];
export type PartStat = Schemas["PartStat"];
export type Person = Schemas["Colleague"];
export type PeopleThere = Schemas["PeopleThere"];
export type PersonThere = Schemas["PersonThere"];
export type Pool = Schemas["Pool"];
export type Preview = Schemas["Preview"];
export type PreviewWish = Schemas["PreviewWish"];
export type PreviewedDate = Schemas["PreviewedDate"];
export type Proposal = Schemas["Proposal"];
export type Quota = Schemas["Quota"];
export type Recording = Schemas["Recording"];
export type RefusedDate = Schemas["RefusedDate"];
export type QuotaLimits = Schemas["Limits"];
export type Room = Schemas["Room"];
export type RoomState = Schemas["RoomState"];
/** Live state of a room. `details` only for those who may see the booking; everyone else gets `busy`. */
export type RoomStatus = Schemas["RoomStatus"];
export type Server = Schemas["Server"];
export type ServerChange = Schemas["ServerChange"];
export type ServerCheck = Schemas["ServerCheck"];
export type ServerDetails = Schemas["ServerDetails"];
export type ServerEvent = Schemas["ServerEvent"];
export type ServerHealth = Schemas["ServerHealth"];
export type ServerKind = Schemas["ServerKind"];
export type ServerMeeting = Schemas["ServerMeeting"];
export type ServerState = Schemas["ServerState"];

/** What every list answers. */
export interface Page<T> {
  count: number;
  next: string | null;
  previous: string | null;
  results: T[];
}
