// SPDX-License-Identifier: EUPL-1.2
/** Series: in the dialog, with conflicts as one types, and on the page of a booking. */
import { screen, waitFor, within } from "@testing-library/react";
import { http } from "msw";
import { describe, expect, it } from "vitest";
import { addMinutes, instantOf, shiftDate, wallOf } from "@/lib/time";
import { createBackend, problem } from "@/testing/backend";
import { makeOccurrence } from "@/testing/data";
import { axeFindings, renderApp } from "@/testing/render";

const TOMORROW = shiftDate(wallOf(new Date()).date, 1);
const inWeeks = (weeks: number) => shiftDate(TOMORROW, 7 * weeks);

type Sent = Record<string, unknown>;

/** Bodies sent to an address, in order. */
function record(backend: ReturnType<typeof createBackend>, method: "post" | "patch", path: string): Sent[] {
  const sent: Sent[] = [];
  backend.handlers.unshift(
    http[method](path, async ({ request }) => {
      sent.push((await request.clone().json()) as Sent);
    }),
  );
  return sent;
}

/** The dialog with a weekly series of four in Peene, whose third date somebody else has. */
async function weeklyInPeene() {
  const backend = createBackend();
  const taken = instantOf(inWeeks(2), "10:00");
  backend.occurrences.push(
    makeOccurrence({
      id: "o-taken",
      room: { id: "r-10", name: "Peene" },
      starts_at: taken.toISOString(),
      ends_at: addMinutes(taken, 60).toISOString(),
    }),
  );
  const sent = record(backend, "post", "*/api/v1/bookings");
  const app = renderApp("/", backend);
  const { user } = app;
  await user.click(await screen.findByRole("button", { name: "Peene buchen" }));
  const dialog = within(await screen.findByRole("dialog", { name: "Raum buchen" }));
  await user.type(dialog.getByLabelText("Titel"), "Jour fixe");
  await user.clear(dialog.getByLabelText("Datum"));
  await user.type(dialog.getByLabelText("Datum"), TOMORROW);
  await user.clear(dialog.getByLabelText("Beginn"));
  await user.type(dialog.getByLabelText("Beginn"), "10:00");
  await user.selectOptions(dialog.getByLabelText("Wiederholen"), "Wöchentlich");
  await user.selectOptions(dialog.getByLabelText("Endet"), "nach Anzahl");
  await user.clear(dialog.getByLabelText("Zahl der Termine"));
  await user.type(dialog.getByLabelText("Zahl der Termine"), "4");
  expect(await dialog.findByText("3 von 4 Terminen passen")).toBeVisible();
  return { ...app, dialog, sent };
}

