// SPDX-License-Identifier: EUPL-1.2
import { screen, waitFor, within } from "@testing-library/react";
import { http } from "msw";
import { describe, expect, it } from "vitest";
import { createBackend, problem } from "@/testing/backend";
import { ADMIN, OPERATOR } from "@/testing/data";
import { axeFindings, renderApp } from "@/testing/render";

async function servers(backend = createBackend({ me: OPERATOR })) {
  const app = renderApp("/servers", backend);
  await screen.findByRole("article", { name: "bbb-01" });
  return app;
}

async function server(name = "bbb-01", backend = createBackend({ me: OPERATOR })) {
  const app = renderApp(`/servers/s-${name}`, backend);
  await screen.findByRole("heading", { level: 1, name });
  return app;
}

describe("the servers", () => {
  it("show by pool what state they are in, in words, and how full they are", async () => {
    await servers();

    const pool = within(screen.getByRole("region", { name: "Schwerin" }));
    expect(pool.getByText("600 Plätze in Betrieb · mit Reserve (N+1)")).toBeVisible();
    const good = within(pool.getByRole("article", { name: "bbb-01" }));
    expect(good.getByText("Erreichbar")).toBeVisible();
    expect(good.getByText("180 von 300")).toBeVisible();
    expect(good.getByText("BigBlueButton 3.0.4 · 4 Konferenzen")).toBeVisible();
    const bad = within(pool.getByRole("article", { name: "bbb-02" }));
    expect(bad.getByText("Ausgefallen")).toBeVisible();
    expect(bad.getByText("Der Server antwortet nicht rechtzeitig.")).toBeVisible();
    const jitsi = within(within(screen.getByRole("region", { name: "Jitsi" })).getByRole("article"));
    expect(jitsi.getByText("Jitsi 3.0.4 · 4 von 20 Konferenzen · Last 35 %")).toBeVisible();
    expect(jitsi.getByText("1 Hinweis zur Einrichtung")).toBeVisible();
    expect(await axeFindings()).toEqual([]);
  });

  it("renew themselves", async () => {
    const { backend } = await servers();

    backend.servers[0]!.health = "suspect";

    const card = within(screen.getByRole("article", { name: "bbb-01" }));
    expect(await card.findByText("Auffällig")).toBeVisible();
  });

  it("are offered to operators only", async () => {
    renderApp("/", createBackend({ me: ADMIN }));
    await screen.findByRole("article", { name: "Peene" });

    expect(screen.queryByRole("link", { name: "Server" })).not.toBeInTheDocument();
    expect(screen.queryByRole("link", { name: "Zustellungen" })).not.toBeInTheDocument();
  });

  it("have pools with a reserve and a fallback", async () => {
    const { user, backend } = await servers();

    await user.click(screen.getByRole("button", { name: "Pool einstellen: Schwerin" }));
    const dialog = within(await screen.findByRole("dialog"));
    expect(await axeFindings()).toEqual([]);
    await user.click(dialog.getByLabelText(/N\+1/));
    await user.selectOptions(dialog.getByLabelText("Ausweichpool"), "Jitsi");
    await user.click(dialog.getByRole("button", { name: "Speichern" }));

    expect(await screen.findByText(/ohne Reserve · weicht aus nach Jitsi/)).toBeVisible();
    expect(backend.pools[0]).toMatchObject({ n_plus_one: false, fallback: { id: "pool-j" } });
  });
});

