// SPDX-License-Identifier: EUPL-1.2
/** What became of the mails about a booking, and who is reminded. */
import { screen, waitFor, within } from "@testing-library/react";
import { expect, it } from "vitest";
import { createBackend } from "@/testing/backend";
import { axeFindings, renderApp } from "@/testing/render";

it("tells the organiser whom no mail reached, and what became of each", async () => {
  const backend = createBackend();
  const at = new Date().toISOString();
  backend.mails = [
    {
      email: "bernd@im.mv.example",
      is_organiser: false,
      delivery: "sent",
      detail: "",
      mails: [{ method: "REQUEST", sequence: 0, state: "sent", at, detail: "" }],
    },
    {
      email: "clara@fm.mv.example",
      is_organiser: false,
      delivery: "bounced",
      detail: "5.1.1 No such user",
      mails: [{ method: "REQUEST", sequence: 0, state: "bounced", at, detail: "5.1.1 No such user" }],
    },
    { email: "j.petersen@stadt-wismar.example", is_organiser: false, delivery: "not_mailed", detail: "", mails: [] },
  ];
  const { user } = renderApp("/bookings/b-3", backend);

  expect(await screen.findByText("E-Mail kam zurück: Diese Adresse gibt es nicht")).toBeVisible();
  expect(screen.getByText("erhält von hier keine E-Mail")).toBeVisible();
  await user.click(screen.getByText("2 E-Mails zu dieser Buchung"));
  expect(screen.getByText(/^Einladung oder Änderung: gesendet, /)).toBeVisible();
  expect(screen.getByText("5.1.1 No such user")).toBeVisible();
  expect(await axeFindings()).toEqual([]);
});

it("lets the organiser choose when people are reminded", async () => {
  const { user, backend } = renderApp("/bookings/b-3");
  await user.click(await screen.findByRole("button", { name: "Buchung ändern" }));
  const dialog = within(await screen.findByRole("dialog"));
  expect(dialog.getByLabelText("Erinnerung per E-Mail")).toHaveDisplayValue("Keine");

  await user.selectOptions(dialog.getByLabelText("Erinnerung per E-Mail"), "1 Stunde vorher");
  await user.click(dialog.getByRole("button", { name: "Speichern" }));

  await waitFor(() => expect(backend.bookings.find(({ id }) => id === "b-3")!.remind_minutes).toBe(60));
  await user.click(screen.getByRole("button", { name: "Fertig" }));
  expect(await screen.findByText("1 Stunde vorher")).toBeVisible();
});

it("says by their address who answered by mail", async () => {
  const backend = createBackend();
  const entry = { at: new Date().toISOString(), version: 2, source: "mail", person: null };
  backend.history = [
    {
      ...entry,
      action: "answered",
      changes: [
        { field: "attendee", before: "", after: "clara@fm.mv.example" },
        { field: "answer", before: "NEEDS-ACTION", after: "ACCEPTED" },
      ],
    },
  ];
  renderApp("/bookings/b-3", backend);

  expect(await screen.findByText(/^clara@fm.mv.example hat geantwortet/)).toBeVisible();
  expect(screen.queryByText(/^vconf hat/)).not.toBeInTheDocument();
});