describe("a series in the dialog", () => {
  it("names each conflict while one types, and leaves a date out", async () => {
    const { user, dialog, sent } = await weeklyInPeene();
    expect(dialog.getByText("Der Raum ist zu dieser Zeit belegt.")).toBeVisible();
    expect(dialog.getByText(/^Wiederholung: nach FREQ=WEEKLY/)).toBeVisible();
    expect(await axeFindings()).toEqual([]);

    await user.click(dialog.getByRole("button", { name: / auslassen$/ }));

    expect(await dialog.findByText("Alle 3 Termine passen")).toBeVisible();
    expect(dialog.getByRole("list", { name: "Ausnahmen" })).toHaveTextContent(/^ohne /);
    await user.click(dialog.getByRole("button", { name: "Verbindlich buchen" }));
    await screen.findByRole("heading", { name: "Gebucht" });
    expect(sent[0]).toMatchObject({
      rrule: expect.stringMatching(/^FREQ=WEEKLY;BYDAY=..;COUNT=4$/) as string,
      exdate: [`${inWeeks(2)}T10:00`],
    });
    expect(sent[0]).not.toHaveProperty("partial");
  });

  it("takes another time the same day, and takes it back", async () => {
    const { user, dialog, sent } = await weeklyInPeene();

    await user.click(dialog.getByRole("button", { name: / auf 12:00–13:00 Uhr verschieben$/ }));
    expect(await dialog.findByText("Alle 4 Termine passen")).toBeVisible();
    await user.click(dialog.getByRole("button", { name: /^Ausnahme am .* zurücknehmen$/ }));
    expect(await dialog.findByText("3 von 4 Terminen passen")).toBeVisible();
    await user.click(dialog.getByRole("button", { name: / auf 12:00–13:00 Uhr verschieben$/ }));
    await dialog.findByText("Alle 4 Termine passen");
    await user.click(dialog.getByRole("button", { name: "Verbindlich buchen" }));

    await screen.findByRole("heading", { name: "Gebucht" });
    expect(sent[0]).toMatchObject({ exdate: [`${inWeeks(2)}T10:00`], rdate: [`${inWeeks(2)}T12:00`] });
  });

  it("may be booked for the dates that fit", async () => {
    const { user, dialog, sent } = await weeklyInPeene();

    await user.click(dialog.getByRole("checkbox", { name: /Nur die Termine buchen, die passen/ }));
    await user.click(dialog.getByRole("button", { name: "Verbindlich buchen" }));

    await screen.findByRole("heading", { name: "Gebucht" });
    expect(sent[0]).toMatchObject({ partial: true });
  });

  it("asks for the end it was promised, at the field", async () => {
    const { user } = renderApp("/");
    await screen.findByRole("article", { name: "Peene" });
    await user.click(screen.getByRole("button", { name: "Raum buchen" }));
    const dialog = within(await screen.findByRole("dialog", { name: "Raum buchen" }));
    await user.type(dialog.getByLabelText("Titel"), "Jour fixe");
    await user.selectOptions(dialog.getByLabelText("Wiederholen"), "Täglich");
    await user.selectOptions(dialog.getByLabelText("Endet"), "an einem Tag");

    await user.click(dialog.getByRole("button", { name: "Verbindlich buchen" }));

    expect(dialog.getByLabelText("Letzter Tag")).toHaveFocus();
    expect(dialog.getByLabelText("Letzter Tag")).toBeInvalid();
  });

  it("offers a time that suits everybody invited", async () => {
    const { user } = renderApp("/");
    await screen.findByRole("article", { name: "Peene" });
    await user.click(screen.getByRole("button", { name: "Raum buchen" }));
    const dialog = within(await screen.findByRole("dialog", { name: "Raum buchen" }));
    await user.type(dialog.getByRole("combobox", { name: /Teilnehmer/ }), "bernd@im.mv.example,gast@stadt.example,");

    await user.click(dialog.getByRole("button", { name: "Gemeinsamen Termin finden" }));
    expect(await dialog.findByText(/nicht berücksichtigt: gast@stadt.example/)).toBeVisible();
    await user.click(dialog.getByRole("button", { name: /13:30–14:30 Uhr, Peene/ }));

    expect(dialog.getByLabelText("Beginn")).toHaveValue("13:30");
    expect(dialog.getByRole("radio", { name: /^Peene/ })).toBeChecked();
  });

  it("can be for somebody whose deputy one is", async () => {
    const backend = createBackend();
    backend.deputies.push({
      id: "d-1",
      principal: { id: "p-min", name: "Ministerin Meer", email: "ministerin@im.mv.example" },
      deputy: { id: "p-anna", name: "Anna Ahrens", email: "anna@im.mv.example" },
      valid_until: null,
      mine: "deputy",
    });
    const sent = record(backend, "post", "*/api/v1/bookings");
    const { user } = renderApp("/", backend);
    await screen.findByRole("article", { name: "Peene" });
    await user.click(screen.getByRole("button", { name: "Raum buchen" }));
    const dialog = within(await screen.findByRole("dialog", { name: "Raum buchen" }));
    await user.type(dialog.getByLabelText("Titel"), "Lage");
    await user.selectOptions(await dialog.findByLabelText("Für wen"), "Ministerin Meer");
    await user.click(dialog.getByRole("button", { name: "Verbindlich buchen" }));

    await screen.findByRole("heading", { name: "Gebucht" });
    expect(sent[0]).toMatchObject({ organiser: "ministerin@im.mv.example" });
  });
});