describe("adding a server", () => {
  async function form(backend = createBackend({ me: OPERATOR })) {
    const app = await servers(backend);
    await app.user.click(screen.getByRole("button", { name: "Server hinzufügen" }));
    const dialog = within(await screen.findByRole("dialog", { name: "Server hinzufügen" }));
    await app.user.type(dialog.getByLabelText("Name"), "bbb-03");
    await app.user.type(dialog.getByLabelText("Adresse"), "https://bbb-03.example/bigbluebutton/");
    await app.user.type(dialog.getByLabelText(/Geheimnis/), "geheim");
    return { ...app, dialog };
  }

  it("looks at it on the spot, and forgets what it saw when the form changes", async () => {
    const { user, dialog, backend } = await form();

    await user.click(dialog.getByRole("button", { name: "Prüfen" }));

    expect(await dialog.findByText("Der Server antwortet, und vconf darf mit ihm sprechen")).toBeVisible();
    expect(dialog.getByText("Antwort nach 41 Millisekunden")).toBeVisible();
    expect(dialog.getByText("Diese Version ist alt.")).toBeVisible();
    expect(backend.servers).toHaveLength(3);
    expect(await axeFindings()).toEqual([]);
    await user.type(dialog.getByLabelText("Name"), "x");
    expect(dialog.queryByText("Diese Version ist alt.")).not.toBeInTheDocument();
  });

  it("leads to the server", async () => {
    const { user, dialog, backend } = await form();

    await user.click(dialog.getByRole("button", { name: "Hinzufügen" }));

    expect(await screen.findByRole("heading", { level: 1, name: "bbb-03" })).toBeVisible();
    expect(backend.servers.at(-1)).toMatchObject({ kind: "bigbluebutton", seats: 200, keys_set: [] });
  });

  it("asks again before it adds one that does not answer", async () => {
    const backend = createBackend({ me: OPERATOR });
    Object.assign(backend.report, {
      reachable: false,
      code: "unreachable",
      detail: "Keine Verbindung.",
      advice: "Prüfen!",
    });
    const { user, dialog } = await form(backend);

    await user.click(dialog.getByRole("button", { name: "Hinzufügen" }));
    expect(await dialog.findByText("Keine Verbindung. Prüfen!")).toBeVisible();
    expect(backend.servers).toHaveLength(3);
    expect(await axeFindings()).toEqual([]);
    await user.click(dialog.getByRole("button", { name: "Trotzdem hinzufügen" }));

    expect(await screen.findByRole("heading", { level: 1, name: "bbb-03" })).toBeVisible();
  });

  it("says what is missing, and has the settings of a Jitsi", async () => {
    const { user, dialog, backend } = await form();
    await user.clear(dialog.getByLabelText("Plätze"));
    await user.click(dialog.getByRole("button", { name: "Hinzufügen" }));
    expect(dialog.getByLabelText("Plätze")).toBeInvalid();
    expect(backend.servers).toHaveLength(3);

    await user.type(dialog.getByLabelText("Plätze"), "80");
    await user.selectOptions(dialog.getByLabelText("Art"), "Jitsi");
    await user.selectOptions(dialog.getByLabelText("Pool"), "Jitsi");
    await user.click(dialog.getByText("Weitere Einstellungen"));
    await user.type(dialog.getByLabelText(/Aussteller/), "vconf");
    await user.type(dialog.getByLabelText(/mit dem Prosody vconf aufruft/), "token-of-prosody");
    await user.click(dialog.getByRole("button", { name: "Hinzufügen" }));

    await screen.findByRole("heading", { level: 1, name: "bbb-03" });
    expect(backend.servers.at(-1)).toMatchObject({
      kind: "jitsi",
      pool: { id: "pool-j" },
      options: { app_id: "vconf" },
      keys_set: ["reservation_token"],
    });
  });
});

it("opens the further settings when something in there is refused", async () => {
  const backend = createBackend({ me: OPERATOR });
  backend.handlers.unshift(
    http.patch("*/api/v1/servers/:id", () =>
      problem(400, "invalid", "", { fields: { "options.census_url": ["Das ist keine Webadresse."] } }),
    ),
  );
  const { user } = await server("meet-01", backend);
  await user.click(screen.getByRole("button", { name: "Ändern" }));
  const dialog = within(await screen.findByRole("dialog"));

  await user.type(dialog.getByLabelText(/room-census/), "nonsense");
  await user.click(dialog.getByRole("button", { name: "Speichern" }));

  await waitFor(() => expect(dialog.getByLabelText(/room-census/)).toBeInvalid());
  expect(dialog.getByText("Weitere Einstellungen").closest("details")).toHaveAttribute("open");
});

