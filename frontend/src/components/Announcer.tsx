// SPDX-License-Identifier: EUPL-1.2
import { type ReactNode, createContext, useCallback, useContext, useState } from "react";

const AnnounceContext = createContext<(text: string) => void>(() => undefined);

/** Say something politely to people who do not see the page change. */
export function useAnnounce(): (text: string) => void {
  return useContext(AnnounceContext);
}

/** Owns the page's one polite live region. */
export function Announcer({ children }: { children: ReactNode }) {
  const [said, setSaid] = useState({ text: "", count: 0 });
  const announce = useCallback((text: string) => setSaid((before) => ({ text, count: before.count + 1 })), []);
  return (
    <AnnounceContext value={announce}>
      {children}
      <div className="kern-sr-only" role="status" aria-live="polite">
        {/* A new node even for the same words: otherwise a repetition is not read. */}
        <span key={said.count}>{said.text}</span>
      </div>
    </AnnounceContext>
  );
}
