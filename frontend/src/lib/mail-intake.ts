// SPDX-License-Identifier: EUPL-1.2
/** Whether rooms can be invited by mail, and the address that stands for any of them. */
import type { Room } from "./api/types";

/** A whole address, or what stands before the @ in each domain of rooms; nothing where no mails are taken in. */
function anyRoom(): string | undefined {
  return document.querySelector<HTMLMetaElement>('meta[name="vconf-any-room"]')?.content;
}

export function takesMail(): boolean {
  return anyRoom() !== undefined;
}

/** `raum+30@raum.mv.example`, with as many seats as are named; null if there is none. */
export function anyRoomAddress(rooms: Pick<Room, "address">[], seats: number | null): string | null {
  const named = anyRoom();
  const domain = rooms[0]?.address.split("@")[1];
  const whole = named?.includes("@") ? named : named && domain ? `${named}@${domain}` : null;
  if (!whole) return null;
  const [local, host] = whole.split("@");
  return seats ? `${local}+${seats}@${host}` : whole;
}
