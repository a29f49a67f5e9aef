// SPDX-License-Identifier: EUPL-1.2
/** Whole pages, from the address in the browser to the API, with axe on each. */
import { act, screen, waitFor, within } from "@testing-library/react";
import { http } from "msw";
import { describe, expect, it, vi } from "vitest";
import { instantOf } from "@/lib/time";
import { problem, createBackend } from "@/testing/backend";
import { ADMIN } from "@/testing/data";
import { FakeSocket } from "@/testing/fake-socket";
import { axeFindings, renderApp } from "@/testing/render";

// Ten in the morning: the demo data lies around it, within one day.
const NOW = instantOf("2026-05-04", "10:00");

const mainOf = () => screen.getByRole("main");
const title = (name: string) => screen.findByRole("heading", { level: 1, name });
const openSocket = () => act(() => FakeSocket.latest.open());

function cardOf(room: string): HTMLElement {
  return screen.getByRole("article", { name: room });
}

describe("signing in", () => {
  it("leads from any page to the sign-in and back again", async () => {
    const { user } = renderApp("/bookings?when=past", createBackend({ me: null, now: NOW }));
    await title("Anmelden");

    await user.type(screen.getByLabelText("E-Mail-Adresse"), "anna@im.mv.example");
    await user.type(screen.getByLabelText("Passwort"), "vconf-demo");
    await user.click(screen.getByRole("button", { name: "Anmelden" }));

    await title("Meine Buchungen");
    expect(window.location.pathname + window.location.search).toBe("/bookings?when=past");
  });

  it("never leads to another site", async () => {
    const { user } = renderApp("/login?next=//evil.example/", createBackend({ me: null, now: NOW }));
    await title("Anmelden");

    await user.type(screen.getByLabelText("E-Mail-Adresse"), "anna@im.mv.example");
    await user.type(screen.getByLabelText("Passwort"), "vconf-demo{Enter}");

    await title("Räume");
    expect(window.location.pathname).toBe("/");
  });

  it("says what is missing and what was wrong", async () => {
    const { user } = renderApp("/login", createBackend({ me: null, now: NOW }));
    await title("Anmelden");

    await user.click(screen.getByRole("button", { name: "Anmelden" }));
    expect(screen.getByLabelText("E-Mail-Adresse")).toHaveFocus();
    expect(screen.getByLabelText("E-Mail-Adresse")).toHaveAccessibleDescription(
      "Bitte geben Sie Ihre E-Mail-Adresse ein.",
    );

    await user.type(screen.getByLabelText("E-Mail-Adresse"), "anna@im.mv.example");
    await user.type(screen.getByLabelText("Passwort"), "falsch{Enter}");
    const alert = await screen.findByRole("alert");
    expect(alert).toHaveTextContent("E-Mail-Adresse oder Passwort stimmt nicht.");
    expect(alert).toHaveFocus();
    expect(screen.getByLabelText("Passwort")).toHaveValue("falsch");
    expect(await axeFindings()).toEqual([]);
  });

  it("offers the demo's people only where the server says it is one", async () => {
    const { unmount } = renderApp("/login", createBackend({ me: null, now: NOW }));
    await title("Anmelden");
    expect(screen.queryByText("Vorführung")).not.toBeInTheDocument();
    unmount();

    document.head.insertAdjacentHTML("beforeend", '<meta name="vconf-demo" content="1">');
    const { user } = renderApp("/login", createBackend({ me: null, now: NOW }));
    await user.click(await screen.findByRole("button", { name: /bernd@im.mv.example/ }));

    await title("Räume");
    document.querySelector('meta[name="vconf-demo"]')!.remove();
  });

  it("ends with signing out, and forgets what was seen", async () => {
    const { user } = renderApp("/bookings", createBackend({ now: NOW }));
    await title("Meine Buchungen");

    await user.click(screen.getByRole("button", { name: /Angemeldet als Anna Ahrens/ }));
    await user.click(screen.getByRole("button", { name: "Abmelden" }));

    await title("Anmelden");
    await waitFor(() => expect(window.location.search).toBe(""));
    expect(screen.queryByRole("button", { name: "Raum buchen" })).not.toBeInTheDocument();
  });
});

