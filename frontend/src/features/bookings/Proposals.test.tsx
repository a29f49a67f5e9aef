// SPDX-License-Identifier: EUPL-1.2
/** Other times that are proposed: taken and declined by who organises, proposed by who is invited. */
import { screen, waitFor, within } from "@testing-library/react";
import { http } from "msw";
import { expect, it } from "vitest";
import { createBackend, problem } from "@/testing/backend";
import { NOTHING_SAID, makeProposal } from "@/testing/data";
import { axeFindings, renderApp } from "@/testing/render";

async function pageOfOrganiser(more: (backend: ReturnType<typeof createBackend>) => void = () => undefined) {
  const backend = createBackend();
  const booking = backend.bookings.find(({ id }) => id === "b-3")!;
  backend.proposals.push(makeProposal(booking, { comment: "<b>Zug</b> kommt erst um 10." }));
  more(backend);
  const { user } = renderApp("/bookings/b-3", backend);
  const section = within(await screen.findByRole("region", { name: /^Vorgeschlagene Zeiten/ }));
  return { user, backend, booking, section };
}

it("is taken with one click, and what was said is shown as it was written", async () => {
  const { user, backend, booking, section } = await pageOfOrganiser();
  const [proposal] = backend.proposals;
  expect(section.getByText("„<b>Zug</b> kommt erst um 10.“")).toBeVisible();
  expect(section.getByText("Clara Claasen")).toBeVisible();
  expect(await axeFindings()).toEqual([]);

  await user.click(section.getByRole("button", { name: /^Diese Zeit übernehmen/ }));

  expect(await section.findByText("übernommen")).toBeInTheDocument();
  expect(booking.starts_at).toBe(proposal!.starts_at);
  expect(screen.getByRole("heading", { name: "Vorgeschlagene Zeiten" })).toHaveFocus();
});

it("is declined with one click", async () => {
  const { user, backend, booking, section } = await pageOfOrganiser();
  const before = booking.starts_at;

  await user.click(section.getByRole("button", { name: /^Ablehnen/ }));

  expect(await section.findByText("abgelehnt")).toBeInTheDocument();
  expect(backend.proposals[0]!.state).toBe("declined");
  expect(booking.starts_at).toBe(before);
});

it("shows why it cannot be had, with ways out, and takes one of them", async () => {
  const { user, backend, booking, section } = await pageOfOrganiser((house) => {
    const starts_at = "2031-05-05T12:00:00Z";
    house.handlers.unshift(
      http.post("*/api/v1/proposals/:id/take", () =>
        problem(409, "slot_taken", "Der Raum ist zu dieser Zeit belegt.", {
          alternatives: [{ starts_at, ends_at: "2031-05-05T13:00:00Z" }],
        }),
      ),
    );
  });

  await user.click(section.getByRole("button", { name: /^Diese Zeit übernehmen/ }));
  const refusal = await section.findByRole("alert");
  expect(refusal).toHaveTextContent("Der Raum ist zu dieser Zeit belegt.");
  expect(await axeFindings()).toEqual([]);

  await user.click(within(refusal).getByRole("button"));
  await waitFor(() => expect(booking.starts_at).toBe("2031-05-05T12:00:00Z"));
  expect(backend.proposals[0]!.state).toBe("open");
});

it("is proposed by who is invited, who sees what becomes of it", async () => {
  const backend = createBackend();
  const booking = backend.bookings.find(({ id }) => id === "b-3")!;
  booking.permissions = { change: false, cancel: false, moderate: false, answer: true };
  booking.attendees = [
    {
      email: "anna@im.mv.example",
      name: "Anna Amsel",
      role: "REQ-PARTICIPANT",
      partstat: "NEEDS-ACTION",
      ...NOTHING_SAID,
      is_me: true,
    },
  ];
  const { user } = renderApp("/bookings/b-3", backend);
  const open = await screen.findByRole("button", { name: "Andere Zeit vorschlagen" });
  expect(open).toHaveAttribute("aria-expanded", "false");

  await user.click(open);
  const form = within(screen.getByRole("form", { name: "Andere Zeit vorschlagen" }));
  await user.click(form.getByRole("button", { name: "Vorschlagen" }));
  expect(form.getByText("Zu dieser Zeit findet es bereits statt.")).toBeVisible();
  expect(await axeFindings()).toEqual([]);

  await user.clear(form.getByLabelText("Beginn"));
  await user.type(form.getByLabelText("Beginn"), "13:00");
  await user.type(form.getByLabelText(/^Nachricht/), "Vorher bin ich im Zug.");
  await user.click(form.getByRole("button", { name: "Vorschlagen" }));

  expect(await screen.findByText("Die einladende Person entscheidet.")).toBeVisible();
  expect(backend.proposals).toMatchObject([{ state: "open", comment: "Vorher bin ich im Zug." }]);
  expect(open).toHaveFocus();
  expect(screen.queryByRole("button", { name: /^Diese Zeit/ })).not.toBeInTheDocument();
});

it("is not spoken of while nobody has made one", async () => {
  renderApp("/bookings/b-3");
  await screen.findByRole("heading", { name: "Verlauf" });
  expect(screen.queryByRole("heading", { name: /^Vorgeschlagene/ })).not.toBeInTheDocument();
});
