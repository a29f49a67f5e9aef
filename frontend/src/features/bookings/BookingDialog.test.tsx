// SPDX-License-Identifier: EUPL-1.2
import { screen, waitFor, within } from "@testing-library/react";
import { HttpResponse, http } from "msw";
import { describe, expect, it } from "vitest";
import type { NewBooking } from "@/lib/api/types";
import { createBackend, problem } from "@/testing/backend";
import { axeFindings, renderApp } from "@/testing/render";

const BOOKINGS = "*/api/v1/bookings";

async function openDialog(backend = createBackend(), button: string | RegExp = "Raum buchen") {
  const app = renderApp("/", backend);
  await screen.findByRole("article", { name: "Peene" });
  await app.user.click(screen.getByRole("button", { name: button }));
  const dialog = await screen.findByRole("dialog", { name: "Raum buchen" });
  return { ...app, dialog: within(dialog) };
}

/** Requests to book, in order. */
function recordBookings(backend: ReturnType<typeof createBackend>) {
  const sent: { input: NewBooking; key: string | null; language: string | null }[] = [];
  backend.handlers.unshift(
    http.post(BOOKINGS, async ({ request }) => {
      sent.push({
        input: (await request.clone().json()) as NewBooking,
        key: request.headers.get("Idempotency-Key"),
        language: request.headers.get("Accept-Language"),
      });
    }),
  );
  return sent;
}