describe("the room board", () => {
  it("shows rooms with name, seats, authority and state, own meetings first", async () => {
    renderApp("/", createBackend());

    const card = await screen.findByRole("article", { name: "Schweriner See" });
    expect(await within(card).findByText("Lage zum Onlinezugang")).toBeVisible();
    expect(card).toHaveTextContent("25 Plätze");
    expect(card).toHaveTextContent("IM");
    expect(card).toHaveTextContent("Läuft");
    expect(card).toHaveTextContent("12 Personen im Raum");
    expect(within(card).getByRole("link", { name: /beitreten/ })).toHaveAttribute(
      "href",
      expect.stringContaining("/j/"),
    );
    const headings = within(mainOf())
      .getAllByRole("heading", { level: 2 })
      .map((heading) => heading.textContent);
    expect(headings).toEqual(["Ihre Konferenzen jetzt 2", "Belegt und reserviert 3", "Frei 10", "Nicht verfügbar 1"]);
    expect(await axeFindings()).toEqual([]);
  });

  it("turns with the socket, without asking again", async () => {
    const { backend } = renderApp("/");
    await screen.findByRole("article", { name: "Peene" });
    openSocket();
    const { version } = backend;

    act(() =>
      FakeSocket.latest.receive({
        type: "change",
        room: "r-10",
        version: version + 1,
        visibility: "details",
        state: "live",
        people: 3,
        until: null,
        next: null,
        booking: "b-x",
        occurrence: "o-x",
      }),
    );

    await waitFor(() => expect(cardOf("Peene")).toHaveTextContent("Läuft"));
    expect(cardOf("Peene")).toHaveTextContent("3 Personen im Raum");
    act(() => FakeSocket.latest.receive({ ...backend.rooms[10]!.status, type: "change", version: version + 2 }));
    await waitFor(() => expect(cardOf("Peene")).toHaveTextContent("Frei"));
  });

  it("tells when a room reserved ahead is taken", async () => {
    const backend = createBackend();
    backend.rooms[10]!.status = {
      ...backend.rooms[10]!.status!,
      state: "reserved",
      next: instantOf("2026-05-04", "10:15").toISOString(),
      until: instantOf("2026-05-04", "11:00").toISOString(),
    };
    renderApp("/", backend);

    expect(await screen.findByRole("article", { name: "Peene" })).toHaveTextContent("10:15–11:00 Uhr");
  });

  it("forgets rooms that a snapshot does not name, but shows the list", async () => {
    renderApp("/");
    await screen.findByRole("article", { name: "Schweriner See" });
    openSocket();

    act(() => FakeSocket.latest.receive({ type: "snapshot", version: 2_000, rooms: [] }));

    await waitFor(() => expect(cardOf("Schweriner See")).toHaveTextContent("Frei"));
  });

  it("filters by words, seats and free rooms, and keeps the filter in the address", async () => {
    const { user } = renderApp("/?seats=100");
    await screen.findByRole("article", { name: "Krisenstab" });
    expect(screen.getAllByRole("article").map((card) => within(card).getByRole("heading").textContent)).toEqual([
      "Großer Saal",
      "Krisenstab",
      "Pressekonferenz",
    ]);

    await user.click(screen.getByLabelText("Nur freie Räume"));
    await user.type(screen.getByLabelText("Raum oder Behörde suchen"), "mecklenburg presse");

    expect(screen.getAllByRole("article")).toHaveLength(1);
    expect(cardOf("Pressekonferenz")).toBeVisible();
    expect(new URLSearchParams(window.location.search).get("q")).toBe("mecklenburg presse");
    expect(new URLSearchParams(window.location.search).get("free")).toBe("1");

    await user.type(screen.getByLabelText("Raum oder Behörde suchen"), " gibtesnicht");
    expect(screen.getByText("Kein Raum passt zu Ihrer Suche.")).toBeVisible();
  });

  it("loads hundreds of rooms, page by page", async () => {
    renderApp("/", createBackend({ roomCount: 450 }));

    await screen.findByRole("article", { name: "Schweriner See" });

    expect(screen.getAllByRole("article")).toHaveLength(450);
  });

  it("says so when the live connection stays lost, and takes it back", async () => {
    renderApp("/");
    await screen.findByRole("article", { name: "Schweriner See" });
    openSocket();
    vi.useFakeTimers({ shouldAdvanceTime: true });

    act(() => FakeSocket.latest.drop());
    act(() => vi.advanceTimersByTime(2_900));
    expect(screen.queryByText(/Live-Verbindung ist unterbrochen/)).not.toBeInTheDocument();
    act(() => vi.advanceTimersByTime(200));
    expect(screen.getByText(/Live-Verbindung ist unterbrochen/)).toBeVisible();

    openSocket();
    expect(FakeSocket.latest.sent[0]).toMatchObject({ type: "subscribe", since: expect.any(Number) });
    expect(screen.queryByText(/Live-Verbindung ist unterbrochen/)).not.toBeInTheDocument();
    vi.useRealTimers();
  });

  it("says what is wrong and tries again when asked", async () => {
    const backend = createBackend();
    let broken = true;
    backend.handlers.unshift(
      http.get("*/api/v1/rooms", () => (broken ? problem(403, "forbidden", "Das dürfen Sie nicht.") : undefined)),
    );
    const { user } = renderApp("/", backend);
    expect(await screen.findByText("Das dürfen Sie nicht.")).toBeVisible();

    broken = false;
    await user.click(screen.getByRole("button", { name: "Erneut versuchen" }));

    expect(await screen.findByRole("article", { name: "Peene" })).toBeVisible();
  });

  it("leads to the sign-in when the session has ended meanwhile", async () => {
    const backend = createBackend();
    backend.handlers.unshift(http.get("*/api/v1/rooms", () => problem(401, "not_signed_in", "Bitte anmelden.")));
    renderApp("/", backend);

    await title("Anmelden");
  });
});

