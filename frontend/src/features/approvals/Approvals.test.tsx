// SPDX-License-Identifier: EUPL-1.2
import { screen, waitFor, within } from "@testing-library/react";
import { http } from "msw";
import { describe, expect, it } from "vitest";
import { createBackend, problem } from "@/testing/backend";
import { ANNA, APPROVER, makeApproval, weekly } from "@/testing/data";
import { axeFindings, renderApp } from "@/testing/render";
import { byPerson } from "./delegates";

async function inbox(backend = createBackend({ me: APPROVER })) {
  const app = renderApp("/approvals", backend);
  const request = await screen.findByRole("article", { name: "Runde mit den Kommunen" });
  return { ...app, request: within(request) };
}

describe("the inbox", () => {
  it("tells who wants what, when and where, and how many wait", async () => {
    const { request } = await inbox();

    expect(request.getByText(/Anna Ahrens, Ministerium für Inneres/)).toBeVisible();
    expect(request.getByText("120 Plätze, niemand eingeladen")).toBeVisible();
    expect(request.getByText(/Großer Saal/)).toBeVisible();
    expect(screen.getByRole("link", { name: /^Genehmigungen 1 Anfrage wartet$/ })).toBeVisible();
    expect(await axeFindings()).toEqual([]);
  });

  it("is not offered to people who decide about nothing", async () => {
    renderApp("/", createBackend({ me: ANNA }));
    await screen.findByRole("article", { name: "Peene" });

    expect(screen.queryByRole("link", { name: /Genehmigungen/ })).not.toBeInTheDocument();
  });

  it("lists the dates of a series in short, and all on request", async () => {
    const backend = createBackend({ me: APPROVER });
    backend.approvals = [makeApproval(weekly(backend.bookings[3]!, 12))];
    const { user, request } = await inbox(backend);
    expect(request.getAllByRole("listitem")).toHaveLength(4);

    await user.click(request.getByRole("button", { name: "Alle 12 Termine zeigen" }));

    expect(request.getAllByRole("listitem")).toHaveLength(12);
  });
});

describe("a decision", () => {
  it("to approve is asked once, and moves the request to the decided ones", async () => {
    const { user, backend, request } = await inbox();

    await user.click(request.getByRole("button", { name: "Genehmigen" }));
    const dialog = within(await screen.findByRole("dialog", { name: "Anfrage genehmigen" }));
    expect(await axeFindings()).toEqual([]);
    await user.click(dialog.getByRole("button", { name: "Genehmigen" }));

    expect(await screen.findByText("Zurzeit wartet keine Anfrage auf Sie.")).toBeVisible();
    expect(backend.approvals[0]!.state).toBe("approved");
    await user.click(screen.getByRole("link", { name: "Entschieden" }));
    const decided = within(await screen.findByRole("article", { name: "Runde mit den Kommunen" }));
    expect(decided.getByText("Genehmigt")).toBeVisible();
    expect(decided.queryByRole("button", { name: "Genehmigen" })).not.toBeInTheDocument();
  });

  it("to decline needs a reason", async () => {
    const { user, backend, request } = await inbox();

    await user.click(request.getByRole("button", { name: "Ablehnen" }));
    const dialog = within(await screen.findByRole("dialog", { name: "Anfrage ablehnen" }));
    await user.click(dialog.getByRole("button", { name: "Ablehnen" }));
    expect(dialog.getByLabelText("Begründung")).toBeInvalid();
    expect(backend.approvals[0]!.state).toBe("asked");
    await user.type(dialog.getByLabelText("Begründung"), "Der Saal wird gebraucht.");
    await user.click(dialog.getByRole("button", { name: "Ablehnen" }));

    await waitFor(() =>
      expect(backend.approvals[0]).toMatchObject({ state: "declined", reason: "Der Saal wird gebraucht." }),
    );
  });

  it("somebody else has made is told", async () => {
    const backend = createBackend({ me: APPROVER });
    backend.handlers.unshift(
      http.post("*/api/v1/approvals/:id/decision", () =>
        problem(409, "already_decided", "Darüber ist schon entschieden."),
      ),
    );
    const { user, request } = await inbox(backend);

    await user.click(request.getByRole("button", { name: "Genehmigen" }));
    await user.click(
      within(await screen.findByRole("dialog", { name: "Anfrage genehmigen" })).getByRole("button", {
        name: "Genehmigen",
      }),
    );

    expect(await screen.findByText("Darüber ist schon entschieden.")).toBeVisible();
  });
});

it("names a stand-in once, whatever the number of room classes", () => {
  const row = {
    id: "1",
    room_class: { id: "c-1", name: "Saal" },
    person: { id: "p", name: "Bernd", email: "bernd@im.mv.example" },
    stands_in_for: null,
    valid_from: null,
    valid_until: "2026-06-01T00:00:00Z",
  };

  const [standing, ...more] = byPerson([row, { ...row, id: "2", room_class: { id: "c-2", name: "Sitzung" } }]);

  expect(more).toEqual([]);
  expect(standing).toMatchObject({ ids: ["1", "2"], classes: ["Saal", "Sitzung"] });
});
