// SPDX-License-Identifier: EUPL-1.2
import { useId } from "react";
import { useDebounced } from "@/lib/debounced";
import { usePeople } from "@/lib/people";
import { TextField } from "./Field";

interface PersonFieldProps {
  label: string;
  hint?: string;
  error?: string | undefined;
  value: string;
  onChange: (email: string) => void;
}

/** The address of one person with an account; names typed are found and offered. */
export function PersonField({ label, hint, error, value, onChange }: PersonFieldProps) {
  const list = useId();
  const people = usePeople(useDebounced(value, 250)).data ?? [];
  return (
    <>
      <TextField
        label={label}
        hint={hint}
        error={error}
        data-first-focus
        required
        type="text"
        inputMode="email"
        autoComplete="off"
        list={list}
        value={value}
        onChange={(event) => onChange(event.target.value)}
      />
      <datalist id={list}>
        {people.map(({ id, name, email }) => (
          <option key={id} value={email}>
            {name}
          </option>
        ))}
      </datalist>
    </>
  );
}
