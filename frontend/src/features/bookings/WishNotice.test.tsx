// SPDX-License-Identifier: EUPL-1.2
import { screen, waitFor, within } from "@testing-library/react";
import { expect, it } from "vitest";
import { createBackend } from "@/testing/backend";
import { renderApp } from "@/testing/render";
import { addMinutes } from "@/lib/time";

/** What the second booking of the list asked for in vain; `held`: it was to be moved. */
function wished(held: boolean) {
  const backend = createBackend();
  const booking = backend.bookings[2]!;
  const until = held ? addMinutes(new Date(), 600).toISOString() : null;
  booking.refusal = {
    code: "slot_taken",
    title: "Raum belegt",
    detail: "Der Raum ist zu dieser Zeit belegt.",
    alternatives: [{ seats: 12 }],
  };
  booking.wish = {
    starts_at: booking.starts_at,
    ends_at: booking.ends_at,
    timezone: "Europe/Berlin",
    rule_text: "",
    title: booking.title!,
    held_until: until,
  };
  booking.status = held ? "pending" : "refused";
  for (const date of booking.occurrences) Object.assign(date, { state: held ? "held" : "refused", held_until: until });
  return { backend, booking };
}

it("says why a change could not be made, and keeps the old time", async () => {
  const { backend, booking } = wished(true);
  const { user } = renderApp(`/bookings/${booking.id}`, backend);

  expect(await screen.findByText("Die Änderung war nicht möglich")).toBeVisible();
  expect(screen.getByText("Der Raum ist zu dieser Zeit belegt.")).toBeVisible();
  expect(screen.getByText(/für Sie vorgemerkt/)).toBeVisible();
  expect(screen.getByText("Nur vorgemerkt")).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Bisherige Zeit behalten" }));

  await waitFor(() => expect(screen.queryByText("Die Änderung war nicht möglich")).not.toBeInTheDocument());
  expect(booking.status).toBe("confirmed");
});

it("asks before it gives up what is held", async () => {
  const { backend, booking } = wished(true);
  const { user } = renderApp(`/bookings/${booking.id}`, backend);

  await user.click(await screen.findByRole("button", { name: "Aufgeben und absagen" }));

  expect(await screen.findByRole("dialog")).toBeVisible();
});

it("tries a refused booking again and says that it still cannot be had", async () => {
  const { backend, booking } = wished(false);
  const { user } = renderApp(`/bookings/${booking.id}`, backend);

  expect(await screen.findByText("Diese Videokonferenz ist nicht gebucht")).toBeVisible();
  expect(screen.queryByRole("button", { name: "Bisherige Zeit behalten" })).not.toBeInTheDocument();
  await user.click(screen.getByRole("button", { name: "Erneut versuchen" }));

  expect(within(await screen.findByRole("alert")).getByText("Der Raum ist zu dieser Zeit belegt.")).toBeVisible();
});

it("shows the only thing that can be done beside it as a button, not in a menu", async () => {
  const { backend, booking } = wished(false);
  booking.join_url = null;
  renderApp(`/bookings/${booking.id}`, backend);

  expect(await screen.findByRole("button", { name: "Als neue Buchung kopieren" })).toBeVisible();
  expect(screen.queryByRole("button", { name: "Mehr" })).not.toBeInTheDocument();
});

it("lets the wish be changed where nothing was booked", async () => {
  const { backend, booking } = wished(false);
  const { user } = renderApp(`/bookings/${booking.id}`, backend);

  await user.click(await screen.findByRole("button", { name: "Wunsch ändern" }));
  const dialog = within(await screen.findByRole("dialog"));
  await user.clear(dialog.getByLabelText("Beginn"));
  await user.type(dialog.getByLabelText("Beginn"), "15:30");
  await user.click(dialog.getByRole("button", { name: "Speichern" }));

  await waitFor(() => expect(booking.version).toBe(2));
  expect(booking.starts_at).toMatch(/(13|14):30/);
});
