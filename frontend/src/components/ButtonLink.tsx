// SPDX-License-Identifier: EUPL-1.2
import { Link } from "react-router";
import { Icon, type IconName } from "./Icon";

interface ButtonLinkProps {
  text: string;
  variant?: "primary" | "secondary" | "tertiary";
  icon?: IconName;
  label?: string;
  small?: boolean;
}

function classes(variant: string, small: boolean): string {
  return `kern-btn kern-btn--${variant}${small ? " vc-button-small" : ""} vc-button-link`;
}

/** A link inside the app that looks like a button. */
export function ButtonLink({
  to,
  text,
  variant = "secondary",
  icon,
  label,
  small = false,
  onClick,
}: ButtonLinkProps & { to: string; onClick?: () => void }) {
  return (
    <Link to={to} className={classes(variant, small)} aria-label={label} onClick={onClick}>
      {icon && <Icon name={icon} />}
      <span className="kern-label">{text}</span>
    </Link>
  );
}

/** The same for pages outside the app; a meeting opens beside the page one booked it on. */
export function JoinLink({
  href,
  text,
  variant = "primary",
  label,
  small = false,
}: ButtonLinkProps & { href: string }) {
  return (
    <a href={href} target="_blank" rel="noopener noreferrer" className={classes(variant, small)} aria-label={label}>
      <Icon name="video" />
      <span className="kern-label">{text}</span>
    </a>
  );
}