describe("the day", () => {
  it("has a timeline in which dates and free time are links and buttons", async () => {
    const { user } = renderApp("/day?date=2030-01-15", createBackend({ now: instantOf("2030-01-15", "10:00") }));
    await title("Tagesansicht");

    expect(
      await screen.findByRole("link", { name: /Schweriner See, 09:30–10:30, Lage zum Onlinezugang/ }),
    ).toHaveAttribute("href", "/bookings/b-1");
    expect(screen.getByText(/Großer Saal, 10:00–12:00, Belegt/)).toBeInTheDocument();
    expect(screen.getByText(/Kabinett, 07:30–17:00, Belegt, Clara Claasen, FM/)).toBeInTheDocument();
    expect(await axeFindings()).toEqual([]);

    screen.getByRole("button", { name: "Großer Saal, frei 12:00–19:00 Uhr: buchen" }).focus();
    await user.keyboard("{Enter}");
    const dialog = await screen.findByRole("dialog", { name: "Raum buchen" });
    expect(within(dialog).getByLabelText("Datum")).toHaveValue("2030-01-15");
    expect(within(dialog).getByLabelText("Beginn")).toHaveValue("12:00");
    expect(await within(dialog).findByRole("radio", { name: /Großer Saal/ })).toBeChecked();
  });

  it("says the same in a table", async () => {
    renderApp("/day?date=2030-01-15&view=table", createBackend({ now: instantOf("2030-01-15", "10:00") }));

    const table = await screen.findByRole("table", { name: "Termine aller Räume am Dienstag, 15. Januar 2030" });
    const rows = within(table)
      .getAllByRole("row")
      .map((row) => row.textContent);
    expect(rows).toContain("09:30–10:30Lage zum OnlinezugangAnna Ahrens, IMläuft");
    expect(rows).toContain("10:00–12:00Belegtgebucht");
    expect(rows).toContain("Keine Termine");
    expect(await axeFindings()).toEqual([]);
  });

  it("turns its pages", async () => {
    const { user } = renderApp("/day?date=2026-03-28");
    await screen.findByText("Samstag, 28. März 2026");

    await user.click(screen.getByRole("button", { name: "Tag vor" }));
    await user.click(screen.getByRole("button", { name: "Tag vor" }));

    expect(screen.getByText("Montag, 30. März 2026")).toBeVisible();
    expect(window.location.search).toBe("?date=2026-03-30");
  });
});