describe("booking", () => {
  it("takes any fitting room, invites people found and typed, and shows link and PIN", async () => {
    const backend = createBackend();
    const sent = recordBookings(backend);
    const { user, dialog } = await openDialog(backend);
    expect(dialog.getByLabelText("Titel")).toHaveFocus();
    expect(await dialog.findByText(/^Vorschlag: /)).toBeVisible();
    expect(await axeFindings()).toEqual([]);

    await user.type(dialog.getByLabelText("Titel"), "Abstimmung Digitalpakt");
    await user.clear(dialog.getByLabelText("Personen"));
    await user.type(dialog.getByLabelText("Personen"), "25");
    const attendees = dialog.getByRole("combobox", { name: /Teilnehmer/ });
    await user.type(attendees, "ber");
    expect(await dialog.findByRole("option", { name: /Bernd Brandt/ })).toBeVisible();
    await user.keyboard("{ArrowDown}{Enter}");
    await user.type(attendees, "gast@stadt.example,");
    await user.click(dialog.getByRole("button", { name: "Verbindlich buchen" }));

    const done = within(await screen.findByRole("dialog", { name: "Buchung" }));
    expect(done.getByRole("heading", { name: "Gebucht" })).toHaveFocus();
    expect(done.getByText(/vconf.mv.example\/j\//)).toBeVisible();
    expect(done.getByText("482 913 075")).toBeVisible();
    expect(done.getByText(/Boddenblick|Recknitz/)).toBeVisible();
    expect(await axeFindings()).toEqual([]);
    expect(sent).toHaveLength(1);
    expect(sent[0]!.input).toMatchObject({
      title: "Abstimmung Digitalpakt",
      seats: 25,
      timezone: "Europe/Berlin",
      attendees: [{ email: "bernd@im.mv.example", name: "Bernd Brandt" }, { email: "gast@stadt.example" }],
    });
    expect(sent[0]!.input).not.toHaveProperty("room");
    expect(sent[0]!.language).toBe("de");

    await user.click(done.getByRole("link", { name: "Buchung öffnen" }));
    expect(await screen.findByRole("heading", { level: 1, name: "Abstimmung Digitalpakt" })).toBeVisible();
    expect(screen.queryByRole("dialog")).not.toBeInTheDocument();
  });

  it("starts from the room it was opened for", async () => {
    const { dialog } = await openDialog(createBackend(), "Trebel buchen");

    expect(await dialog.findByRole("radio", { name: /^Trebel/ })).toBeChecked();
    expect(dialog.getByLabelText("Personen")).toHaveValue(6);
  });

  it("says what is missing, at the field, and puts the focus there", async () => {
    const { user, dialog } = await openDialog();

    await user.clear(dialog.getByLabelText("Personen"));
    await user.click(dialog.getByRole("button", { name: "Verbindlich buchen" }));

    expect(dialog.getByLabelText("Titel")).toHaveFocus();
    expect(dialog.getByLabelText("Titel")).toHaveAccessibleDescription("Bitte geben Sie einen Titel ein.");
    expect(dialog.getByLabelText("Personen")).toBeInvalid();
  });

  it("sends the lost attempt again under the same key, and a changed one under another", async () => {
    const backend = createBackend();
    const sent = recordBookings(backend);
    let lose = 2;
    backend.handlers.splice(
      1,
      0,
      http.post(BOOKINGS, () => (lose-- > 0 ? HttpResponse.error() : undefined)),
    );
    const { user, dialog } = await openDialog(backend);
    await user.type(dialog.getByLabelText("Titel"), "Lage");

    await user.click(dialog.getByRole("button", { name: "Verbindlich buchen" }));
    expect(await dialog.findByText("Der Dienst ist nicht erreichbar")).toBeVisible();
    await user.click(dialog.getByRole("button", { name: "Verbindlich buchen" }));
    await waitFor(() => expect(sent).toHaveLength(2));
    await user.type(dialog.getByLabelText("Titel"), " 2");
    await waitFor(() => expect(dialog.getByRole("button", { name: "Verbindlich buchen" })).toBeEnabled());
    await user.click(dialog.getByRole("button", { name: "Verbindlich buchen" }));

    await screen.findByRole("heading", { name: "Gebucht" });
    expect(sent[0]!.key).toMatch(/^[0-9a-f]{32}$/);
    expect(sent[1]!.key).toBe(sent[0]!.key);
    expect(sent[2]!.key).not.toBe(sent[0]!.key);
  });
});

describe("attendees", () => {
  it("can be pasted as a list; what cannot be read stays for correction", async () => {
    const { user, dialog } = await openDialog();
    const field = dialog.getByRole("combobox", { name: /Teilnehmer/ });

    await user.click(field);
    await user.paste("Brandt, Bernd <bernd@im.mv.example>; clara@fm.mv.example\nkeine Adresse");

    const chosen = dialog.getByRole("list", { name: "Eingeladen werden" });
    expect(
      within(chosen)
        .getAllByRole("listitem")
        .map((item) => item.textContent),
    ).toEqual(["Brandt, Bernd", "clara@fm.mv.example"]);
    expect(field).toHaveValue("keine Adresse");
    await user.type(dialog.getByLabelText("Titel"), "Lage");
    await user.click(dialog.getByRole("button", { name: "Verbindlich buchen" }));
    expect(field).toHaveFocus();
    expect(field).toHaveAccessibleDescription(/Das ist keine E-Mail-Adresse: keine Adresse/);
  });

  it("can be removed again, and none is added twice", async () => {
    const { user, dialog } = await openDialog();
    const field = dialog.getByRole("combobox", { name: /Teilnehmer/ });

    await user.type(field, "a@b.example{Enter}A@b.example{Enter}");
    expect(dialog.getAllByRole("button", { name: /entfernen/ })).toHaveLength(1);
    await user.click(dialog.getByRole("button", { name: "a@b.example entfernen" }));

    expect(dialog.queryByRole("list", { name: "Eingeladen werden" })).not.toBeInTheDocument();
    expect(field).toHaveFocus();
  });

  it("more than the seats are pointed out, with one click to fix it", async () => {
    const { user, dialog } = await openDialog();
    await user.clear(dialog.getByLabelText("Personen"));
    await user.type(dialog.getByLabelText("Personen"), "2");

    await user.type(dialog.getByRole("combobox", { name: /Teilnehmer/ }), "a@b.example,c@d.example,");
    await user.click(dialog.getByRole("button", { name: "Auf 3 erhöhen" }));

    expect(dialog.getByLabelText("Personen")).toHaveValue(3);
  });
});

describe("a refusal", () => {
  const taken = problem.bind(null, 409, "slot_taken", "Großer Saal ist zu dieser Zeit belegt.");

  async function refused() {
    const backend = createBackend();
    const sent = recordBookings(backend);
    let refuse = true;
    backend.handlers.splice(
      1,
      0,
      http.post(BOOKINGS, async ({ request }) => {
        if (!refuse) return;
        refuse = false;
        const { starts_at, ends_at } = (await request.clone().json()) as { starts_at: string; ends_at: string };
        return taken({
          limit: 300,
          in_use: 250,
          asked: 100,
          alternatives: [{ starts_at, ends_at, room: { id: "r-13", name: "Boddenblick", seats: 25 } }, { seats: 5 }],
        });
      }),
    );
    const app = await openDialog(backend);
    await app.user.type(app.dialog.getByLabelText("Titel"), "Lage");
    await app.user.type(app.dialog.getByLabelText(/Beschreibung/), "Bitte pünktlich");
    await app.user.type(app.dialog.getByRole("combobox", { name: /Teilnehmer/ }), "bernd@im.mv.example,");
    await app.user.click(app.dialog.getByRole("button", { name: "Verbindlich buchen" }));
    const alert = await app.dialog.findByRole("alert");
    return { ...app, sent, alert };
  }

  it("tells the sentence and the numbers, and loses nothing that was typed", async () => {
    const { alert, dialog } = await refused();

    expect(alert).toHaveFocus();
    expect(alert).toHaveTextContent("Großer Saal ist zu dieser Zeit belegt.");
    expect(alert).toHaveTextContent("Grenze300belegt250gewünscht100");
    expect(dialog.getByLabelText("Titel")).toHaveValue("Lage");
    expect(dialog.getByLabelText(/Beschreibung/)).toHaveValue("Bitte pünktlich");
    expect(dialog.getByRole("button", { name: "bernd@im.mv.example entfernen" })).toBeVisible();
    expect(await axeFindings()).toEqual([]);
  });

  it("books an alternative with one click", async () => {
    const { user, alert, sent } = await refused();

    await user.click(within(alert).getByRole("button", { name: /Boddenblick \(25 Plätze\)/ }));

    await screen.findByRole("heading", { name: "Gebucht" });
    expect(sent[1]!.input).toEqual({ ...sent[0]!.input, room: "r-13" });
    expect(sent[1]!.key).not.toBe(sent[0]!.key);
  });

  it("may offer a smaller meeting", async () => {
    const { user, alert, sent } = await refused();

    await user.click(within(alert).getByRole("button", { name: "5 Personen" }));

    await screen.findByRole("heading", { name: "Gebucht" });
    expect(sent[1]!.input).toEqual({ ...sent[0]!.input, seats: 5 });
  });

  it("shows before sending that the capacity is short, with numbers and a way out", async () => {
    const { user, dialog } = await openDialog();
    await dialog.findByText(/Die Kapazität reicht aus: 412 Plätze/);

    await user.clear(dialog.getByLabelText("Personen"));
    await user.type(dialog.getByLabelText("Personen"), "400");

    expect(await dialog.findByText(/Grenze 300, belegt 0, gewünscht 400 Plätze/)).toBeVisible();
    await user.click(dialog.getByRole("button", { name: /300 Personen/ }));
    expect(dialog.getByLabelText("Personen")).toHaveValue(300);
    expect(await dialog.findByText("Vorschlag: Pressekonferenz")).toBeVisible();
  });
});

describe("a session that has ended meanwhile", () => {
  it("keeps what was typed, and books after signing in again elsewhere", async () => {
    const backend = createBackend();
    let ended = true;
    backend.handlers.unshift(
      http.post(BOOKINGS, () => (ended ? problem(401, "not_signed_in", "Bitte melden Sie sich an.") : undefined)),
    );
    const { user, dialog } = await openDialog(backend);
    await user.type(dialog.getByLabelText("Titel"), "Lage");
    await user.click(dialog.getByRole("button", { name: "Verbindlich buchen" }));

    expect(await dialog.findByText("Ihre Anmeldung ist abgelaufen")).toBeVisible();
    expect(dialog.getByRole("link", { name: "In neuem Fenster anmelden" })).toHaveAttribute("target", "_blank");
    expect(dialog.getByLabelText("Titel")).toHaveValue("Lage");

    ended = false;
    window.dispatchEvent(new Event("visibilitychange"));
    await waitFor(() => expect(dialog.queryByText("Ihre Anmeldung ist abgelaufen")).not.toBeInTheDocument());
    await user.click(dialog.getByRole("button", { name: "Verbindlich buchen" }));
    expect(await screen.findByRole("heading", { name: "Gebucht" })).toBeVisible();
  });
});

describe("closing", () => {
  it("asks before anything typed is thrown away", async () => {
    const { user, dialog } = await openDialog();
    await user.type(dialog.getByLabelText("Titel"), "Lage");

    await user.click(dialog.getByRole("button", { name: "Abbrechen" }));
    expect(dialog.getByRole("button", { name: "Weiter bearbeiten" })).toHaveFocus();
    await user.click(dialog.getByRole("button", { name: "Weiter bearbeiten" }));
    expect(dialog.getByLabelText("Titel")).toHaveValue("Lage");

    await user.click(dialog.getByRole("button", { name: "Schließen" }));
    await user.click(dialog.getByRole("button", { name: "Verwerfen" }));
    expect(screen.queryByRole("dialog")).not.toBeInTheDocument();
    expect(screen.getByRole("button", { name: "Raum buchen" })).toHaveFocus();
  });

  it("asks nothing when nothing was typed", async () => {
    const { user, dialog } = await openDialog();

    await user.click(dialog.getByRole("button", { name: "Abbrechen" }));

    expect(screen.queryByRole("dialog")).not.toBeInTheDocument();
  });
});

describe("changing", () => {
  it("sends what was changed against the version that was seen", async () => {
    const { user, backend } = renderApp("/bookings/b-3");
    await user.click(await screen.findByRole("button", { name: "Buchung ändern" }));
    const dialog = within(await screen.findByRole("dialog", { name: "Buchung ändern" }));
    expect(dialog.getByRole("radio", { name: /Recknitz.*bisheriger Raum/ })).toBeChecked();

    await user.type(dialog.getByLabelText("Titel"), " (neu)");
    await user.click(dialog.getByRole("button", { name: "Speichern" }));

    expect(await screen.findByRole("heading", { name: "Geändert" })).toBeVisible();
    expect(backend.bookings[2]).toMatchObject({ title: "Klausur der Abteilung 2 (neu)", version: 2 });
    expect(screen.getByText(/3 Personen erhalten eine aktualisierte Einladung/)).toBeVisible();
  });

  it("does not overwrite unseen what somebody else changed, but keeps what was typed", async () => {
    const { user, backend } = renderApp("/bookings/b-3");
    await user.click(await screen.findByRole("button", { name: "Buchung ändern" }));
    const dialog = within(await screen.findByRole("dialog", { name: "Buchung ändern" }));
    backend.bookings[2]!.version = 5;
    await user.type(dialog.getByLabelText("Titel"), " (neu)");

    await user.click(dialog.getByRole("button", { name: "Speichern" }));
    expect(await dialog.findByText("Jemand anderes hat die Buchung geändert.")).toBeVisible();
    expect(dialog.getByLabelText("Titel")).toHaveValue("Klausur der Abteilung 2 (neu)");
    await waitFor(() => expect(dialog.getByRole("button", { name: "Speichern" })).toBeEnabled());
    await user.click(dialog.getByRole("button", { name: "Speichern" }));

    expect(await screen.findByRole("heading", { name: "Geändert" })).toBeVisible();
    expect(backend.bookings[2]).toMatchObject({ version: 6 });
  });
});
