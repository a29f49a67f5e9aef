// SPDX-License-Identifier: EUPL-1.2
/** What was recorded, on the page of a booking. b-1 is live and Anna's. */
import { screen, waitFor, within } from "@testing-library/react";
import { expect, it } from "vitest";
import type { Recording } from "@/lib/api/types";
import { createBackend } from "@/testing/backend";
import { axeFindings, renderApp } from "@/testing/render";

const RECORDING: Recording = {
  id: "rec-1",
  occurrence: "o-b-1",
  starts_at: "2026-05-05T11:00:00Z",
  ends_at: "2026-05-05T12:00:00Z",
  state: "published",
  size_bytes: 1_500_000,
  asked: null,
  playback: [{ format: "presentation", url: "https://bbb.example/playback/1" }],
};

async function pageWith(...recordings: Recording[]) {
  const backend = createBackend();
  backend.recordings.push(...recordings);
  const { user } = renderApp("/bookings/b-1", backend);
  const heading = await screen.findByRole("heading", { name: /^Aufzeichnungen/ });
  return { user, backend, section: within(heading.parentElement!) };
}

it("leads to what was recorded, and withdraws it", async () => {
  const { user, section } = await pageWith(structuredClone(RECORDING));

  expect(section.getByRole("link", { name: /^Ansehen \(presentation/ })).toHaveAttribute(
    "href",
    "https://bbb.example/playback/1",
  );
  expect(section.getByText(/veröffentlicht, 1,5 MB/)).toBeVisible();
  expect(await axeFindings()).toEqual([]);
  await user.click(section.getByRole("button", { name: /^Zurückziehen/ }));

  expect(await section.findByText(/wird zurückgezogen/)).toBeVisible();
  expect(section.getByRole("button", { name: /^Zurückziehen/ })).toBeDisabled();
});

it("deletes a recording after asking once", async () => {
  const { user, backend, section } = await pageWith(structuredClone(RECORDING));

  await user.click(section.getByRole("button", { name: /^Löschen/ }));
  const dialog = within(await screen.findByRole("dialog", { name: "Aufzeichnung löschen?" }));
  expect(backend.recordings[0]!.asked).toBeNull();
  await user.click(dialog.getByRole("button", { name: "Aufzeichnung löschen" }));

  await waitFor(() => expect(screen.queryByRole("dialog")).not.toBeInTheDocument());
  expect(await section.findByText(/wird gelöscht/)).toBeVisible();
  expect(section.queryByRole("button", { name: /^Löschen/ })).not.toBeInTheDocument();
});

it("offers nothing to publish while a recording is being processed", async () => {
  const { section } = await pageWith({ ...RECORDING, state: "processing", playback: [] });

  expect(section.getByText(/wird verarbeitet/)).toBeVisible();
  expect(section.queryByRole("button", { name: /^Veröffentlichen/ })).not.toBeInTheDocument();
});

it("says nothing of recordings where there are none", async () => {
  renderApp("/bookings/b-1");

  await screen.findByRole("heading", { name: "Verlauf" });
  expect(screen.queryByRole("heading", { name: /^Aufzeichnungen/ })).not.toBeInTheDocument();
});