describe("my bookings", () => {
  it("come next first, with a way in where one can join", async () => {
    renderApp("/bookings");
    await title("Meine Buchungen");

    const titles = (await screen.findAllByRole("heading", { level: 2 })).map((heading) => heading.textContent);
    expect(titles).toEqual([
      "Lage zum Onlinezugang",
      "Abstimmung Haushalt",
      "Klausur der Abteilung 2",
      "Jour fixe der Abteilung 4",
      "Runde mit den Kommunen",
    ]);
    expect(screen.getByRole("link", { name: "Lage zum Onlinezugang: beitreten" })).toBeVisible();
    expect(screen.queryByRole("link", { name: "Klausur der Abteilung 2: beitreten" })).not.toBeInTheDocument();
    expect(screen.getByText("Wartet auf Genehmigung")).toBeVisible();
    expect(await axeFindings()).toEqual([]);
  });

  it("show all about one booking", async () => {
    renderApp("/bookings/b-1");
    await title("Lage zum Onlinezugang");

    expect(mainOf()).toHaveTextContent("Schweriner See (25 Plätze)");
    expect(mainOf()).toHaveTextContent("482 913 075");
    expect(mainOf()).toHaveTextContent("771 204 536");
    expect(mainOf()).toHaveTextContent("Bernd Brandtbernd@im.mv.exampleZugesagt");
    expect(document.title).toBe("Lage zum Onlinezugang – vconf");
    expect(await axeFindings()).toEqual([]);
  });

  it("copy the PIN as it is dialled", async () => {
    const { user } = renderApp("/bookings/b-1");
    await title("Lage zum Onlinezugang");

    await user.click(screen.getByRole("button", { name: "PIN kopieren" }));

    expect(await navigator.clipboard.readText()).toBe("482913075");
    expect(await screen.findByText("PIN kopiert")).toBeInTheDocument();
  });

  it("follow the head count and end the meeting for all", async () => {
    const { backend, user } = renderApp("/bookings/b-1");
    await title("Lage zum Onlinezugang");
    openSocket();
    backend.onStatus = (status) => act(() => FakeSocket.latest.receive({ type: "change", ...status }));

    backend.setStatus("r-1", { ...backend.rooms[1]!.status!, people: 13 });
    await waitFor(() => expect(mainOf()).toHaveTextContent("13 Personen im Raum"));

    await user.click(screen.getByRole("button", { name: "Konferenz beenden" }));
    expect(screen.getByRole("dialog")).toHaveTextContent("Die Konferenz endet für 13 Personen.");
    expect(await axeFindings()).toEqual([]);
    await user.click(screen.getByRole("button", { name: "Für alle beenden" }));

    await waitFor(() => expect(screen.queryByRole("dialog")).not.toBeInTheDocument());
    expect(screen.queryByRole("button", { name: "Konferenz beenden" })).not.toBeInTheDocument();
  });

  it("say what cancelling means, and cancel", async () => {
    const { user } = renderApp("/bookings/b-3");
    await title("Klausur der Abteilung 2");

    await user.click(screen.getByRole("button", { name: "Buchung absagen" }));
    const dialog = screen.getByRole("dialog", { name: "Buchung absagen" });
    expect(dialog).toHaveTextContent("3 Personen erhalten eine Absage per E-Mail.");
    expect(dialog).toHaveTextContent("Recknitz und 25 Plätze werden sofort frei.");
    await user.click(within(dialog).getByRole("button", { name: "Buchung absagen" }));

    expect(await screen.findByText(/Diese Buchung ist abgesagt/)).toBeVisible();
    expect(screen.queryByRole("button", { name: "Buchung ändern" })).not.toBeInTheDocument();
  });

  it("hide what an authority admin may not see", async () => {
    const backend = createBackend({ me: ADMIN });
    Object.assign(backend.bookings[2]!, {
      visibility: "restricted",
      title: null,
      description: null,
      attendees: [],
      join_url: null,
      pin: null,
      moderator_pin: null,
      permissions: { change: false, cancel: false, moderate: false },
    });
    renderApp("/bookings/b-3", backend);

    await title("Buchung (Titel nicht sichtbar)");
    expect(screen.queryByRole("heading", { name: /Zugang|Teilnehmer/ })).not.toBeInTheDocument();
    expect(await axeFindings()).toEqual([]);
  });

  it("treat absent and foreign alike", async () => {
    renderApp("/bookings/b-none");

    expect(await screen.findByText("Diese Buchung gibt es nicht.")).toBeVisible();
  });
});

