// SPDX-License-Identifier: EUPL-1.2
/** Our own icons where the design system has none: drawn on 24 x 24, in the colour of the text around them. */

const shapes = {
  check: <path d="m5 12.500 4.500 4.500L19 7.500" />,
  clock: (
    <>
      <circle cx="12" cy="12" r="8.500" />
      <path d="M12 7v5l3.500 2" />
    </>
  ),
  video: (
    <>
      <rect x="3" y="6.500" width="12" height="11" rx="2" />
      <path d="m15 10.500 6-3v9l-6-3z" />
    </>
  ),
  opening: (
    <>
      <path d="M12 3.500v3M12 17.500v3M3.500 12h3M17.500 12h3" />
      <circle cx="12" cy="12" r="3" />
    </>
  ),
  overrun: (
    <>
      <circle cx="12" cy="12" r="8.500" />
      <path d="M12 7.500v5.500M12 16v.5" />
    </>
  ),
  moved: <path d="M4 12h15m-5-5 5 5-5 5" />,
  failed: (
    <>
      <path d="M12 4 2.500 20h19z" />
      <path d="M12 10v4.500M12 17v.5" />
    </>
  ),
  blocked: (
    <>
      <circle cx="12" cy="12" r="8.500" />
      <path d="m6 6 12 12" />
    </>
  ),
  busy: (
    <>
      <circle cx="12" cy="12" r="8.500" />
      <path d="M8 12h8" />
    </>
  ),
  people: (
    <>
      <circle cx="9" cy="8.500" r="3.500" />
      <path d="M2.500 19.500c.5-3.500 3-5.500 6.500-5.500s6 2 6.500 5.500" />
      <path d="M15.500 5.300a3.500 3.500 0 0 1 0 6.400M18 14.500c2 .8 3.200 2.500 3.500 5" />
    </>
  ),
  seat: (
    <>
      <circle cx="12" cy="8" r="4" />
      <path d="M4.500 20c.6-4.200 3.500-6.500 7.500-6.500s6.900 2.300 7.500 6.500" />
    </>
  ),
  calendar: (
    <>
      <rect x="3.500" y="5" width="17" height="15.500" rx="2" />
      <path d="M3.500 10h17M8 3v4M16 3v4" />
    </>
  ),
  key: (
    <>
      <circle cx="8" cy="15" r="4.500" />
      <path d="m11.500 11.500 8-8M16 7l3 3" />
    </>
  ),
  link: (
    <path d="M10 14a4 4 0 0 0 5.700 0l3.600-3.600a4 4 0 0 0-5.700-5.700L12.500 5.800M14 10a4 4 0 0 0-5.700 0l-3.600 3.600a4 4 0 0 0 5.700 5.700l1.100-1.100" />
  ),
  left: <path d="m14.500 5-7 7 7 7" />,
  right: <path d="m9.500 5 7 7-7 7" />,
  down: <path d="m5 9 7 7 7-7" />,
  menu: <path d="M4 7h16M4 12h16M4 17h16" />,
  close: <path d="m6 6 12 12M18 6 6 18" />,
  plus: <path d="M12 5v14M5 12h14" />,
  repeat: (
    <path d="M4 11V9.500a3 3 0 0 1 3-3h12m-3-3.500 3.500 3.500L16 10M20 13v1.500a3 3 0 0 1-3 3H5m3 3.500L4.500 17.500 8 14" />
  ),
  bolt: <path d="M13 3 5 13.500h6L10.500 21 19 10.500h-6z" />,
} as const;

export type IconName = keyof typeof shapes;

export function Icon({ name, size = 20 }: { name: IconName; size?: number }) {
  return (
    <svg
      className="vc-icon"
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth="2"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      {shapes[name]}
    </svg>
  );
}