describe("one server", () => {
  it("shows meetings without titles, events, findings and what it calls", async () => {
    await server("meet-01");

    const row = await screen.findByRole("row", { name: /Schweriner See/ });
    expect(row).toHaveTextContent("12 von 25");
    expect((await screen.findAllByText("Konferenz hier begonnen")).length).toBeGreaterThan(0);
    expect(screen.getAllByText("novelty: odd").length).toBeGreaterThan(0);
    expect(screen.getByText("Sperren Sie /room-census.", { exact: false })).toBeVisible();
    expect(screen.getAllByText(/integrations\/jitsi\/tOkEn/)).toHaveLength(1);
    expect(screen.getByText("gesetzt, wird nicht gezeigt")).toBeVisible();
    expect(await axeFindings()).toEqual([]);
  });

  it("shows earlier events on request", async () => {
    const { user } = await server();
    const log = within(screen.getByRole("region", { name: "Ereignisse" }));
    await waitFor(() => expect(log.getAllByRole("listitem")).toHaveLength(20));

    await user.click(log.getByRole("button", { name: "Frühere zeigen" }));

    await waitFor(() => expect(log.getAllByRole("listitem")).toHaveLength(30));
  });

  it("is drained only after what stays was named, and that is taken back", async () => {
    const { user, backend } = await server();

    await user.click(screen.getByRole("button", { name: "Leeren …" }));
    const dialog = within(await screen.findByRole("dialog", { name: "bbb-01 leeren" }));
    expect(await dialog.findByText("41 geplante Termine ziehen um.")).toBeVisible();
    expect(dialog.getByText("1 Termin passt auf keinen anderen Server")).toBeVisible();
    expect(dialog.getByText(/Großer Saal, .*250 Plätze: größer als jeder andere Server/)).toBeVisible();
    expect(dialog.getByText(/Leer ist er nach heutigem Plan/)).toBeVisible();
    expect(await axeFindings()).toEqual([]);
    expect(backend.servers[0]!.state).toBe("enabled");
    await user.click(dialog.getByRole("button", { name: "Server leeren" }));

    expect(await screen.findByText("bbb-01 wird geleert")).toBeVisible();
    expect(backend.servers[0]!.state).toBe("draining");
    await user.click(await screen.findByRole("button", { name: "Rückgängig machen" }));
    expect(await screen.findByText("bbb-01 ist wieder in Betrieb")).toBeVisible();
    expect(backend.servers[0]!.state).toBe("enabled");
  });

  it("says why vconf drained it by itself", async () => {
    const backend = createBackend({ me: OPERATOR });
    const why = { code: "open_api", detail: "Jeder darf Konferenzen anlegen.", advice: "Nehmen Sie ihn heraus." };
    Object.assign(backend.servers[0]!, { state: "draining", drift: [why] });
    await server("bbb-01", backend);

    expect(await screen.findByText("vconf leert diesen Server, weil er unsicher geworden ist")).toBeVisible();
    expect(screen.getByText("Jeder darf Konferenzen anlegen.")).toBeVisible();
    expect(screen.getByText("Uhr geht richtig")).toBeVisible();
    expect(await axeFindings()).toEqual([]);
  });

  it("is changed in what was changed only", async () => {
    const { user, backend } = await server();

    await user.click(screen.getByRole("button", { name: "Ändern" }));
    const dialog = within(await screen.findByRole("dialog", { name: "Server ändern: bbb-01" }));
    expect(dialog.getByLabelText(/Geheimnis/)).toHaveValue("");
    await user.clear(dialog.getByLabelText("Plätze"));
    await user.type(dialog.getByLabelText("Plätze"), "150");
    await user.click(dialog.getByRole("button", { name: "Speichern" }));

    expect(await screen.findByText("Gespeichert")).toBeVisible();
    expect(backend.servers[0]).toMatchObject({ seats: 150, weight: 100 });
  });

  it.each([
    ["bbb-02", "never used is forgotten"],
    ["bbb-01", "used stays, and that is told"],
  ])("%s: one %s", async (name) => {
    const backend = createBackend({ me: OPERATOR });
    for (const one of backend.servers) one.state = "disabled";
    const { user } = await server(name, backend);

    await user.click(screen.getByRole("button", { name: "Entfernen …" }));
    await user.click(within(await screen.findByRole("dialog")).getByRole("button", { name: "Entfernen" }));

    if (name === "bbb-01") expect(await screen.findByText("Buchungen beziehen sich auf diesen Server.")).toBeVisible();
    else expect(await screen.findByRole("heading", { level: 1, name: "Konferenzserver" })).toBeVisible();
    expect(backend.servers).toHaveLength(name === "bbb-01" ? 3 : 2);
  });

  it("that does not exist is told as such", async () => {
    renderApp("/servers/nowhere", createBackend({ me: OPERATOR }));

    expect(await screen.findByText("Diesen Server gibt es nicht.")).toBeVisible();
  });
});
