// SPDX-License-Identifier: EUPL-1.2
import { createBrowserRouter } from "react-router";
import { Loading } from "@/components/Loading";
import { Layout } from "./Layout";
import { BrokenPage, MissingPage } from "./MissingPage";
import { SignedIn } from "./SignedIn";

export function createRouter() {
  return createBrowserRouter([
    {
      element: <Layout />,
      hydrateFallbackElement: <Loading />,
      errorElement: <BrokenPage />,
      children: [
        { path: "/login", lazy: async () => ({ Component: (await import("@/features/session/LoginPage")).LoginPage }) },
        {
          path: "/barrierefreiheit",
          lazy: async () => ({ Component: (await import("./StatementPages")).AccessibilityPage }),
        },
        { path: "/datenschutz", lazy: async () => ({ Component: (await import("./StatementPages")).PrivacyPage }) },
        {
          element: <SignedIn />,
          children: [
            { path: "/", lazy: async () => ({ Component: (await import("@/features/board/BoardPage")).BoardPage }) },
            { path: "/day", lazy: async () => ({ Component: (await import("@/features/calendar/DayPage")).DayPage }) },
            {
              path: "/bookings",
              lazy: async () => ({ Component: (await import("@/features/bookings/BookingsPage")).BookingsPage }),
            },
            {
              path: "/bookings/:id",
              lazy: async () => ({ Component: (await import("@/features/bookings/BookingPage")).BookingPage }),
            },
            {
              path: "/approvals",
              lazy: async () => ({ Component: (await import("@/features/approvals/ApprovalsPage")).ApprovalsPage }),
            },
            {
              path: "/deputies",
              lazy: async () => ({ Component: (await import("@/features/deputies/DeputiesPage")).DeputiesPage }),
            },
            {
              path: "/calendars",
              lazy: async () => ({ Component: (await import("@/features/calendars/CalendarsPage")).CalendarsPage }),
            },
            {
              path: "/quotas",
              lazy: async () => ({ Component: (await import("@/features/quotas/QuotasPage")).QuotasPage }),
            },
            {
              path: "/servers",
              lazy: async () => ({ Component: (await import("@/features/servers/ServersPage")).ServersPage }),
            },
            {
              path: "/servers/:id",
              lazy: async () => ({ Component: (await import("@/features/servers/ServerPage")).ServerPage }),
            },
            {
              path: "/outbox",
              lazy: async () => ({ Component: (await import("@/features/outbox/OutboxPage")).OutboxPage }),
            },
            {
              path: "/set-aside",
              lazy: async () => ({ Component: (await import("@/features/mails/MailsPage")).MailsPage }),
            },
          ],
        },
        { path: "*", element: <MissingPage /> },
      ],
    },
  ]);
}
