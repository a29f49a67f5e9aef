// SPDX-License-Identifier: EUPL-1.2
import { screen, waitFor, within } from "@testing-library/react";
import { expect, it } from "vitest";
import { axeFindings, renderApp } from "@/testing/render";

it("names a deputy, found by name or typed, and ends it again", async () => {
  const { user, backend } = renderApp("/");
  await user.click(await screen.findByRole("button", { name: /^Angemeldet als/ }));
  await user.click(screen.getByRole("link", { name: "Vertretungen" }));
  await screen.findByRole("heading", { level: 1, name: "Vertretungen" });
  const mine = within(screen.getByRole("region", { name: "Wer mich vertritt" }));
  expect(await mine.findByText("Niemand")).toBeVisible();
  expect(await axeFindings()).toEqual([]);

  await user.click(mine.getByRole("button", { name: "Vertretung eintragen" }));
  expect(mine.getByLabelText("Wer soll Sie vertreten?")).toBeInvalid();
  await user.type(mine.getByLabelText("Wer soll Sie vertreten?"), "bernd@im.mv.example");
  await user.click(mine.getByRole("button", { name: "Vertretung eintragen" }));

  expect(await mine.findByText("Bernd Brandt")).toBeVisible();
  expect(mine.getByLabelText("Wer soll Sie vertreten?")).toHaveValue("");
  await user.click(mine.getByRole("button", { name: "Vertretung beenden: Bernd Brandt" }));
  await waitFor(() => expect(mine.getByText("Niemand")).toBeVisible());
  expect(backend.deputies).toEqual([]);
});

it("says that there is nobody of that address", async () => {
  const { user } = renderApp("/deputies");
  await user.type(await screen.findByLabelText("Wer soll Sie vertreten?"), "niemand@im.mv.example");

  await user.click(screen.getByRole("button", { name: "Vertretung eintragen" }));

  expect(await screen.findByRole("alert")).toHaveTextContent("Diese Person gibt es nicht.");
});
