// SPDX-License-Identifier: EUPL-1.2
import { useTranslation } from "react-i18next";
import { useDisclosure } from "@/components/disclosure";
import { Icon } from "@/components/Icon";

export interface MenuAction {
  text: string;
  onClick: () => void;
}

/** What one does rarely with a booking. */
export function MoreMenu({ actions }: { actions: MenuAction[] }) {
  const { t } = useTranslation();
  const { open, setOpen, box, button } = useDisclosure();
  return (
    <div className="vc-more" ref={box}>
      <button
        ref={button}
        type="button"
        className="kern-btn kern-btn--tertiary kern-btn--block"
        aria-expanded={open}
        aria-controls="more-actions"
        onClick={() => setOpen(!open)}
      >
        <span className="kern-label">{t("more.label")}</span>
        <Icon name="down" size={16} />
      </button>
      <ul id="more-actions" className="vc-more__list" hidden={!open}>
        {actions.map(({ text, onClick }) => (
          <li key={text}>
            <button
              type="button"
              className="vc-more__action"
              onClick={() => {
                // A dialog gives the focus back to where it was opened from: to the button, which stays.
                button.current?.focus();
                setOpen(false);
                onClick();
              }}
            >
              {text}
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}
