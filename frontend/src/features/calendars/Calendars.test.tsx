// SPDX-License-Identifier: EUPL-1.2
import { screen, waitFor, within } from "@testing-library/react";
import { http } from "msw";
import { expect, it } from "vitest";
import { createBackend, problem } from "@/testing/backend";
import { axeFindings, renderApp, takeMails } from "@/testing/render";

async function page(path = "/calendars", backend = createBackend()) {
  const { user } = renderApp(path, backend);
  await screen.findByRole("heading", { level: 1, name: "Kalender" });
  const section = (name: string) => within(screen.getByRole("region", { name }));
  return { user, backend, passwords: section("Kalenderpasswörter"), feeds: section("Kalenderadressen zum Lesen") };
}

it("is found in the menu of the person", async () => {
  const { user } = renderApp("/");
  await user.click(await screen.findByRole("button", { name: /^Angemeldet als/ }));
  await user.click(screen.getByRole("link", { name: "Kalender" }));

  expect(await screen.findByRole("heading", { level: 1, name: "Kalender" })).toBeVisible();
});

it("makes a password, shows it once with all that a program asks for, and revokes it", async () => {
  const { user, backend, passwords } = await page();
  expect(await passwords.findByText("Sie haben noch kein Kalenderpasswort.")).toBeVisible();
  expect(await axeFindings()).toEqual([]);

  await user.type(passwords.getByLabelText(/Gerät oder Programm/), " Diensthandy ");
  await user.click(passwords.getByRole("button", { name: "Kalenderpasswort erstellen" }));

  const dialog = within(await screen.findByRole("dialog", { name: "Ihr neues Kalenderpasswort" }));
  expect(await axeFindings()).toEqual([]);
  expect(dialog.getByText("https://v.example/dav/")).toBeVisible();
  expect(dialog.getByText("anna@im.mv.example")).toBeVisible();
  await user.click(dialog.getByRole("button", { name: "Passwort kopieren" }));
  expect(await navigator.clipboard.readText()).toBe("abcde-fghij-kmnop");
  await user.click(dialog.getByRole("button", { name: "Fertig" }));
  expect(screen.queryByText("abcde-fghij-kmnop")).not.toBeInTheDocument();
  expect(passwords.getByText(/noch nie benutzt$/)).toBeVisible();
  expect(passwords.getByLabelText(/Gerät oder Programm/)).toHaveValue("");

  await user.click(passwords.getByRole("button", { name: "Widerrufen: Diensthandy" }));
  expect(backend.calendarPasswords).toHaveLength(1);
  await user.click(await screen.findByRole("button", { name: "Endgültig widerrufen" }));
  expect(await passwords.findByText("Sie haben noch kein Kalenderpasswort.")).toBeVisible();
  expect(backend.calendarPasswords).toEqual([]);
});

it("makes an address of a room, which the link of the room has chosen, and revokes it", async () => {
  const { user, backend, feeds } = await page("/calendars?room=r-2");
  await waitFor(() => expect(feeds.getByLabelText("Wessen Termine?")).toHaveDisplayValue("Raum Müritz"));

  await user.selectOptions(feeds.getByLabelText("Was ist zu sehen?"), "Titel und Einwahl-Links");
  await user.click(feeds.getByRole("button", { name: "Kalenderadresse erstellen" }));

  expect(await feeds.findByText("https://v.example/feeds/secret-0.json")).toBeVisible();
  expect(feeds.getByText("webcals://v.example/feeds/secret-0.ics")).toBeVisible();
  expect(backend.feeds).toMatchObject([{ room: { name: "Müritz" }, detail: "full" }]);
  expect(await axeFindings()).toEqual([]);

  await user.click(feeds.getByRole("button", { name: "Widerrufen: Müritz" }));
  await user.click(await screen.findByRole("button", { name: "Endgültig widerrufen" }));
  expect(await feeds.findByText("Sie haben noch keine Kalenderadresse.")).toBeVisible();
});

it("has no door sign for the person's own bookings", async () => {
  const { user, backend, feeds } = await page();

  await user.click(feeds.getByRole("button", { name: "Kalenderadresse erstellen" }));

  expect(await feeds.findByText("https://v.example/feeds/secret-0.ifb")).toBeVisible();
  expect(feeds.queryByText("Türschild (JSON)")).not.toBeInTheDocument();
  expect(backend.feeds).toMatchObject([{ room: null, detail: "busy" }]);
});

it("says what is refused", async () => {
  const backend = createBackend();
  const full = "Sie haben so viele Kalenderpasswörter, wie es geben kann.";
  backend.handlers.unshift(http.post("*/api/v1/calendar-passwords", () => problem(400, "invalid", full)));
  const { user, passwords } = await page("/calendars", backend);

  await user.click(passwords.getByRole("button", { name: "Kalenderpasswort erstellen" }));

  expect(await passwords.findByRole("alert")).toHaveTextContent(full);
});

it("tells each program's own steps with the address and the name to enter", async () => {
  const { user } = await page();
  const guides = within(screen.getByRole("region", { name: "Einrichten" }));

  await user.click(guides.getByText("Thunderbird"));

  expect(guides.getByText(/^Benutzername: anna@im.mv.example\. Adresse: http.*\/dav\/$/)).toBeVisible();
});

it("says how to invite rooms from Outlook, with their addresses", async () => {
  takeMails();
  const { user } = await page();
  const invite = within(screen.getByRole("region", { name: "Aus Outlook einladen" }));

  expect(await invite.findByText("raum+30@raum.mv.example")).toBeVisible();
  await user.clear(invite.getByLabelText("Plätze"));
  expect(invite.getByText("raum@raum.mv.example")).toBeVisible();
  await user.type(invite.getByLabelText("Raum suchen"), "müritz");
  expect(await axeFindings()).toEqual([]);
  await user.click(invite.getByRole("button", { name: /Müritz.* kopieren$/ }));
  expect(await navigator.clipboard.readText()).toBe("r-2@raum.mv.example");
});

it("does not speak of Outlook where no mails are taken in", async () => {
  await page();
  expect(screen.queryByRole("region", { name: "Aus Outlook einladen" })).not.toBeInTheDocument();
});
