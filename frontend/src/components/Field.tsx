// SPDX-License-Identifier: EUPL-1.2
import {
  type InputHTMLAttributes,
  type ReactNode,
  type SelectHTMLAttributes,
  type TextareaHTMLAttributes,
  useId,
} from "react";
import { useTranslation } from "react-i18next";

interface Surroundings {
  label: string;
  hint?: string | undefined;
  error?: string | undefined;
  optional?: boolean;
}

interface Wiring {
  id: string;
  "aria-describedby": string | undefined;
  "aria-invalid": true | undefined;
}

/** Label, hint and error around one control, tied to it by ids. */
function Surrounded({
  label,
  hint,
  error,
  optional,
  children,
}: Surroundings & { children: (wiring: Wiring) => ReactNode }) {
  const { t } = useTranslation();
  const id = useId();
  const described = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(" ");
  return (
    <div className={`kern-form-input${error ? " kern-form-input--error" : ""}`}>
      <label className="kern-label" htmlFor={id}>
        {label}
        {optional && <span className="kern-label__optional">{t("form.optional")}</span>}
      </label>
      {hint && (
        <div className="kern-hint" id={`${id}-hint`}>
          {hint}
        </div>
      )}
      {children({ id, "aria-describedby": described || undefined, "aria-invalid": error ? true : undefined })}
      {error && (
        <p className="kern-error" id={`${id}-error`}>
          <span className="kern-icon kern-icon--danger kern-icon--default" aria-hidden="true" />
          <span className="kern-body">{error}</span>
        </p>
      )}
    </div>
  );
}

function split<P extends Surroundings>({ label, hint, error, optional, ...control }: P) {
  return { surroundings: { label, hint, error, optional: optional ?? false }, control };
}

export function TextField(
  props: Surroundings & InputHTMLAttributes<HTMLInputElement> & { "data-first-focus"?: boolean },
) {
  const { surroundings, control } = split(props);
  return (
    <Surrounded {...surroundings}>
      {(wiring) => (
        <input
          type="text"
          className={`kern-form-input__input${surroundings.error ? " kern-form-input__input--error" : ""}`}
          {...control}
          {...wiring}
        />
      )}
    </Surrounded>
  );
}

export function TextArea(props: Surroundings & TextareaHTMLAttributes<HTMLTextAreaElement>) {
  const { surroundings, control } = split(props);
  return (
    <Surrounded {...surroundings}>
      {(wiring) => (
        <textarea
          // Browsers bring only its first line into sight, and the dialog's buttons may cover the rest.
          onFocus={(event) => event.currentTarget.scrollIntoView?.({ block: "nearest" })}
          className={`kern-form-input__input vc-textarea${surroundings.error ? " kern-form-input__input--error" : ""}`}
          {...control}
          {...wiring}
        />
      )}
    </Surrounded>
  );
}

export function SelectField(props: Surroundings & SelectHTMLAttributes<HTMLSelectElement>) {
  const { surroundings, control } = split(props);
  return (
    <Surrounded {...surroundings}>
      {(wiring) => (
        <div className="kern-form-input__select-wrapper">
          <select
            className={`kern-form-input__select${surroundings.error ? " kern-form-input__select--error" : ""}`}
            {...control}
            {...wiring}
          />
        </div>
      )}
    </Surrounded>
  );
}
