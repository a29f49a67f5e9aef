// SPDX-License-Identifier: EUPL-1.2
/** Who comes, and the answer of who is invited. b-3 is a day off; here it is Bernd's, who invites Anna. */
import { screen, within } from "@testing-library/react";
import { expect, it } from "vitest";
import { createBackend } from "@/testing/backend";
import { NOTHING_SAID } from "@/testing/data";
import { axeFindings, renderApp } from "@/testing/render";

async function pageOfInvited(series = false) {
  const backend = createBackend();
  const booking = backend.bookings.find(({ id }) => id === "b-3")!;
  const [first] = booking.occurrences;
  booking.permissions = { change: false, cancel: false, moderate: false, answer: true };
  booking.attendees = [
    {
      email: "anna@im.mv.example",
      name: "Anna Amsel",
      role: "REQ-PARTICIPANT",
      partstat: "NEEDS-ACTION",
      ...NOTHING_SAID,
      is_me: true,
    },
    {
      email: "clara@fm.mv.example",
      name: "Clara Claasen",
      role: "REQ-PARTICIPANT",
      partstat: "DECLINED",
      ...NOTHING_SAID,
    },
  ];
  if (series) {
    booking.rrule = "FREQ=WEEKLY;COUNT=2";
    const later = (iso: string) => new Date(Date.parse(iso) + 7 * 24 * 3_600_000).toISOString();
    booking.occurrences.push({
      ...structuredClone(first!),
      id: "o-b-3-2",
      recurrence_id: later(first!.starts_at),
      starts_at: later(first!.starts_at),
      ends_at: later(first!.ends_at),
    });
  }
  const { user } = renderApp("/bookings/b-3", backend);
  await screen.findByRole("heading", { name: "Ihre Antwort" });
  return { user, backend, booking };
}

it("tells who comes, and lets an invited person accept with a word", async () => {
  const { user, booking } = await pageOfInvited();
  expect(screen.getByText("1 abgesagt · 1 ohne Antwort")).toBeVisible();
  expect(screen.queryByLabelText("Für welche Termine")).not.toBeInTheDocument();
  expect(await axeFindings()).toEqual([]);

  await user.type(screen.getByLabelText(/^Nachricht/), "Gern!");
  await user.click(screen.getByRole("button", { name: "Zusagen" }));

  expect(await screen.findByText("1 zugesagt · 1 abgesagt")).toBeVisible();
  expect(screen.getByRole("button", { name: "Zusagen" })).toHaveAttribute("aria-pressed", "true");
  expect(booking.attendees[0]).toMatchObject({ partstat: "ACCEPTED", comment: "Gern!" });
});

it("answers a single date of a series, and shows it beside the answer to all", async () => {
  const { user, booking } = await pageOfInvited(true);

  await user.selectOptions(screen.getByLabelText("Für welche Termine"), "o-b-3-2");
  await user.type(screen.getByLabelText(/^Nachricht/), "Urlaub");
  await user.click(screen.getByRole("button", { name: "Absagen" }));

  const people = within((await screen.findByRole("heading", { name: /^Teilnehmer/ })).parentElement!);
  expect(await people.findByText(/: Abgesagt „Urlaub“$/)).toBeVisible();
  const dates = within(screen.getByRole("region", { name: /^Termine/ }));
  expect(dates.getByText("2 abgesagt")).toBeVisible();
  expect(booking.attendees[0]).toMatchObject({ partstat: "NEEDS-ACTION" });
});

it("asks nobody who is not invited", async () => {
  renderApp("/bookings/b-3");
  await screen.findByRole("heading", { name: "Verlauf" });
  expect(screen.queryByRole("heading", { name: "Ihre Antwort" })).not.toBeInTheDocument();
});
