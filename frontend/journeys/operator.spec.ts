// SPDX-License-Identifier: EUPL-1.2
/** An operator adds a server that does not answer, drains it and takes that back; in a pool that nobody books in. */
import { expect, test } from "@playwright/test";
import { expectAccessible, expectFits, expectNothingWrong, newDesk, picture, signIn } from "./support";

const DESKS = [
  { name: "wide and light", width: 1280, height: 900, colorScheme: "light", language: "Deutsch" },
  { name: "wide and dark", width: 1280, height: 900, colorScheme: "dark", language: "English" },
  { name: "at 320 pixels", width: 320, height: 640, colorScheme: "light", language: "Deutsch" },
] as const;

for (const { name, width, height, colorScheme, language } of DESKS) {
  test(`operators' pages have no findings, and nothing is cut off: ${name}`, async ({ browser }) => {
    const page = await newDesk(browser, { viewport: { width, height }, colorScheme });
    await signIn(page, "operator@mv.example", "/servers");
    await page.getByRole("button", { name: language }).click();
    const server = page.getByRole("article").getByRole("link").first();
    await expect(server).toBeVisible();
    const looked = async (pictured: string) => {
      await expectAccessible(page);
      await expectFits(page);
      if (name === "wide and light") await picture(page, pictured);
    };
    await looked("servers");
    await server.click();
    await expect(page.locator("#server-setup")).toBeVisible();
    await looked("server");
    await page.goto("/outbox");
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    await expect(page.getByRole("main").getByRole("status")).toHaveCount(0);
    await looked("outbox");
    await page.goto("/set-aside");
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    await expect(page.getByRole("main").getByRole("status")).toHaveCount(0);
    await looked("set-aside");
    expectNothingWrong(page);
  });
}

test("an operator adds a server, drains it, and takes that back", async ({ browser }) => {
  const page = await newDesk(browser);
  await signIn(page, "operator@mv.example", "/servers");
  const name = `bbb-${Date.now()}`;

  await page.getByRole("button", { name: "Pool hinzufügen" }).click();
  await page.getByRole("dialog").getByLabel("Name").fill(`Reserve ${name}`);
  await page.getByRole("button", { name: "Speichern" }).click();
  await expect(page.getByRole("region", { name: `Reserve ${name}` })).toBeVisible();

  await page.getByRole("button", { name: "Server hinzufügen" }).click();
  const dialog = page.getByRole("dialog", { name: "Server hinzufügen" });
  await dialog.getByLabel("Name").fill(name);
  await dialog.getByLabel("Adresse").fill("http://127.0.0.1:9/bigbluebutton/");
  await dialog.getByLabel("Geheimnis").fill("a secret that nobody is told ever");
  await dialog.getByLabel("Pool").selectOption(`Reserve ${name}`);
  await dialog.getByRole("button", { name: "Prüfen" }).click();
  await expect(dialog.getByText("Keine Verbindung zum Server.")).toBeInViewport();
  await expectAccessible(page);
  await dialog.getByRole("button", { name: "Hinzufügen", exact: true }).click();
  await dialog.getByRole("button", { name: "Trotzdem hinzufügen" }).click();

  await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();
  await page.getByRole("button", { name: "Leeren …" }).click();
  await expect(page.getByText("Er ist danach sofort leer.")).toBeVisible();
  await expectAccessible(page);
  await page.getByRole("button", { name: "Server leeren" }).click();
  await expect(page.getByText(`${name} wird geleert`)).toBeVisible();
  await page.getByRole("button", { name: "Rückgängig machen" }).click();
  await expect(page.getByText(`${name} ist wieder in Betrieb`)).toBeVisible();
  expectNothingWrong(page);
});