async function seriesPage(backend = createBackend()) {
  const app = renderApp("/bookings/b-5", backend);
  const heading = await screen.findByRole("heading", { name: /^Termine/ });
  const dates = () => within(within(heading.parentElement!).getByRole("list")).getAllByRole("listitem");
  return { ...app, backend, dates, booking: backend.bookings.find(({ id }) => id === "b-5")! };
}

describe("the page of a series", () => {
  it("lists its dates, the next first, and who changed what", async () => {
    const { user, dates } = await seriesPage();

    expect(dates()).toHaveLength(8);
    await user.click(screen.getByRole("button", { name: "Weitere Termine zeigen (noch 4)" }));
    expect(dates()).toHaveLength(12);
    expect(await screen.findByText("Bernd Brandt hat die Buchung geändert")).toBeVisible();
    expect(screen.getByText("Zeit: Di., 5. Mai 2026, 13:00–14:00 → Di., 5. Mai 2026, 14:00–15:00")).toBeVisible();
    expect(screen.getByText("Raum: Warnow → Peene")).toBeVisible();
    expect(await axeFindings()).toEqual([]);
  });

  it("drops one date, says what that means, and takes it back", async () => {
    const { user, dates, booking } = await seriesPage();

    await user.click(within(dates()[1]!).getByRole("button", { name: /absagen$/ }));
    const dialog = within(await screen.findByRole("dialog", { name: "Termine absagen" }));
    expect(dialog.getByRole("radio", { name: /Nur diesen Termin/ })).toBeChecked();
    expect(dialog.getByText("2 Personen erhalten eine Absage per E-Mail.")).toBeVisible();
    expect(await axeFindings()).toEqual([]);
    await user.click(dialog.getByRole("button", { name: "1 Termin absagen" }));

    await waitFor(() => expect(dates()[1]!).toHaveTextContent("abgesagt"));
    expect(booking.occurrences[1]!.state).toBe("cancelled");
    await user.click(within(dates()[1]!).getByRole("button", { name: /^Absage am .* rückgängig machen$/ }));
    await waitFor(() => expect(dates()[1]!).not.toHaveTextContent("abgesagt"));
    expect(screen.queryByText("Rückgängig")).not.toBeInTheDocument();
  });

  it("drops a date and all that follow, and takes them back together", async () => {
    const { user, dates, booking } = await seriesPage();

    await user.click(within(dates()[2]!).getByRole("button", { name: /absagen$/ }));
    const dialog = within(await screen.findByRole("dialog", { name: "Termine absagen" }));
    await user.click(dialog.getByRole("radio", { name: /Diesen und alle folgenden ?10 Termine/ }));
    await user.click(dialog.getByRole("button", { name: "10 Termine absagen" }));

    const notice = (await screen.findByText("10 Termine sind abgesagt", { selector: ".kern-title" })).closest(
      "div",
    )!.parentElement!;
    await user.click(within(notice).getByRole("button", { name: "Rückgängig" }));
    await waitFor(() => expect(booking.occurrences.every(({ state }) => state === "confirmed")).toBe(true));
  });

  it("says why something cannot be taken back any more", async () => {
    const backend = createBackend();
    backend.handlers.unshift(
      http.post("*/api/v1/occurrences/:id/restore", () =>
        problem(409, "slot_taken", "Peene ist zu dieser Zeit belegt."),
      ),
    );
    const { user, dates, booking } = await seriesPage(backend);
    booking.occurrences[0]!.state = "cancelled";
    booking.occurrences[0]!.restorable_until = addMinutes(new Date(), 10).toISOString();
    await user.click(within(dates()[1]!).getByRole("button", { name: /absagen$/ }));
    await user.click(screen.getByRole("button", { name: "1 Termin absagen" }));

    await user.click((await screen.findAllByRole("button", { name: /^Absage am/ }))[0]!);

    expect(await screen.findByText("Peene ist zu dieser Zeit belegt.")).toBeVisible();
  });

  it("changes one date: only what was changed is sent", async () => {
    const backend = createBackend();
    const sent = record(backend, "patch", "*/api/v1/occurrences/:id");
    const { user, dates } = await seriesPage(backend);

    await user.click(within(dates()[1]!).getByRole("button", { name: /ändern$/ }));
    await user.click(screen.getByRole("button", { name: "Weiter" }));
    const dialog = within(await screen.findByRole("dialog", { name: "Termin ändern" }));
    expect(dialog.queryByLabelText("Wiederholen")).not.toBeInTheDocument();
    await user.type(dialog.getByLabelText("Titel"), " (Auftakt)");
    await user.click(dialog.getByRole("button", { name: "Speichern" }));

    await screen.findByRole("heading", { name: "Geändert" });
    expect(sent).toEqual([{ title: "Jour fixe der Abteilung 4 (Auftakt)" }]);
    // That date is confirmed, not the next one of the series.
    expect(within(screen.getByRole("dialog")).getByText("Jour fixe der Abteilung 4 (Auftakt)")).toBeVisible();
    expect(within(screen.getByRole("dialog")).queryByText(/^nach FREQ=/)).not.toBeInTheDocument();
    await user.click(screen.getByRole("button", { name: "Fertig" }));
    expect(dates()[1]!).toHaveTextContent("Jour fixe der Abteilung 4 (Auftakt)");
  });

  it("changes a date and all that follow under the version that was seen", async () => {
    const backend = createBackend();
    const seen: (string | null)[] = [];
    backend.handlers.unshift(
      http.patch("*/api/v1/occurrences/:id", ({ request }) => {
        seen.push(new URL(request.url).searchParams.get("scope"), request.headers.get("If-Match"));
      }),
    );
    const sent = record(backend, "patch", "*/api/v1/occurrences/:id");
    const { user, dates } = await seriesPage(backend);

    await user.click(within(dates()[2]!).getByRole("button", { name: /ändern$/ }));
    await user.click(await screen.findByRole("radio", { name: /Diesen und alle folgenden ?10 Termine/ }));
    await user.click(screen.getByRole("button", { name: "Weiter" }));
    const dialog = within(await screen.findByRole("dialog", { name: "Diesen und folgende Termine ändern" }));
    expect(dialog.getByLabelText("Zahl der Termine")).toHaveValue(10);
    await user.clear(dialog.getByLabelText("Beginn"));
    await user.type(dialog.getByLabelText("Beginn"), "16:00");
    await user.click(dialog.getByRole("button", { name: "Speichern" }));

    await screen.findByRole("heading", { name: "Geändert" });
    expect(seen).toEqual(["following", '"1"']);
    expect(Object.keys(sent[0]!).sort()).toEqual(["ends_at", "starts_at", "timezone"]);
    expect(wallOf(sent[0]!.starts_at as string)).toEqual({
      date: wallOf(backend.bookings[4]!.occurrences[2]!.recurrence_id).date,
      time: "16:00",
    });
  });

  it("offers substitutes for refused dates and takes one", async () => {
    const backend = createBackend();
    const booking = backend.bookings.find(({ id }) => id === "b-5")!;
    const date = booking.occurrences[3]!;
    date.state = "refused";
    booking.status = "partly";
    booking.refused = [
      {
        ...date,
        code: "slot_taken",
        detail: "Peene ist zu dieser Zeit belegt.",
        alternatives: [{ room: { id: "r-3", name: "Warnow", seats: 12 } }],
      },
    ];
    const sent = record(backend, "patch", "*/api/v1/occurrences/:id");
    const { user } = await seriesPage(backend);
    expect(screen.getByText("1 Termin ist nicht möglich")).toBeVisible();

    await user.click(screen.getByRole("button", { name: "Warnow (12 Plätze)" }));

    await waitFor(() => expect(screen.queryByText("1 Termin ist nicht möglich")).not.toBeInTheDocument());
    expect(sent).toEqual([{ room: "r-3" }]);
  });

  it("offers a refused date itself once it is free", async () => {
    const backend = createBackend();
    const booking = backend.bookings.find(({ id }) => id === "b-5")!;
    const date = booking.occurrences[3]!;
    date.state = "refused";
    booking.status = "partly";
    booking.refused = [{ ...date, alternatives: [] }];
    const sent = record(backend, "patch", "*/api/v1/occurrences/:id");
    const { user } = await seriesPage(backend);
    expect(screen.getByText(/inzwischen ist er frei/)).toBeVisible();

    await user.click(within(screen.getByText(/inzwischen ist er frei/).closest("li")!).getByRole("button"));

    await waitFor(() => expect(screen.queryByText("1 Termin ist nicht möglich")).not.toBeInTheDocument());
    expect(sent).toEqual([{ starts_at: date.starts_at, ends_at: date.ends_at, timezone: "Europe/Berlin" }]);
  });
});

