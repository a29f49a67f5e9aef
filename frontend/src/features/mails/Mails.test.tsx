// SPDX-License-Identifier: EUPL-1.2
import { screen, waitFor, within } from "@testing-library/react";
import { expect, it } from "vitest";
import { createBackend } from "@/testing/backend";
import { OPERATOR } from "@/testing/data";
import { axeFindings, renderApp, takeMails } from "@/testing/render";

function operatorsDesk() {
  takeMails();
  const backend = createBackend({ me: OPERATOR });
  backend.mailsSetAside = [
    {
      id: "m-1",
      received_at: new Date().toISOString(),
      sender: "<b>fremd</b>@anderswo.example",
      recipients: ["saal@raum.mv.example"],
      size: 48_200,
      code: "unbelieved",
      reason: "Das Gateway bürgt nicht für den Absender.",
      channel: "lmtp",
      tries: 1,
    },
    {
      id: "m-2",
      received_at: new Date().toISOString(),
      sender: "",
      recipients: ["raum@raum.mv.example"],
      size: 300,
      code: "something_new",
      reason: "Etwas Neues.",
      channel: "lmtp",
      tries: 1,
    },
  ];
  return backend;
}

it("lists what was set aside, with the reason and what to do, and counts it in the navigation", async () => {
  renderApp("/set-aside", operatorsDesk());

  const row = within((await screen.findByText("Das Gateway bürgt nicht für den Absender.")).closest("li")!);
  expect(row.getByText("Von <b>fremd</b>@anderswo.example an saal@raum.mv.example")).toBeVisible();
  expect(row.getByText(/VCONF_MAIL_AUTHSERV_ID/)).toBeVisible();
  expect(screen.getByText("Von ohne Absender an raum@raum.mv.example")).toBeVisible();
  expect(
    within(screen.getByRole("navigation", { name: "Hauptnavigation" })).getByText("2 abgelegt"),
  ).toBeInTheDocument();
  expect(await axeFindings()).toEqual([]);
});

it("handles one again, and discards one after a question", async () => {
  const { user, backend } = renderApp("/set-aside", operatorsDesk());

  await user.click(await screen.findByRole("button", { name: /^Erneut verarbeiten: .*fremd/ }));
  await waitFor(() => expect(backend.mailsSetAside).toHaveLength(1));

  await user.click(await screen.findByRole("button", { name: /^Verwerfen/ }));
  const dialog = within(await screen.findByRole("dialog", { name: "Mail verwerfen?" }));
  expect(backend.mailsSetAside).toHaveLength(1);
  await user.click(dialog.getByRole("button", { name: "Endgültig verwerfen" }));

  expect(await screen.findByText("Nichts ist abgelegt.")).toBeVisible();
  expect(await axeFindings()).toEqual([]);
});
