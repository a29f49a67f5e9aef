// SPDX-License-Identifier: EUPL-1.2
import type { ReactNode, Ref } from "react";

interface NoticeProps {
  variant: "info" | "success" | "warning" | "danger";
  title: string;
  children?: ReactNode;
  /** `alert` interrupts a screen reader, `status` waits; nothing for what stood on the page from the start. */
  role?: "alert" | "status" | undefined;
  ref?: Ref<HTMLDivElement>;
}

export function Notice({ variant, title, children, role, ref }: NoticeProps) {
  return (
    <div
      className={`kern-alert kern-alert--${variant} vc-notice`}
      role={role}
      ref={ref}
      tabIndex={ref ? -1 : undefined}
    >
      <div className="kern-alert__header">
        <span className={`kern-icon kern-icon--${variant}`} aria-hidden="true" />
        <span className="kern-title kern-title--small">{title}</span>
      </div>
      {children && <div className="kern-alert__body">{children}</div>}
    </div>
  );
}
