// SPDX-License-Identifier: EUPL-1.2
/** Who is in the running meeting, on the page of its booking. b-1 is live and Anna's. */
import { act, screen, waitFor, within } from "@testing-library/react";
import { expect, it } from "vitest";
import { createBackend } from "@/testing/backend";
import { FakeSocket } from "@/testing/fake-socket";
import { axeFindings, renderApp } from "@/testing/render";

async function pageWith(...names: string[]) {
  const backend = createBackend();
  backend.peopleThere = { removable: true, people: names.map((name, index) => ({ id: `p${index}`, name })) };
  const { user } = renderApp("/bookings/b-1", backend);
  await screen.findByRole("heading", { name: "Verlauf" });
  act(() => FakeSocket.latest.open());
  const heading = await screen.findByRole("heading", { name: /^Personen in der Konferenz/ });
  return { user, backend, section: within(heading.parentElement!) };
}

it("names who is there, and removes one after asking once", async () => {
  const { user, backend, section } = await pageWith("Bernd", "Störer", "");

  expect(section.getAllByRole("listitem").map((item) => item.textContent)).toEqual([
    "BerndEntfernen",
    "StörerEntfernen",
    "Ohne NamenEntfernen",
  ]);
  expect(await axeFindings()).toEqual([]);
  await user.click(section.getByRole("button", { name: "Entfernen: Störer" }));
  const dialog = within(await screen.findByRole("dialog", { name: "Störer entfernen?" }));
  expect(backend.peopleThere.people).toHaveLength(3);
  await user.click(dialog.getByRole("button", { name: "Person entfernen" }));

  await waitFor(() => expect(screen.queryByRole("dialog")).not.toBeInTheDocument());
  expect(section.queryByText("Störer")).not.toBeInTheDocument();
  expect(backend.peopleThere.people.map(({ name }) => name)).toEqual(["Bernd", ""]);
});

it("says so when somebody has left meanwhile", async () => {
  const { user, backend, section } = await pageWith("Bernd");

  await user.click(section.getByRole("button", { name: "Entfernen: Bernd" }));
  backend.peopleThere.people = [];
  const dialog = within(await screen.findByRole("dialog"));
  await user.click(dialog.getByRole("button", { name: "Person entfernen" }));

  expect(await dialog.findByText("Diese Person ist nicht mehr da.")).toBeVisible();
});

it("says nothing of people where the server cannot remove them", async () => {
  renderApp("/bookings/b-1");

  await screen.findByRole("heading", { name: "Verlauf" });
  act(() => FakeSocket.latest.open());
  await screen.findByRole("button", { name: "Konferenz beenden" });
  expect(screen.queryByRole("heading", { name: /^Personen in der Konferenz/ })).not.toBeInTheDocument();
});
