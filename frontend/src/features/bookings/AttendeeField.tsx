// SPDX-License-Identifier: EUPL-1.2
import { type ClipboardEvent, type KeyboardEvent, useId, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useAnnounce } from "@/components/Announcer";
import { Icon } from "@/components/Icon";
import type { Person } from "@/lib/api/types";
import { useDebounced } from "@/lib/debounced";
import { usePeople } from "@/lib/people";
import { type Invitee, parseAddresses, withoutDoubles } from "./addresses";

interface AttendeeFieldProps {
  invitees: Invitee[];
  onChange: (invitees: Invitee[]) => void;
  /** What is typed but not yet taken over; owned by the form, which takes it over when it is sent. */
  text: string;
  onText: (text: string) => void;
  error: string | undefined;
}

const SEPARATORS = new Set([",", ";"]);

/** Whom to invite: people found by name (a combobox), any address typed, or a whole list pasted. */
export function AttendeeField({ invitees, onChange, text, onText, error }: AttendeeFieldProps) {
  const { t } = useTranslation();
  const announce = useAnnounce();
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const [closed, setClosed] = useState(false);
  const [active, setActive] = useState(-1);
  const asked = useDebounced(text, 250);
  const found = usePeople(asked);
  const taken = new Set(invitees.map((invitee) => invitee.email));
  const options = (text.trim().length >= 3 && found.data ? found.data : []).filter(
    (person) => !taken.has(person.email.toLowerCase()),
  );
  const open = !closed && options.length > 0;
  const current = open ? options[active] : undefined;

  const add = (more: Invitee[]) => {
    onChange(withoutDoubles([...invitees, ...more]));
    announce(t("attendees.added", { names: more.map((one) => one.name || one.email).join(", "), count: more.length }));
  };
  const type = (value: string) => {
    onText(value);
    setClosed(false);
    setActive(-1);
  };
  const addPerson = (person: Person) => {
    add([{ email: person.email.toLowerCase(), name: person.name }]);
    type("");
    input.current?.focus();
  };
  /** Take over what is typed, as far as it can be read. */
  const addTyped = (typed: string): boolean => {
    const { found: addresses, rest } = parseAddresses(typed);
    if (addresses.length === 0) return false;
    add(addresses);
    type(rest);
    return true;
  };
  const remove = (invitee: Invitee) => {
    onChange(invitees.filter((other) => other !== invitee));
    announce(t("attendees.removed", { name: invitee.name || invitee.email }));
    input.current?.focus();
  };

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (options.length === 0) return;
      event.preventDefault();
      setClosed(false);
      const step = event.key === "ArrowDown" ? 1 : -1;
      setActive((active + step + options.length + (active < 0 && step < 0 ? 1 : 0)) % options.length);
    } else if (event.key === "Escape" && open) {
      // Closes the list only, not the dialog around it.
      event.preventDefault();
      event.stopPropagation();
      setClosed(true);
    } else if (event.key === "Enter" && (text.trim() || current)) {
      event.preventDefault(); // would send the form
      if (current) addPerson(current);
      else addTyped(text);
    } else if (SEPARATORS.has(event.key) && addTyped(text)) {
      event.preventDefault();
    } else if (event.key === "Backspace" && text === "" && invitees.length > 0) {
      remove(invitees[invitees.length - 1]!);
    }
  };
  const onPaste = (event: ClipboardEvent) => {
    const pasted = event.clipboardData.getData("text");
    if (parseAddresses(pasted).found.length > 0 && addTyped(`${text} ${pasted}`.trim())) event.preventDefault();
  };

  return (
    <div className={`kern-form-input vc-attendees${error ? " kern-form-input--error" : ""}`}>
      <label className="kern-label" htmlFor={id}>
        {t("attendees.label")}
        <span className="kern-label__optional">{t("form.optional")}</span>
      </label>
      <div className="kern-hint" id={`${id}-hint`}>
        {t("attendees.hint")}
      </div>
      <div className="vc-attendees__box">
        <input
          ref={input}
          id={id}
          type="text"
          className={`kern-form-input__input${error ? " kern-form-input__input--error" : ""}`}
          role="combobox"
          autoComplete="off"
          aria-autocomplete="list"
          aria-expanded={open}
          aria-controls={`${id}-list`}
          aria-activedescendant={current ? `${id}-${active}` : undefined}
          aria-describedby={`${id}-hint${error ? ` ${id}-error` : ""}`}
          aria-invalid={error ? true : undefined}
          value={text}
          onChange={(event) => type(event.target.value)}
          onKeyDown={onKeyDown}
          onPaste={onPaste}
          onBlur={() => {
            setClosed(true);
            if (text.trim()) addTyped(text);
          }}
        />
        <ul
          id={`${id}-list`}
          role="listbox"
          aria-label={t("attendees.suggestions")}
          className="vc-listbox"
          hidden={!open}
        >
          {options.map((person, index) => (
            // The keyboard works on the input (aria-activedescendant), as the combobox pattern wants it.
            // eslint-disable-next-line jsx-a11y/click-events-have-key-events
            <li
              key={person.id}
              id={`${id}-${index}`}
              role="option"
              aria-selected={index === active}
              className={index === active ? "vc-listbox__active" : undefined}
              onPointerDown={(event) => event.preventDefault()} // keeps the focus in the input
              onClick={() => addPerson(person)}
            >
              <span>{person.name}</span>
              <span className="vc-muted">
                {[person.email, person.authority?.short_name].filter(Boolean).join(" · ")}
              </span>
            </li>
          ))}
        </ul>
      </div>
      {error && (
        <p className="kern-error" id={`${id}-error`}>
          <span className="kern-icon kern-icon--danger kern-icon--default" aria-hidden="true" />
          <span className="kern-body">{error}</span>
        </p>
      )}
      {invitees.length > 0 && (
        <ul className="vc-chips" aria-label={t("attendees.chosen")}>
          {invitees.map((invitee) => (
            <li key={invitee.email} className="vc-chip">
              <span title={invitee.email}>{invitee.name || invitee.email}</span>
              <button
                type="button"
                aria-label={t("attendees.remove", { name: invitee.name || invitee.email })}
                onClick={() => remove(invitee)}
              >
                <Icon name="close" size={16} />
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
