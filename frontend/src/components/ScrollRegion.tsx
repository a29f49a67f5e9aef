// SPDX-License-Identifier: EUPL-1.2
import type { ReactNode } from "react";

type Named = { label: string; labelledBy?: never } | { label?: never; labelledBy: string };

/** What is wider than a narrow screen scrolls inside its own region. */
export function ScrollRegion({
  className = "vc-scroll",
  label,
  labelledBy,
  children,
}: Named & { className?: string; children: ReactNode }) {
  return (
    // Focusable although nothing in it may be: without a mouse there is no other way to scroll it (WCAG 2.1.1). The rule
    // does not know this case.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div className={className} role="region" aria-label={label} aria-labelledby={labelledBy} tabIndex={0}>
      {children}
    </div>
  );
}