describe("what one does rarely", () => {
  async function menu(action: string) {
    const app = await seriesPage();
    await app.user.click(screen.getByRole("button", { name: "Mehr" }));
    await app.user.click(screen.getByRole("button", { name: action }));
    return app;
  }

  it("copies a booking into a new one", async () => {
    await menu("Als neue Buchung kopieren");

    const dialog = within(await screen.findByRole("dialog", { name: "Raum buchen" }));
    expect(dialog.getByLabelText("Titel")).toHaveValue("Jour fixe der Abteilung 4");
    expect(dialog.getByRole("list", { name: "Eingeladen werden" })).toHaveTextContent("Bernd Brandt");
    expect(dialog.getByLabelText("Wiederholen")).toHaveValue("none");
  });

  it("hands a booking over", async () => {
    const { user, booking } = await menu("An jemand anderen übertragen");
    const dialog = within(await screen.findByRole("dialog", { name: "Buchung übertragen" }));
    await user.click(dialog.getByRole("button", { name: "Übertragen" }));
    expect(dialog.getByLabelText("Neue Organisation")).toBeInvalid();
    await user.type(dialog.getByLabelText("Neue Organisation"), "niemand@im.mv.example");
    await user.click(dialog.getByRole("button", { name: "Übertragen" }));
    expect(await dialog.findByText("Zu dieser Adresse gibt es kein Konto.")).toBeVisible();
    await user.clear(dialog.getByLabelText("Neue Organisation"));
    await user.type(dialog.getByLabelText("Neue Organisation"), "bernd@im.mv.example");
    expect(await axeFindings()).toEqual([]);
    await user.click(dialog.getByRole("button", { name: "Übertragen" }));

    await waitFor(() => expect(screen.queryByRole("dialog")).not.toBeInTheDocument());
    expect(booking.organiser?.name).toBe("Bernd Brandt");
    expect(screen.getByRole("button", { name: "Mehr" })).toHaveFocus();
  });

  it("renews the link after saying what becomes of the old one", async () => {
    const { user } = await menu("Einwahl-Link erneuern");
    expect(screen.getByText(/führen nirgendwohin mehr/)).toBeVisible();
    await user.click(screen.getByRole("button", { name: "Link erneuern" }));

    expect(await screen.findByText(/nEuErLiNk2/)).toBeVisible();
  });
});

it("takes back a cancelled booking from the list", async () => {
  const backend = createBackend();
  const booking = backend.bookings[2]!;
  booking.status = "cancelled";
  booking.restorable_until = addMinutes(new Date(), 10).toISOString();
  const { user } = renderApp("/bookings", backend);

  await user.click(await screen.findByRole("button", { name: /^Absage von „Klausur.*“ rückgängig machen$/ }));

  await waitFor(() => expect(booking.status).toBe("confirmed"));
});

it("opens a meeting at once and leads to it", async () => {
  const { user } = renderApp("/");

  await user.click(await screen.findByRole("button", { name: "Sofort-Konferenz" }));

  expect(await screen.findByRole("heading", { level: 1, name: "Sofort-Konferenz" })).toBeVisible();
  expect(screen.getByText(/vconf.mv.example\/j\//)).toBeVisible();
});

it("tells the organiser how long the approval may take", async () => {
  renderApp("/bookings/b-4");

  expect(await screen.findByText(/Ohne Entscheidung verfällt die Anfrage am/)).toBeVisible();
});