describe("quotas", () => {
  it("are hidden from staff", async () => {
    renderApp("/");
    await screen.findByRole("article", { name: "Peene" });

    expect(screen.queryByRole("link", { name: "Kontingente" })).not.toBeInTheDocument();
  });

  it("show limits and use, and what a lower limit would mean before it is saved", async () => {
    const { user, backend } = renderApp("/quotas", createBackend({ me: ADMIN }));
    const row = await screen.findByRole("row", { name: /Ministerium für Inneres/ });
    expect(row).toHaveTextContent("62 von 500");
    expect(row).toHaveTextContent("Höchststand 437");
    expect(row).toHaveTextContent("3.412,5 von 12.000");
    expect(await axeFindings()).toEqual([]);

    await user.click(within(row).getByRole("button"));
    const dialog = screen.getByRole("dialog", { name: "Kontingent ändern" });
    const seats = within(dialog).getByLabelText("Gleichzeitige Plätze");
    await user.clear(seats);
    await user.type(seats, "300");
    expect(await within(dialog).findByText(/437 statt höchstens 300/)).toBeVisible();
    expect(backend.quotas[0]!.limits.concurrent_seats).toBe(500);
    expect(await axeFindings()).toEqual([]);
    await user.click(within(dialog).getByRole("button", { name: "Speichern" }));

    expect(await screen.findByText("Gespeichert: Ministerium für Inneres, Bau und Digitalisierung")).toBeVisible();
    expect(backend.quotas[0]!.limits.concurrent_seats).toBe(300);
    await waitFor(() =>
      expect(screen.getByRole("row", { name: /Ministerium für Inneres/ })).toHaveTextContent("62 von 300"),
    );
  });

  it("refuse what is no number", async () => {
    const { user } = renderApp("/quotas", createBackend({ me: ADMIN }));
    await user.click(await screen.findByRole("button", { name: "Kontingent ändern: Landeskriminalamt" }));

    await user.type(screen.getByLabelText("Gleichzeitige Konferenzen"), "x");
    await user.click(screen.getByRole("button", { name: "Speichern" }));

    expect(screen.getByLabelText("Gleichzeitige Konferenzen")).toBeInvalid();
    expect(screen.getByRole("dialog")).toBeVisible();
  });
});

describe("the frame", () => {
  it("speaks English at the push of a button, and tells the account", async () => {
    const { user, backend } = renderApp("/");
    await title("Räume");

    await user.click(screen.getByRole("button", { name: "English" }));

    await title("Rooms");
    expect(document.documentElement.lang).toBe("en");
    expect(document.title).toBe("Rooms – vconf");
    await waitFor(() => expect(backend.me?.language).toBe("en"));
    expect(await axeFindings()).toEqual([]);
  });

  it("puts the focus on the heading of a new page, but not when a filter changes the address", async () => {
    const { user } = renderApp("/");
    await screen.findByRole("article", { name: "Peene" });

    await user.type(screen.getByLabelText("Raum oder Behörde suchen"), "pee");
    expect(screen.getByLabelText("Raum oder Behörde suchen")).toHaveFocus();

    await user.click(screen.getByRole("link", { name: "Meine Buchungen" }));
    expect(await title("Meine Buchungen")).toHaveFocus();
  });

  it("lets the keyboard skip to the content", async () => {
    const { user } = renderApp("/");
    await screen.findByRole("article", { name: "Peene" });

    await user.tab();
    expect(screen.getByRole("link", { name: "Zum Inhalt springen" })).toHaveFocus();
    await user.keyboard("{Enter}");

    expect(mainOf()).toHaveFocus();
  });

  it.each([
    ["/barrierefreiheit", "Erklärung zur Barrierefreiheit"],
    ["/datenschutz", "Datenschutz"],
    ["/gibtesnicht", "Seite nicht gefunden"],
  ])("has %s for everybody", async (path, heading) => {
    renderApp(path, createBackend({ me: null }));

    await title(heading);
    expect(await axeFindings()).toEqual([]);
  });
});
