// SPDX-License-Identifier: EUPL-1.2
import type { TFunction } from "i18next";
import { minutesBetween } from "@/lib/time";

const REACTIONS = [
  "invitations",
  "approval_mails",
  "refusal_mails",
  "proposal_mails",
  "reminders",
  "provision",
  "end_meeting",
  "room_status",
] as const;
const FACTS = [
  "BookingConfirmed",
  "BookingChanged",
  "BookingCancelled",
  "ProposalMade",
  "ProposalDeclined",
  "ApprovalAsked",
  "ApprovalDecided",
  "SeriesEnding",
  "MeetingPlanned",
  "MeetingReady",
  "MeetingAttended",
  "MeetingEnded",
  "OccurrenceEnded",
  "RoomChanged",
] as const;

/** What is to be done; a reaction that the pages do not know keeps its name. */
export function reactionText(t: TFunction, name: string): string {
  const known = REACTIONS.find((one) => one === name);
  return known ? t(`outbox.reaction.${known}`) : name;
}

/** What happened. */
export function factText(t: TFunction, name: string): string {
  const known = FACTS.find((one) => one === name);
  return known ? t(`outbox.fact.${known}`) : name;
}

/** How long ago, in the largest unit that says enough. */
export function ageText(t: TFunction, since: string, now: Date): string {
  const minutes = Math.max(0, minutesBetween(since, now));
  if (minutes < 60) return t("outbox.age.minutes", { count: minutes });
  if (minutes < 48 * 60) return t("outbox.age.hours", { count: Math.floor(minutes / 60) });
  return t("outbox.age.days", { count: Math.floor(minutes / (24 * 60)) });
}
