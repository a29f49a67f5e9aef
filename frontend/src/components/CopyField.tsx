// SPDX-License-Identifier: EUPL-1.2
import { Fragment, type ReactNode, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { useAnnounce } from "./Announcer";
import { Icon, type IconName } from "./Icon";

/** Without a secure context there is no clipboard interface; selecting and the old command still work there. */
async function copy(text: string): Promise<void> {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const area = document.createElement("textarea");
  area.value = text;
  document.body.append(area);
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  if (!done) throw new Error("copy refused");
}

/** An address is broken before its @, if it has to be, and not in the middle of a word. */
function breakable(address: string): ReactNode[] {
  return address.split(/(?=@)/).map((part, place) => (
    <Fragment key={place}>
      {place > 0 && <wbr />}
      {part}
    </Fragment>
  ));
}

/** One value that people pass on: shown in full, copied by one button. */
export function CopyField({
  icon,
  label,
  value,
  display = value,
}: {
  icon: IconName;
  label: string;
  value: string;
  display?: string;
}) {
  const { t } = useTranslation();
  const announce = useAnnounce();
  const [copied, setCopied] = useState(false);
  const isAddress = value.includes("@");

  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 3_000);
    return () => clearTimeout(timer);
  }, [copied]);

  const onCopy = async () => {
    try {
      await copy(value);
      setCopied(true);
      announce(t("copy.done", { label }));
    } catch {
      announce(t("copy.failed"));
    }
  };

  return (
    <div className={isAddress ? "vc-copy vc-copy--address" : "vc-copy"}>
      <Icon name={icon} size={24} />
      <div className="vc-copy__text">
        <span className="vc-copy__label">{label}</span>
        <span className="vc-copy__value">{isAddress ? breakable(display) : display}</span>
      </div>
      <button
        type="button"
        className="kern-btn kern-btn--secondary vc-button-small"
        onClick={onCopy}
        aria-label={t("copy.action", { label })}
      >
        {copied && <Icon name="check" />}
        <span className="kern-label">{copied ? t("copy.copied") : t("copy.copy")}</span>
      </button>
    </div>
  );
}
