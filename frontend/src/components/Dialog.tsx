// SPDX-License-Identifier: EUPL-1.2
import { type ReactNode, useEffect, useId, useRef } from "react";
import { useTranslation } from "react-i18next";
import { Icon } from "./Icon";

interface DialogProps {
  title: string;
  /** Asked on Escape and on the close button; the parent decides whether the dialog goes away. */
  onClose: () => void;
  wide?: boolean;
  children: ReactNode;
  footer?: ReactNode;
}

/**
 * A modal dialog on the browser's own <dialog>: focus stays inside, the page behind is inert, and focus returns to where
 * it came from. Mounted means open. The focus starts at the heading, or where `data-first-focus` stands.
 */
export function Dialog({ title, onClose, wide = false, children, footer }: DialogProps) {
  const { t } = useTranslation();
  const element = useRef<HTMLDialogElement>(null);
  const heading = useId();

  useEffect(() => {
    const dialog = element.current!;
    const opener = document.activeElement;
    dialog.showModal();
    dialog.querySelector<HTMLElement>("[data-first-focus]")?.focus();
    return () => {
      dialog.close();
      if (opener instanceof HTMLElement && opener.isConnected) opener.focus();
    };
  }, []);

  return (
    // A click on the backdrop does nothing on purpose: what was typed must not be lost by a slip.
    <dialog
      ref={element}
      className={`kern-dialog vc-dialog${wide ? " vc-dialog--wide" : ""}`}
      aria-labelledby={heading}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
    >
      <div className="kern-dialog__header">
        <h2 className="kern-title kern-title--large" id={heading} tabIndex={-1}>
          {title}
        </h2>
        <button
          type="button"
          className="kern-btn kern-btn--tertiary vc-icon-button"
          aria-label={t("dialog.close")}
          onClick={onClose}
        >
          <Icon name="close" size={24} />
        </button>
      </div>
      <div className="kern-dialog__body vc-dialog__body">{children}</div>
      {footer && <div className="kern-dialog__footer vc-dialog__footer">{footer}</div>}
    </dialog>
  );
}
