// SPDX-License-Identifier: EUPL-1.2
import { screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { createBackend } from "@/testing/backend";
import { OPERATOR } from "@/testing/data";
import { axeFindings, renderApp } from "@/testing/render";

async function outbox() {
  const app = renderApp("/outbox", createBackend({ me: OPERATOR }));
  await screen.findByText(/no such user/);
  return app;
}

describe("deliveries", () => {
  it("that were given up are listed with their error, and counted by task with their age", async () => {
    await outbox();

    const row = await screen.findByRole("row", { name: /Einladung oder Absage/ });
    expect(row).toHaveTextContent("1älteste seit 3 Stunden1älteste seit 3 Stunden");
    expect(screen.getByText(/Gebucht · …@im.mv.example · .* · 12 Versuche/)).toBeVisible();
    expect(await axeFindings()).toEqual([]);
  });

  it("are tried again one by one", async () => {
    const { user, backend } = await outbox();

    await user.click(
      screen.getByRole("button", { name: "Erneut versuchen: Einladung oder Absage per Mail, Nummer 1" }),
    );

    await waitFor(() => expect(screen.queryByText(/no such user/)).not.toBeInTheDocument());
    expect(backend.deliveries[0]).toMatchObject({ state: "pending", attempts: 0 });
    expect(screen.getByText("1 Zustellung wird erneut versucht.")).toBeInTheDocument();
  });

  it("are tried again all at once", async () => {
    const { user, backend } = await outbox();
    const row = within(await screen.findByRole("row", { name: /Konferenz anlegen/ }));

    await user.click(row.getByRole("button"));

    await waitFor(() => expect(backend.deliveries[1]!.state).toBe("pending"));
    expect(backend.deliveries[0]!.state).toBe("parked");
  });

  it("that are pending have a page of their own", async () => {
    const { user } = await outbox();

    await user.click(screen.getByRole("link", { name: "Ausstehend" }));

    expect(await screen.findByText(/Nächster Versuch/)).toBeVisible();
    expect(screen.queryByRole("button", { name: /^Erneut versuchen: Einladung.*Nummer/ })).not.toBeInTheDocument();
  });
});
