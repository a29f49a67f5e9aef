// SPDX-License-Identifier: EUPL-1.2
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import "@/lib/i18n";
import "@kern-ux/native/dist/kern.min.css";
import "./styles/fonts.css";
import "./styles/app.css";
import { App } from "./app/App";

// `npm run dev:mock` answers the API from the page itself; the branch is dropped from every build.
if (import.meta.env.MODE === "mock") await import("./testing/browser");

createRoot(document.getElementById("root")!).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
