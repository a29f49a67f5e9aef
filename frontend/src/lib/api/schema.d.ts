// SPDX-License-Identifier: EUPL-1.2
// Written by `npm run api-types` from the OpenAPI schema; do not edit.

export interface paths {
    "/api/v1/approvals": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Requests that wait for the caller's decision, or that the caller decided
         * @description Requests that wait for the caller's decision, or that the caller decided.
         */
        get: operations["approvals_list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/approvals/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One request
         * @description While it waits, to all who decide about its room class; afterwards to who decided.
         */
        get: operations["approvals_show"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/approvals/{id}/decision": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Approve or decline
         * @description Approved dates are confirmed and the invitations go out. Declined ones are free at once, and the organiser is told the reason.
         */
        post: operations["approvals_decide"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/approvers/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Let somebody decide no longer
         * @description By who named them, or an admin of the class's authority. What they decided stays.
         */
        delete: operations["approvers_remove"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/approvers/delegates": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Who stands in for me, and for whom I stand in
         * @description Who stands in for me, and for whom I stand in.
         */
        get: operations["approvers_delegates_list"];
        put?: never;
        /**
         * Let somebody decide in my stead for a time
         * @description One row for each room class that the caller decides for.
         */
        post: operations["approvers_delegates_name"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/authorities": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The authorities the caller may see
         * @description The authorities the caller may see.
         */
        get: operations["authorities_list"];
        put?: never;
        /**
         * Add an authority below one that the caller administers
         * @description Add an authority below one that the caller administers.
         */
        post: operations["authorities_create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/authorities/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One authority
         * @description One authority.
         */
        get: operations["authorities_show"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Rename an authority
         * @description Rename an authority.
         */
        patch: operations["authorities_change"];
        trace?: never;
    };
    "/api/v1/authorities/{id}/quota": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Limits and use of one authority, as far ahead as can be booked
         * @description Limits and use of one authority, as far ahead as can be booked.
         */
        get: operations["quotas_show"];
        /**
         * Set the limits of an authority
         * @description Never refused for what is booked: `over_committed` lists where it exceeds the new limits.
         */
        put: operations["quotas_set"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/availability": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Which rooms are free, does it fit, and what else would?
         * @description Which rooms are free, does it fit, and what else would?.
         */
        get: operations["availability_show"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/availability/first": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * When are all of these people free, with a room and enough seats?
         * @description People are busy with what they organise or are invited to and have not declined. The answer names times only, not who is busy with what; nothing is reserved.
         */
        post: operations["availability_first"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/bookings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Bookings, the soonest first
         * @description By their next date; what is over comes last. Each row has the next three dates of the booking only (or its last, if all are over): `dates_count` says how many there are, `/bookings/{id}/occurrences` lists them.
         */
        get: operations["bookings_list"];
        put?: never;
        /**
         * Book a room, or any room for so many people
         * @description All dates or none, unless `partial` is set; then `refused` names those that could not be had, with substitutes. Link, PINs and seats are promised by this answer, and mails go out. Where the room class asks for approval the `status` is `pending`: seats are kept, and mails go out once it is approved. A deputy names the `organiser`, whose authority is charged and whose rooms can be booked.
         */
        post: operations["bookings_create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/bookings/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One booking
         * @description Authority admins and operators get `visibility: restricted`: what they may not see is null.
         */
        get: operations["bookings_show"];
        put?: never;
        post?: never;
        /**
         * Cancel a booking
         * @description All dates that are not over are given up; room and seats are free at once.
         */
        delete: operations["bookings_cancel"];
        options?: never;
        head?: never;
        /**
         * Change a booking
         * @description What is not named stays; what is named holds for all dates to come. Past dates are never changed, and dropped ones stay dropped. If the change does not fit, the old promise stands.
         */
        patch: operations["bookings_change"];
        trace?: never;
    };
    "/api/v1/bookings/{id}/answer": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Accept, decline, or accept tentatively
         * @description For who is invited, about themselves. An answer to all dates replaces those to single dates ahead. The booking keeps its version: what others are about to change goes on.
         */
        post: operations["bookings_answer"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/bookings/{id}/copy": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Book once more with the same title, people, description and seats
         * @description A single date with a link of its own; in the same room, unless another one is named.
         */
        post: operations["bookings_copy"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/bookings/{id}/history": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Who changed what, newest first
         * @description For those who see the booking in full.
         */
        get: operations["bookings_history"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/bookings/{id}/link": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Give a booking a new link and new PINs
         * @description The old link and PINs open nothing any more, also for parts of the series that were split off. Everybody invited gets mail. Who is in the meeting stays in it.
         */
        post: operations["bookings_renew_link"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/bookings/{id}/mails": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What became of the mails about a booking
         * @description For organiser and deputies: the organiser first, then who is or was invited.
         */
        get: operations["bookings_mails"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/bookings/{id}/occurrences": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * All dates of a booking
         * @description All dates of a booking.
         */
        get: operations["bookings_occurrences"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/bookings/{id}/proposals": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Other times that were proposed, newest first
         * @description All of them for the organiser, their own for who is invited.
         */
        get: operations["proposals_list"];
        put?: never;
        /**
         * Propose another time
         * @description For who is invited, about themselves. The organiser is told and takes it or declines; a second proposal for the same date replaces the first. It is no answer: whether they come as things are is said by that.
         */
        post: operations["proposals_make"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/bookings/{id}/recordings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The recordings of a booking
         * @description For organiser and deputies. A recording appears once its server lists it: that may take from minutes to a night after the meeting.
         */
        get: operations["bookings_recordings"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/bookings/{id}/restore": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Take a cancellation back
         * @description For some minutes (`restorable_until`), and if what was given up is still free; quota and capacity are asked for afresh. UID and link are the old ones, and everybody invited gets mail.
         */
        post: operations["bookings_restore"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/bookings/{id}/transfer": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Hand a booking over to another organiser
         * @description The old organiser stays invited. Who is charged stays if the new organiser is a member there, else it is their home; then dates that have begun stay behind and the answer is the booking that goes on.
         */
        post: operations["bookings_transfer"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/bookings/{id}/wish": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Try once more what was refused
         * @description A wish that came from a calendar or by mail and was refused is kept (`refusal`, `wish`). If it can be had by now, the booking is made or changed as wished; else everything stays as it is.
         */
        post: operations["bookings_try_again"];
        /**
         * Keep the dates that are held, and forget the change that was refused
         * @description They stand as before the change was tried. What was never booked is taken away by cancelling it.
         */
        delete: operations["bookings_keep"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/bookings/instant": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Start a meeting now
         * @description In any room that fits, for half an hour unless told otherwise. The link can be used at once.
         */
        post: operations["bookings_instant"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/bookings/preview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * What would a booking get?
         * @description Takes the body of a new booking and says, date for date, what would be refused and what could be had instead. Nothing is stored or reserved; a moment later somebody else may have been faster.
         */
        post: operations["bookings_preview"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/calendar-passwords": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * My passwords for calendar clients
         * @description My passwords for calendar clients.
         */
        get: operations["calendar_passwords_list"];
        put?: never;
        /**
         * Make a password for a calendar client
         * @description One for each device, so that a lost one is shut out alone.
         */
        post: operations["calendar_passwords_create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/calendar-passwords/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Revoke a password of a calendar client
         * @description At once: the client that has it is asked for another.
         */
        delete: operations["calendar_passwords_revoke"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/deputies": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Who stands in for me, and for whom I do
         * @description Who stands in for me, and for whom I do.
         */
        get: operations["deputies_list"];
        put?: never;
        /**
         * Name a deputy
         * @description They see and change the caller's bookings as the caller does, and book for the caller, until it is ended or has run out. Somebody who is named again gets the new end.
         */
        post: operations["deputies_create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/deputies/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * End a deputyship, from either side
         * @description At once: the bookings of the principal are no longer theirs to see, whoever made them.
         */
        delete: operations["deputies_end"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/feeds": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * My calendar addresses
         * @description My calendar addresses.
         */
        get: operations["feeds_list"];
        put?: never;
        /**
         * Make an address under which a calendar can be read
         * @description Of the caller's own bookings, or of a room. It shows what the caller may see at that moment, and is to be revoked when it became known to others.
         */
        post: operations["feeds_create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/feeds/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Revoke a calendar address
         * @description At once: programs that subscribed to it get nothing any more.
         */
        delete: operations["feeds_revoke"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/mails/set-aside": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Mails that were set aside
         * @description For operators, newest first.
         */
        get: operations["mails_set_aside"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/mails/set-aside/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Have done with a mail that was set aside
         * @description Its content is erased.
         */
        delete: operations["mails_discard"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/mails/set-aside/{id}/retry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Try a mail again that was set aside
         * @description It is handled at once, with all its tries.
         */
        post: operations["mails_retry"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Who am I, and what may I do?
         * @description Who am I, and what may I do?.
         */
        get: operations["me_show"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Choose my language
         * @description Choose my language.
         */
        patch: operations["me_change"];
        trace?: never;
    };
    "/api/v1/occurrences": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The dates between two instants, as far as the caller may see them
         * @description The dates between two instants, as far as the caller may see them.
         */
        get: operations["occurrences_list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/occurrences/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One date
         * @description One date.
         */
        get: operations["occurrences_show"];
        put?: never;
        post?: never;
        /**
         * Drop one date of a series, or it and all that follow
         * @description Room and seats are free at once. With its last date the booking is cancelled.
         */
        delete: operations["occurrences_cancel"];
        options?: never;
        head?: never;
        /**
         * Change one date of a series, or it and all that follow
         * @description `scope=this`: title, time, room and seats of this date. `scope=following`: the series ends before it and goes on, changed, as a booking of its own with the same link; the answer is that booking.
         */
        patch: operations["occurrences_change"];
        trace?: never;
    };
    "/api/v1/occurrences/{id}/end": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * End the meeting that runs, for everybody
         * @description For moderators. Room and seats are free at once.
         */
        post: operations["occurrences_end"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/occurrences/{id}/people": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Who is in the meeting that runs
         * @description For moderators. Servers that cannot remove anybody name nobody.
         */
        get: operations["occurrences_people"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/occurrences/{id}/people/remove": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Put one person out of the meeting that runs
         * @description For moderators. Nobody is banned: who still has the link may come back.
         */
        post: operations["occurrences_remove_person"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/occurrences/{id}/restore": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Take back that a date was dropped, or it and those dropped with it
         * @description As for a booking. If the whole booking was cancelled with the date, that is taken back.
         */
        post: operations["occurrences_restore"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/outbox": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What was given up, or is still to be delivered
         * @description For operators. Parked ones newest first, pending ones oldest first.
         */
        get: operations["outbox_list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/outbox/{id}/retry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Try again what was given up
         * @description It is due at once and has all its tries again.
         */
        post: operations["outbox_retry"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/outbox/retry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Try everything again that one reaction gave up
         * @description Try everything again that one reaction gave up.
         */
        post: operations["outbox_retry_reaction"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/outbox/summary": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How much is pending and parked, by reaction
         * @description How much is pending and parked, by reaction.
         */
        get: operations["outbox_summary"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/people": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Look up colleagues, 20 at most
         * @description Look up colleagues, 20 at most.
         */
        get: operations["people_search"];
        put?: never;
        /**
         * Open an account
         * @description Open an account.
         */
        post: operations["people_create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/people/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One account
         * @description One account.
         */
        get: operations["people_show"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Change an account
         * @description Change an account.
         */
        patch: operations["people_change"];
        trace?: never;
    };
    "/api/v1/people/{id}/memberships": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Set the roles a person has in the caller's subtree
         * @description Memberships outside the caller's subtree stay. One foreign authority, and nothing changes.
         */
        put: operations["people_set_memberships"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/pools": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The pools, for operators and authority admins
         * @description The pools, for operators and authority admins.
         */
        get: operations["pools_list"];
        put?: never;
        /**
         * Add a pool
         * @description Add a pool.
         */
        post: operations["pools_create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/pools/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One pool
         * @description One pool.
         */
        get: operations["pools_show"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Change a pool
         * @description Never refused for what is reserved in it: that stays, new bookings are refused.
         */
        patch: operations["pools_change"];
        trace?: never;
    };
    "/api/v1/proposals/{id}/decline": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Leave it at the time there is
         * @description Who proposed the other time is told.
         */
        post: operations["proposals_decline"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/proposals/{id}/take": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Move the booking, or its date, to the time that was proposed
         * @description A change like any other. If it is refused, everything stays as it is, and the proposal open.
         */
        post: operations["proposals_take"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/quotas": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Limits and use of every authority the caller administers, in the order of the tree
         * @description Peaks and over-committed intervals of the next 93 days.
         */
        get: operations["quotas_list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/recordings/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Delete a recording for good
         * @description It is gone once the server has confirmed that; then it is not found any more.
         */
        delete: operations["recordings_delete"];
        options?: never;
        head?: never;
        /**
         * Publish a recording, or withdraw it
         * @description `asked` tells what is under way until the server has confirmed it.
         */
        patch: operations["recordings_change"];
        trace?: never;
    };
    "/api/v1/room-classes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The room classes the caller may see
         * @description The room classes the caller may see.
         */
        get: operations["room_classes_list"];
        put?: never;
        /**
         * Add a room class
         * @description Add a room class.
         */
        post: operations["room_classes_create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/room-classes/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One room class
         * @description One room class.
         */
        get: operations["room_classes_show"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Change a room class
         * @description Bookings made keep their dates and buffers.
         */
        patch: operations["room_classes_change"];
        trace?: never;
    };
    "/api/v1/room-classes/{id}/approvers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Who decides about requests for rooms of this class
         * @description For admins of the class's authority, who decide as well and are not listed.
         */
        get: operations["room_class_approvers_list"];
        put?: never;
        /**
         * Let somebody decide about requests for rooms of this class
         * @description Named again, the new period counts.
         */
        post: operations["room_class_approvers_name"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/rooms": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The rooms the caller may see, by size, class, owner, name or free time
         * @description The rooms the caller may see, by size, class, owner, name or free time.
         */
        get: operations["rooms_list"];
        put?: never;
        /**
         * Open a room
         * @description Open a room.
         */
        post: operations["rooms_create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/rooms/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One room
         * @description One room.
         */
        get: operations["rooms_show"];
        put?: never;
        post?: never;
        /**
         * Take a room out of use
         * @description It stays for the bookings that name it, and can be taken into use again (`is_active`).
         */
        delete: operations["rooms_retire"];
        options?: never;
        head?: never;
        /**
         * Change a room
         * @description Bookings made keep seats and pool.
         */
        patch: operations["rooms_change"];
        trace?: never;
    };
    "/api/v1/rooms/{id}/occurrences": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The dates of one room
         * @description The dates of one room.
         */
        get: operations["rooms_occurrences"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/servers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * All conference servers
         * @description All conference servers.
         */
        get: operations["servers_list"];
        put?: never;
        /**
         * Register a conference server
         * @description The server is asked first; one that does not answer, or does not accept the secret, is added with `?unchecked=true` only. It carries meetings at once.
         */
        post: operations["servers_create"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/servers/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One server
         * @description One server.
         */
        get: operations["servers_show"];
        put?: never;
        post?: never;
        /**
         * Forget a server that was never used
         * @description Forget a server that was never used.
         */
        delete: operations["servers_remove"];
        options?: never;
        head?: never;
        /**
         * Change a server, its capacity or its state
         * @description Never refused for what is reserved on it: that stays, new bookings go elsewhere. Draining one moves the planned dates to other servers as far as they fit (`GET /servers/{id}/drain` tells beforehand).
         */
        patch: operations["servers_change"];
        trace?: never;
    };
    "/api/v1/servers/{id}/check": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Ask the server whether it answers and accepts our secret
         * @description Ask the server whether it answers and accepts our secret.
         */
        post: operations["servers_check"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/servers/{id}/drain": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What draining a server would mean; nothing is changed
         * @description `PATCH /servers/{id}` with `{state: draining}` does it, `{state: enabled}` takes it back.
         */
        get: operations["servers_drain"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/servers/{id}/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What happened to a server in the last 90 days, the latest first
         * @description What happened to a server in the last 90 days, the latest first.
         */
        get: operations["servers_events"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/servers/{id}/meetings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The meetings that run on a server, the latest first
         * @description The meetings that run on a server, the latest first.
         */
        get: operations["servers_meetings"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/servers/check": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Ask a server that is not registered yet; nothing is saved
         * @description Ask a server that is not registered yet; nothing is saved.
         */
        post: operations["servers_check_new"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/session": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Whose session is this?
         * @description Always sets the cookie `csrftoken`.
         */
        get: operations["session_show"];
        put?: never;
        /**
         * Sign in
         * @description Sign in.
         */
        post: operations["session_sign_in"];
        /**
         * Sign out
         * @description Sign out.
         */
        delete: operations["session_sign_out"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /**
         * @description * `end` - end
         *     * `kick` - kick
         *     * `limit` - limit
         *     * `load` - load
         *     * `lobby` - lobby
         *     * `moderators` - moderators
         *     * `recording` - recording
         *     * `reservations` - reservations
         *     * `webhooks` - webhooks
         * @enum {string}
         */
        Ability: "end" | "kick" | "limit" | "load" | "lobby" | "moderators" | "recording" | "reservations" | "webhooks";
        /** @description All mails to one address. */
        AddressMails: {
            /** Format: email */
            email: string;
            is_organiser: boolean;
            /**
             * @description of the newest; not_mailed: the room's class, or the organiser's own calendar, sends none from here
             *
             *     * `sent` - sent
             *     * `waiting` - waiting
             *     * `failed` - failed
             *     * `bounced` - bounced
             *     * `not_mailed` - not_mailed
             */
            delivery: components["schemas"]["DeliveryOfMails"];
            detail: string;
            /** @description newest first, at most 50 */
            mails: components["schemas"]["Mail"][];
        };
        /** @description A way out: what is absent stays as asked. */
        Alternative: {
            /** Format: date-time */
            starts_at?: string;
            /** Format: date-time */
            ends_at?: string;
            room?: components["schemas"]["OfferedRoom"];
            seats?: number;
        };
        /** @description Refuses what it does not list. Also the base of the shapes of answers, which list every field as well. */
        Answer: {
            partstat: components["schemas"]["AnswerPartStat"];
            /**
             * Format: uuid
             * @description one date of the booking; all dates to come, if absent
             */
            occurrence?: string | null;
            /**
             * @description for the organiser
             * @default
             */
            comment?: string;
        };
        /**
         * @description * `ACCEPTED` - zugesagt
         *     * `DECLINED` - abgelehnt
         *     * `TENTATIVE` - mit Vorbehalt
         * @enum {string}
         */
        AnswerPartStat: "ACCEPTED" | "DECLINED" | "TENTATIVE";
        /** @description How a request for approval stands. */
        Approval: {
            /** Format: uuid */
            id: string;
            state: components["schemas"]["ApprovalState"];
            /** Format: date-time */
            asked_at: string;
            /**
             * Format: date-time
             * @description undecided then, the dates are free again
             */
            lapses_at: string;
            /** Format: date-time */
            decided_at: string | null;
            reason: string;
            decided_by: components["schemas"]["Named"] | null;
            /** @description nobody decides about a booking of their own */
            may_decide: boolean;
            room_class: components["schemas"]["Named"];
            booking: components["schemas"]["RequestedBooking"];
        };
        /**
         * @description * `approve` - approve
         *     * `decline` - decline
         * @enum {string}
         */
        ApprovalDecision: "approve" | "decline";
        /** @description Refuses what it does not list. Also the base of the shapes of answers, which list every field as well. */
        ApprovalPage: {
            count: number;
            /** Format: uri */
            next: string | null;
            /** Format: uri */
            previous: string | null;
            results: components["schemas"]["Approval"][];
        };
        /** @description How a request for approval stands. */
        ApprovalShown: {
            /** Format: uuid */
            id: string;
            state: components["schemas"]["ApprovalState"];
            /** Format: date-time */
            asked_at: string;
            /**
             * Format: date-time
             * @description undecided then, the dates are free again
             */
            lapses_at: string;
            /** Format: date-time */
            decided_at: string | null;
            reason: string;
        };
        /**
         * @description * `asked` - wartet auf Entscheidung
         *     * `approved` - genehmigt
         *     * `declined` - abgelehnt
         *     * `lapsed` - verfallen
         *     * `withdrawn` - zurückgezogen
         * @enum {string}
         */
        ApprovalState: "asked" | "approved" | "declined" | "lapsed" | "withdrawn";
        /** @description Somebody who decides about requests for rooms of a class. */
        Approver: {
            /** Format: uuid */
            id: string;
            room_class: components["schemas"]["Named"];
            person: components["schemas"]["PersonRef"];
            /** @description null: decides in their own name */
            stands_in_for: components["schemas"]["Named"] | null;
            /** Format: date-time */
            valid_from: string | null;
            /** Format: date-time */
            valid_until: string | null;
        };
        /** @description Refuses what it does not list. Also the base of the shapes of answers, which list every field as well. */
        ApproverPage: {
            count: number;
            /** Format: uri */
            next: string | null;
            /** Format: uri */
            previous: string | null;
            results: components["schemas"]["Approver"][];
        };
        /** @description Refuses what it does not list. Also the base of the shapes of answers, which list every field as well. */
        Attendee: {
            /** Format: email */
            email: string;
            name: string;
            role: components["schemas"]["AttendeeRole"];
            /**
             * @description the answer to all dates that are not named in `answers`
             *
             *     * `NEEDS-ACTION` - noch keine Antwort
             *     * `ACCEPTED` - zugesagt
             *     * `DECLINED` - abgelehnt
             *     * `TENTATIVE` - mit Vorbehalt
             */
            partstat: components["schemas"]["PartStat"];
            /** @description to single dates, where they differ; in the answers about one booking only */
            answers: components["schemas"]["SingleAnswer"][];
            /** @description what they said with their last answer; for the organiser and themselves */
            comment: string | null;
            /** @description why mail to them came back (RFC 3463, such as 5.1.1), for the organiser; null: none did */
            undeliverable: string | null;
            is_me: boolean;
        };
        /**
         * @description * `REQ-PARTICIPANT` - erforderlich
         *     * `OPT-PARTICIPANT` - optional
         *     * `CHAIR` - Mitveranstaltung
         * @enum {string}
         */
        AttendeeRole: "REQ-PARTICIPANT" | "OPT-PARTICIPANT" | "CHAIR";
        /** @description Refuses what it does not list. Also the base of the shapes of answers, which list every field as well. */
        Authority: {
            /** Format: uuid */
            id: string;
            name: string;
            short_name: string;
            /** @description mail domain of its people */
            domain: string;
            /** Format: uuid */
            parent: string | null;
            /** @description from the root to itself */
            path: components["schemas"]["PathStep"][];
            children_count: number;
        };
        /** @description Refuses what it does not list. Also the base of the shapes of answers, which list every field as well. */
        AuthorityChange: {
            name?: string;
            short_name?: string;
            domain?: string;
        };
        /** @description Refuses what it does not list. Also the base of the shapes of answers, which list every field as well. */
        AuthorityPage: {
            count: number;
            /** Format: uri */
            next: string | null;
            /** Format: uri */
            previous: string | null;
            results: components["schemas"]["Authority"][];
        };
        /** @description An authority that is mentioned. */
        AuthorityRef: {
            /** Format: uuid */
            id: string;
            name: string;
            short_name: string;
        };
        /** @description Refuses what it does not list. Also the base of the shapes of answers, which list every field as well. */
        Availability: {
            /** Format: date-time */
            starts_at: string;
            /** Format: date-time */
            ends_at: string;
            seats: number;
            capacity: components["schemas"]["Capacity"];
            rooms: components["schemas"]["FreeRoom"][];
            suggestion: components["schemas"]["Suggestion"];
            alternatives: components["schemas"]["Alternative"][];
        };
        /** @description What one reaction has still to deliver, and what was given up. */
        Backlog: {
            reaction: string;
            pending: number;
            parked: number;
            /** Format: date-time */
            oldest_pending_at: string | null;
            /** Format: date-time */
            oldest_parked_at: string | null;
        };
        /** @description Refuses what it does not list. Also the base of the shapes of answers, which list every field as well. */
        BookedBy: {
            name: string;
        };
        /** @description A booking. With `visibility: restricted` all that is not the caller's to see is null or empty. */
        Booking: {
            /** Format: uuid */
            id: string;
            visibility: components["schemas"]["Sight"];
            uid: string;
            /** @description as in the ETag */
            version: number;
            sequence: number;
            status: components["schemas"]["BookingStatus"];
            title: string | null;
            description: string | null;
            /**
             * Format: date-time
             * @description of the first date
             */
            starts_at: string;
            /**
             * Format: date-time
             * @description of the first date
             */
            ends_at: string;
            timezone: string;
            /** @description empty for a single date */
            rrule: string;
            /** @description wall times */
            rdate: string[];
            /** @description wall times */
            exdate: string[];
            /** @description the rule in words, in the language of the request */
            rule_text: string;
            /**
             * Format: date-time
             * @description start of the last date, where a rule without end was cut at the horizon
             */
            promised_until: string | null;
            room: components["schemas"]["RoomRef"];
            /** @description reserved for each date */
            seats: number;
            organiser: components["schemas"]["BookingOrganiser"] | null;
            /** @description who made it for the organiser; null: nobody else */
            booked_by: components["schemas"]["PersonRef"] | null;
            /** @description who is charged */
            authority: components["schemas"]["AuthorityRef"] | null;
            attendees: components["schemas"]["Attendee"][];
            /** Format: uri */
            join_url: string | null;
            pin: string | null;
            /** @description for moderators only */
            moderator_pin: string | null;
            /** @description all dates; in lists the next three, or the last one */
            occurrences: components["schemas"]["Date"][];
            /** @description of all dates, cancelled and refused ones included */
            dates_count: number;
            /**
             * Format: date-time
             * @description start of the one that runs or comes next
             */
            next_date: string | null;
            /** @description in the answers about one booking only */
            refused: components["schemas"]["RefusedDate"][];
            /** @description the newest request for approval */
            approval: components["schemas"]["ApprovalShown"] | null;
            /** @description why it was not booked, or not changed as wished, at a door that keeps wishes */
            refusal: components["schemas"]["Refusal"] | null;
            /** @description what was wished and refused */
            wish: components["schemas"]["Wish"] | null;
            permissions: components["schemas"]["BookingPermissions"];
            /**
             * Format: date-time
             * @description until when the caller can take the cancellation back
             */
            restorable_until: string | null;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            changed_at: string;
            /** @description the door it came through */
            source: string;
            language: components["schemas"]["Language"];
            /** @description how long before each date people are reminded by mail; null: they are not */
            remind_minutes: number | null;
        };
        /** @description What both a new booking and a change can say. */
        BookingChange: {
            description?: string;
            /**
             * Format: date-time
             * @description or `duration`
             */
            ends_at?: string;
            /** @description ISO 8601 (`PT1H30M`) or minutes. */
            duration?: string | number;
            /**
             * @description zone of times without offset, and of the booking
             * @example Europe/Berlin
             */
            timezone?: string;
            /** @description expected; null or absent: worked out from the people */
            seats?: number | null;
            attendees?: components["schemas"]["Invitee"][];
            /**
             * @description of mails to people without an account
             *
             *     * `de` - Deutsch
             *     * `en` - English
             */
            language?: components["schemas"]["Language"];
            /** @description how long before each date organiser and attendees are reminded by mail; null: they are not */
            remind_minutes?: number | null;
            /** @description value of an RRULE (RFC 5545) with at most one date a day; without an end, as far as the horizon */
            rrule?: string;
            /** @description starts of further dates */
            rdate?: string[];
            /** @description starts of dates left out */
            exdate?: string[];
            title?: string;
            /**
             * Format: date-time
             * @description ISO 8601. With an offset it is an instant, without one the wall time in `timezone`.
             */
            starts_at?: string;
            /** Format: uuid */
            room?: string;
        };
        /** @description A person that is mentioned. */
        BookingOrganiser: {
            /** Format: uuid */
            id: string;
            name: string;
            /** Format: email */
            email: string;
            /** @description the one that is charged */
            authority: components["schemas"]["AuthorityRef"];
        };
        /** @description Refuses what it does not list. Also the base of the shapes of answers, which list every field as well. */
        BookingPage: {
            count: number;
            /** Format: uri */
            next: string | null;
            /** Format: uri */
            previous: string | null;
            results: components["schemas"]["Booking"][];
        };
        /** @description What the caller can do with it now. */
        BookingPermissions: {
            change: boolean;
            cancel: boolean;
            moderate: boolean;
            /** @description is invited, and something is still ahead */
            answer: boolean;
        };
        /**
         * @description * `confirmed` - confirmed
         *     * `pending` - pending
         *     * `partly` - partly
         *     * `refused` - refused
         *     * `cancelled` - cancelled
         * @enum {string}
         */
        BookingStatus: "confirmed" | "pending" | "partly" | "refused" | "cancelled";
        /** @description Good for calendars only: neither for the pages nor for this API. */
        CalendarPassword: {
            /** Format: uuid */
            id: string;
            label: string;
            /** Format: date-time */
            created_at: string;
            /**
             * Format: date-time
             * @description to the nearest ten minutes
             */
            last_used_at: string | null;
        };
        /** @description Where the server calls vconf: secret, as whoever knows them may call. Null where its kind calls nothing. */
        CallbackUrls: {
            /** @description webhooks; vconf registers them itself if it can */
            events: string | null;
            /** @description the call at the end of a meeting */
            ended: string | null;
            /** @description Prosody's `reservations_api_prefix` */
            reservations: string | null;
        };
        /** @description Whether it can be booked as asked; if not, why, in the words of a refusal. */
        Capacity: {
            ok: boolean;
            /** @description the largest meeting that would still fit then */
            free_seats: number;
            code?: string;
            detail?: string;
            /** Format: double */
            limit?: number;
            /** Format: double */
            in_use?: number;
            /** Format: double */
            asked?: number;
            unit?: string;
        };
        /** @description Refuses what it does not list. Also the base of the shapes of answers, which list every field as well. */
        ChangedField: {
            field: string;
            before: string;
            after: string;
        };
        /**
         * @description * `sha1` - sha1
         *     * `sha256` - sha256
         *     * `sha384` - sha384
         *     * `sha512` - sha512
         * @enum {string}
         */
        ChecksumAlgorithm: "sha1" | "sha256" | "sha384" | "sha512";
        /** @description A date that cannot be had. */
        Clash: {
            /** Format: date-time */
            starts_at: string;
            /** Format: date-time */
            ends_at: string;
            code: string;
        };
        /** @description Somebody who can be invited. */
        Colleague: {
            /** Format: uuid */
            id: string;
            name: string;
            /** Format: email */
            email: string;
            authority: components["schemas"]["AuthorityRef"] | null;
        };
        /** @description Refuses what it does not list. Also the base of the shapes of answers, which list every field as well. */
        Copy: {
            /**
             * Format: date-time
             * @description ISO 8601. With an offset it is an instant, without one the wall time in `timezone`.
             */
            starts_at: string;
            /**
             * Format: date-time
             * @description or `duration`; as long as the original, if both are absent
             */
            ends_at?: string;
            /** @description ISO 8601 (`PT1H30M`) or minutes. */
            duration?: string | number;
            /**
             * @description the original's, if absent
             * @example Europe/Berlin
             */
            timezone?: string;
            /**
             * Format: uuid
             * @description the original's, if absent
             */
            room?: string;
            title?: string;
        };
        /** @description One date of a booking. */
        Date: {
            /** Format: uuid */
            id: string;
            /** @description its original wall time */
            recurrence_id: string;
            /** @description of this date alone; null: the booking's */
            title: string | null;
            /** Format: date-time */
            starts_at: string;
            /** Format: date-time */
            ends_at: string;
            state: components["schemas"]["OccurrenceState"];
            seats: number;
            room: components["schemas"]["Named"];
            /**
             * Format: date-time
             * @description a change of it was refused: when it is given up unless somebody decides
             */
            held_until: string | null;
            /**
             * Format: date-time
             * @description until when the caller can take back that it was dropped
             */
            restorable_until: string | null;
        };
        /** @description Refuses what it does not list. Also the base of the shapes of answers, which list every field as well. */
        Decision: {
            decision: components["schemas"]["ApprovalDecision"];
            /**
             * @description needed to decline; the organiser is told
             * @default
             */
            reason?: string;
        };
        /** @description One reaction to one fact for one recipient. */
        Delivery: {
            id: number;
            /** @description what happened */
            fact: string;
            /** @description what is to be done about it */
            reaction: string;
            /** @description `…@domain` of an address, the id of a meeting; empty if there is only one */
            recipient: string;
            state: components["schemas"]["OpenDeliveryState"];
            attempts: number;
            /** @description without addresses; empty if it was not tried yet */
            last_error: string;
            /**
             * Format: date-time
             * @description when it happened
             */
            recorded_at: string;
            /**
             * Format: date-time
             * @description of pending ones: when it is tried again
             */
            due_at: string;
        };
        /**
         * @description * `sent` - sent
         *     * `waiting` - waiting
         *     * `failed` - failed
         *     * `bounced` - bounced
         *     * `not_mailed` - not_mailed
         * @enum {string}
         */
        DeliveryOfMails: "sent" | "waiting" | "failed" | "bounced" | "not_mailed";
        /** @description Refuses what it does not list. Also the base of the shapes of answers, which list every field as well. */
        DeliveryPage: {
            count: number;
            /** Format: uri */
            next: string | null;
            /** Format: uri */
            previous: string | null;
            results: components["schemas"]["Delivery"][];
        };
        /** @description A deputy books, changes and sees for the principal, who alone names them; either side ends it. */
        Deputy: {
            /** Format: uuid */
            id: string;
            principal: components["schemas"]["PersonRef"];
            deputy: components["schemas"]["PersonRef"];
            /** Format: date-time */
            valid_until: string | null;
            /**
             * @description what the caller is in it
             *
             *     * `principal` - principal
             *     * `deputy` - deputy
             */
            mine: components["schemas"]["DeputySide"];
        };
        /** @description Refuses what it does not list. Also the base of the shapes of answers, which list every field as well. */
        DeputyPage: {
            count: number;
            /** Format: uri */
            next: string | null;
            /** Format: uri */
            previous: string | null;
            results: components["schemas"]["Deputy"][];
        };
        /**
         * @description * `principal` - principal
         *     * `deputy` - deputy
         * @enum {string}
         */
        DeputySide: "principal" | "deputy";
        /** @description What draining a server would mean now. */
        DrainPlan: {
            /** @description meetings that run on it, and end there */
            live: number;
            /** @description planned dates that are promised on other servers at once */
            moves: number;
            /** @description planned dates that fit nowhere else; they stay here */
            stays: components["schemas"]["StayingDate"][];
            /** @description how many there are; the first hundred are listed */
            stays_count: number;
            /**
             * Format: date-time
             * @description when the last of it is over; null: it is empty
             */
            empty_at: string | null;
        };
        /** @description Whoever has one of the addresses can read the calendar: they are secrets. */
        Feed: {
            /** Format: uuid */
            id: string;
            /** @description null: the caller's own bookings */
            room: components["schemas"]["FeedRoom"] | null;
            detail: components["schemas"]["FeedDetail"];
            label: string;
            /** Format: date-time */
            created_at: string;
            /**
             * Format: date-time
             * @description to the nearest ten minutes
             */
            last_used_at: string | null;
            /** @description iCalendar, to subscribe to */
            calendar_url: string;
            /** @description the same, for programs that open such addresses */
            webcal_url: string;
            /** @description VFREEBUSY, for Exchange and others */
            free_busy_url: string;
            /** @description JSON for the display at a door; rooms only */
            display_url: string | null;
        };
        /**
         * @description * `busy` - nur belegte Zeiten
         *     * `full` - Titel und Links, soweit die Person sie sieht, der die Adresse gehört
         * @enum {string}
         */
        FeedDetail: "busy" | "full";
        /** @description Refuses what it does not list. Also the base of the shapes of answers, which list every field as well. */
        FeedRoom: {
            /** Format: uuid */
            id: string;
            name: string;
        };
        /** @description Something unsafe or missing on a server. */
        Finding: {
            code: string;
            /** @description what is the matter */
            detail: string;
            /** @description what to do about it */
            advice: string;
        };
        /** @description Refuses what it does not list. Also the base of the shapes of answers, which list every field as well. */
        FreeRoom: {
            /** Format: uuid */
            id: string;
            name: string;
            seats: number;
            room_class: components["schemas"]["Named"];
            authority: components["schemas"]["AuthorityRef"];
            /** @default true */
            readonly free: boolean;
        };
        /** @description Good for calendars only: neither for the pages nor for this API. */
        FreshCalendarPassword: {
            /** Format: uuid */
            id: string;
            label: string;
            /** Format: date-time */
            created_at: string;
            /**
             * Format: date-time
             * @description to the nearest ten minutes
             */
            last_used_at: string | null;
            /** @description shown this once and kept nowhere */
            password: string;
            /** @description to sign in with: the primary address */
            user_name: string;
            /** @description most clients find everything else from here */
            server_url: string;
        };
        /** @description One thing that somebody did. Texts are as they were then; times are wall times with their zone. */
        History: {
            /** Format: date-time */
            at: string;
            /** @description of the booking afterwards */
            version: number;
            action: string;
            /** @description the door it came through */
            source: string;
            /** @description null: vconf itself */
            person: components["schemas"]["Name"] | null;
            changes: components["schemas"]["ChangedField"][];
        };
        /** @description Refuses what it does not list. Also the base of the shapes of answers, which list every field as well. */
        HistoryPage: {
            count: number;
            /** Format: uri */
            next: string | null;
            /** Format: uri */
            previous: string | null;
            results: components["schemas"]["History"][];
        };
        /**
         * @description * `raw-body` - raw-body
         *     * `json-body` - json-body
         *     * `bearer` - bearer
         *     * `url-only` - url-only
         * @enum {string}
         */
        HookSignature: "raw-body" | "json-body" | "bearer" | "url-only";
        /** @description Refuses what it does not list. Also the base of the shapes of answers, which list every field as well. */
        Instant: {
            title?: string;
            /** @description half an hour, if absent */
            duration?: string | number;
            seats?: number | null;
            /**
             * Format: uuid
             * @description or any that fits
             */
            room?: string | null;
            attendees?: components["schemas"]["Invitee"][];
        };
        /** @description Somebody to invite. CHAIR is a co-host: a moderator after signing in. */
        Invitee: {
            /** Format: email */
            email: string;
            /** @default  */
            name?: string;
            /** @default REQ-PARTICIPANT */
            role?: components["schemas"]["AttendeeRole"];
        };
        /**
         * @description * `de` - Deutsch
         *     * `en` - English
         * @enum {string}
         */
        Language: "de" | "en";
        /** @description Refuses what it does not list. Also the base of the shapes of answers, which list every field as well. */
        Limits: {
            concurrent_seats: number | null;
            concurrent_meetings: number | null;
            seat_hours_per_month: number | null;
        };
        /** @description Refuses what it does not list. Also the base of the shapes of answers, which list every field as well. */
        Mail: {
            /**
             * @description REQUEST invites or tells what changed, CANCEL ends that, PUBLISH confirms to the organiser, DECLINECOUNTER declines another time that was proposed, NOTICE tells of a decision or refusal, WAYIN has link and PIN, REMIND reminds
             *
             *     * `REQUEST` - REQUEST
             *     * `CANCEL` - CANCEL
             *     * `PUBLISH` - PUBLISH
             *     * `DECLINECOUNTER` - DECLINECOUNTER
             *     * `NOTICE` - NOTICE
             *     * `REMIND` - REMIND
             *     * `WAYIN` - WAYIN
             */
            method: components["schemas"]["MailMethod"];
            sequence: number;
            state: components["schemas"]["DeliveryOfMails"];
            /**
             * Format: date-time
             * @description when it was sent or came back, else when it was last tried
             */
            at: string;
            /** @description what a mail server said, if it did */
            detail: string;
        };
        /**
         * @description * `lmtp` - Lmtp
         *     * `smtp` - Smtp
         *     * `imap` - Imap
         * @enum {string}
         */
        MailChannel: "lmtp" | "smtp" | "imap";
        /**
         * @description * `REQUEST` - REQUEST
         *     * `CANCEL` - CANCEL
         *     * `PUBLISH` - PUBLISH
         *     * `DECLINECOUNTER` - DECLINECOUNTER
         *     * `NOTICE` - NOTICE
         *     * `REMIND` - REMIND
         *     * `WAYIN` - WAYIN
         * @enum {string}
         */
        MailMethod: "REQUEST" | "CANCEL" | "PUBLISH" | "DECLINECOUNTER" | "NOTICE" | "REMIND" | "WAYIN";
        /** @description Refuses what it does not list. Also the base of the shapes of answers, which list every field as well. */
        Me: {
            /** Format: uuid */
            id: string;
            name: string;
            /** Format: email */
            email: string;
            language: components["schemas"]["Language"];
            /** @description the home: charged unless told otherwise */
            authority: components["schemas"]["AuthorityRef"] | null;
            memberships: components["schemas"]["Membership"][];
            roles: components["schemas"]["Role"][];
            permissions: components["schemas"]["Permissions"];
            /** @description requests that wait for the caller's decision */
            approvals_waiting: number;
            /** @description for the header X-CSRFToken of changes made with a session */
            csrf_token: string;
        };
        /** @description Refuses what it does not list. Also the base of the shapes of answers, which list every field as well. */
        Membership: {
            authority: components["schemas"]["AuthorityRef"];
            roles: components["schemas"]["Role"][];
        };
        /** @description Refuses what it does not list. Also the base of the shapes of answers, which list every field as well. */
        MembershipWish: {
            /** Format: uuid */
            authority: string;
            roles: components["schemas"]["Role"][];
            /**
             * @description charged unless told otherwise
             * @default false
             */
            is_home?: boolean;
        };
        /** @description Refuses what it does not list. Also the base of the shapes of answers, which list every field as well. */
        Memberships: {
            memberships: components["schemas"]["MembershipWish"][];
        };
        /** @description Refuses what it does not list. Also the base of the shapes of answers, which list every field as well. */
        MyChange: {
            language: components["schemas"]["Language"];
        };
        /** @description Refuses what it does not list. Also the base of the shapes of answers, which list every field as well. */
        Name: {
            name: string;
        };
        /** @description Something that is mentioned: its id and what it is called. */
        Named: {
            /** Format: uuid */
            id: string;
            name: string;
        };
        /** @description Refuses what it does not list. Also the base of the shapes of answers, which list every field as well. */
        NewApprover: {
            /**
             * Format: email
             * @description an address of somebody with an account
             */
            email: string;
            /**
             * Format: date-time
             * @description with offset; at once, if absent
             */
            valid_from?: string | null;
            /**
             * Format: date-time
             * @description with offset; for good, if absent
             */
            valid_until?: string | null;
        };
        /** @description Refuses what it does not list. Also the base of the shapes of answers, which list every field as well. */
        NewAuthority: {
            name: string;
            short_name: string;
            /**
             * Format: uuid
             * @description the authority above
             */
            parent: string;
            /** @default  */
            domain?: string;
        };
        /** @description What both a new booking and a change can say. */
        NewBooking: {
            description?: string;
            /**
             * Format: date-time
             * @description or `duration`
             */
            ends_at?: string;
            /** @description ISO 8601 (`PT1H30M`) or minutes. */
            duration?: string | number;
            /**
             * @description zone of times without offset, and of the booking
             * @example Europe/Berlin
             */
            timezone?: string;
            /** @description expected; null or absent: worked out from the people */
            seats?: number | null;
            attendees?: components["schemas"]["Invitee"][];
            /**
             * @description of mails to people without an account
             *
             *     * `de` - Deutsch
             *     * `en` - English
             */
            language?: components["schemas"]["Language"];
            /** @description how long before each date organiser and attendees are reminded by mail; null: they are not */
            remind_minutes?: number | null;
            /** @description value of an RRULE (RFC 5545) with at most one date a day; without an end, as far as the horizon */
            rrule?: string;
            /** @description starts of further dates */
            rdate?: string[];
            /** @description starts of dates left out */
            exdate?: string[];
            title: string;
            /**
             * Format: date-time
             * @description ISO 8601. With an offset it is an instant, without one the wall time in `timezone`.
             */
            starts_at: string;
            /**
             * Format: uuid
             * @description or any that fits `seats`
             */
            room?: string | null;
            /**
             * Format: uuid
             * @description of the room to be found
             */
            room_class?: string | null;
            /**
             * Format: uuid
             * @description who is charged; the caller's home, if absent
             */
            authority?: string | null;
            /**
             * Format: email
             * @description whom the caller stands in for; the caller, if absent
             */
            organiser?: string;
            /**
             * @description take the dates that can be had; `refused` names the others
             * @default false
             */
            partial?: boolean;
        };
        /** @description Refuses what it does not list. Also the base of the shapes of answers, which list every field as well. */
        NewCalendarPassword: {
            /** @description to tell devices apart, such as `Phone` */
            label?: string;
        };
        /** @description Refuses what it does not list. Also the base of the shapes of answers, which list every field as well. */
        NewDelegate: {
            /**
             * Format: email
             * @description an address of somebody with an account
             */
            email: string;
            /**
             * Format: date-time
             * @description with offset; at once, if absent
             */
            valid_from?: string | null;
            /**
             * Format: date-time
             * @description with offset
             */
            valid_until: string;
        };
        /** @description Refuses what it does not list. Also the base of the shapes of answers, which list every field as well. */
        NewDeputy: {
            /**
             * Format: email
             * @description of somebody with an account
             */
            email: string;
            /**
             * Format: date-time
             * @description with offset; absent: until ended
             */
            valid_until?: string | null;
        };
        /** @description Refuses what it does not list. Also the base of the shapes of answers, which list every field as well. */
        NewFeed: {
            /** Format: uuid */
            room?: string | null;
            /** @default busy */
            detail?: components["schemas"]["FeedDetail"];
            label?: string;
        };
        /** @description The limits as a whole: null or absent is no limit. */
        NewLimits: {
            concurrent_seats?: number | null;
            concurrent_meetings?: number | null;
            seat_hours_per_month?: number | null;
        };
        /** @description Refuses what it does not list. Also the base of the shapes of answers, which list every field as well. */
        NewOrganiser: {
            /**
             * Format: email
             * @description of somebody with an account who may book the room
             */
            email: string;
        };
        /** @description Refuses what it does not list. Also the base of the shapes of answers, which list every field as well. */
        NewPerson: {
            name: string;
            /** Format: email */
            email: string;
            /** Format: uuid */
            authority: string;
            /** @default staff */
            role?: components["schemas"]["Role"];
            /** @default de */
            language?: components["schemas"]["Language"];
            /** @description without it nobody can sign in to it */
            password?: string;
        };
        /** @description Refuses what it does not list. Also the base of the shapes of answers, which list every field as well. */
        NewPool: {
            name: string;
            /** @default false */
            n_plus_one?: boolean;
            /** Format: uuid */
            fallback?: string | null;
        };
        /** @description Refuses what it does not list. Also the base of the shapes of answers, which list every field as well. */
        NewProposal: {
            /**
             * Format: uuid
             * @description one date of a series; if absent all of them, and the time is that of the first
             */
            occurrence?: string | null;
            /**
             * Format: date-time
             * @description ISO 8601. With an offset it is an instant, without one the wall time in `timezone`.
             */
            starts_at: string;
            /**
             * Format: date-time
             * @description or `duration`
             */
            ends_at?: string;
            /** @description ISO 8601 (`PT1H30M`) or minutes. */
            duration?: string | number;
            /**
             * @description for the organiser
             * @default
             */
            comment?: string;
        };
        /** @description Refuses what it does not list. Also the base of the shapes of answers, which list every field as well. */
        NewRoom: {
            name: string;
            /** Format: email */
            address: string;
            seats: number;
            /** Format: uuid */
            pool: string;
            /** Format: uuid */
            room_class: string;
            /**
             * Format: uuid
             * @description the owner
             */
            authority: string;
            /**
             * @description every authority may see and book it
             * @default false
             */
            open_to_all?: boolean;
        };
        /** @description Refuses what it does not list. Also the base of the shapes of answers, which list every field as well. */
        NewRoomClass: {
            name: string;
            /** Format: uuid */
            authority: string;
            /**
             * @description `name: {value, enforced}`, or `name: value`. The settings there are:
             *
             *     - `open_minutes_before` (int, 15)
             *     - `opening` (join | clock, 'join')
             *     - `default_seats` (int, 10)
             *     - `buffer_before_minutes` (int, 0)
             *     - `buffer_after_minutes` (int, 0)
             *     - `max_length_minutes` (int, 1440)
             *     - `notice_minutes` (int, 0)
             *     - `ask_pin` (bool, False)
             *     - `lobby` (bool, False)
             *     - `recording` (bool, False)
             *     - `recording_consent` (str, '')
             *     - `muted_on_start` (bool, True)
             *     - `cameras_off` (bool, False)
             *     - `mail_outside` (bool, True)
             *     - `overrun_minutes` (int, 60)
             *     - `horizon_days` (int, 0)
             *     - `bookable_from` (str, '')
             *     - `bookable_until` (str, '')
             *     - `bookable_days` (str, 'MO,TU,WE,TH,FR,SA,SU')
             *     - `closed_days` (str, '')
             *     - `closed_on_holidays` (bool, False)
             *     - `who_may_book` (visible | authority | admins | named, 'visible')
             *     - `bookers` (str, '')
             *     - `series_allowed` (bool, True)
             *     - `partial_allowed` (bool, True)
             *     - `partial_unasked` (bool, False)
             *     - `partial_share_percent` (int, 0)
             *     - `partial_most_refused` (int, 5000)
             *     - `approval` (never | always | foreign, 'never')
             *     - `approval_over_seats` (int, 0)
             *     - `approval_hours` (int, 72)
             *
             *     Lists (days, addresses) are given as a list or as one text with commas, and answered as text.
             */
            settings?: {
                [key: string]: unknown;
            };
        };
        /** @description Refuses what it does not list. Also the base of the shapes of answers, which list every field as well. */
        NewServer: {
            kind: components["schemas"]["ServerKind"];
            name: string;
            /** @description BigBlueButton: of the API, as `bbb-conf --secret` prints it; Jitsi: of its web page */
            base_url: string;
            /** @description kept encrypted, never shown again; empty where only keys are used (Jitsi with RS256) */
            secret: string;
            /** Format: uuid */
            pool: string;
            seats: number;
            meetings?: number | null;
            /** @default 100 */
            weight?: number;
            checksum_algorithm?: components["schemas"]["ChecksumAlgorithm"];
            hook_signature?: components["schemas"]["HookSignature"];
            /** @description settings of its kind, as a whole */
            options?: {
                [key: string]: unknown;
            };
            /** @description further secrets of its kind, by name; kept encrypted, never shown again */
            keys?: {
                [key: string]: string;
            };
            /** @description PEM: certificates of the authority that is trusted for this server instead of the public ones */
            ca_certificates?: string;
        };
        /** @description A date. What the caller may not see is null: `busy` shows room and times only. */
        Occurrence: {
            /** Format: uuid */
            id: string;
            /** Format: uuid */
            booking: string | null;
            room: components["schemas"]["Named"];
            /** Format: date-time */
            starts_at: string;
            /** Format: date-time */
            ends_at: string;
            state: components["schemas"]["OccurrenceStateShown"];
            seats: number | null;
            title: string | null;
            organiser: components["schemas"]["OccurrenceOrganiser"] | null;
            visibility: components["schemas"]["Sight"];
            /** @description who are in it now */
            people: number | null;
            /** Format: uri */
            join_url: string | null;
        };
        /** @description Refuses what it does not list. Also the base of the shapes of answers, which list every field as well. */
        OccurrenceOrganiser: {
            name: string;
            /** @description short name of the one that is charged */
            authority: string;
        };
        /** @description Refuses what it does not list. Also the base of the shapes of answers, which list every field as well. */
        OccurrencePage: {
            count: number;
            /** Format: uri */
            next: string | null;
            /** Format: uri */
            previous: string | null;
            results: components["schemas"]["Occurrence"][];
        };
        /**
         * @description * `pending` - ausstehend
         *     * `held` - vorgemerkt
         *     * `confirmed` - bestätigt
         *     * `opening` - wird geöffnet
         *     * `live` - läuft
         *     * `overrun` - überzogen
         *     * `ended` - beendet
         *     * `no_show` - niemand gekommen
         *     * `cancelled` - abgesagt
         *     * `refused` - abgelehnt
         * @enum {string}
         */
        OccurrenceState: "pending" | "held" | "confirmed" | "opening" | "live" | "overrun" | "ended" | "no_show" | "cancelled" | "refused";
        /**
         * @description * `pending` - ausstehend
         *     * `held` - vorgemerkt
         *     * `confirmed` - bestätigt
         *     * `opening` - wird geöffnet
         *     * `live` - läuft
         *     * `overrun` - überzogen
         *     * `ended` - beendet
         *     * `no_show` - niemand gekommen
         *     * `cancelled` - abgesagt
         *     * `refused` - abgelehnt
         *     * `busy` - busy
         * @enum {string}
         */
        OccurrenceStateShown: "pending" | "held" | "confirmed" | "opening" | "live" | "overrun" | "ended" | "no_show" | "cancelled" | "refused" | "busy";
        /** @description Refuses what it does not list. Also the base of the shapes of answers, which list every field as well. */
        OfferedRoom: {
            /** Format: uuid */
            id: string;
            name: string;
            seats: number | null;
        };
        /**
         * @description * `parked` - parked
         *     * `pending` - pending
         * @enum {string}
         */
        OpenDeliveryState: "parked" | "pending";
        /** @description Booked before the limit was set: it stays, and new bookings are refused. */
        OverCommitted: {
            /** Format: date-time */
            from: string;
            /** Format: date-time */
            until: string;
            /** Format: double */
            limit: number;
            /** Format: double */
            in_use: number;
            what: components["schemas"]["QuotaLimit"];
        };
        /**
         * @description * `NEEDS-ACTION` - noch keine Antwort
         *     * `ACCEPTED` - zugesagt
         *     * `DECLINED` - abgelehnt
         *     * `TENTATIVE` - mit Vorbehalt
         * @enum {string}
         */
        PartStat: "NEEDS-ACTION" | "ACCEPTED" | "DECLINED" | "TENTATIVE";
        /** @description Refuses what it does not list. Also the base of the shapes of answers, which list every field as well. */
        PathStep: {
            /** Format: uuid */
            id: string;
            short_name: string;
        };
        /** @description Who is in a meeting. Asked of its server now, and kept nowhere. */
        PeopleThere: {
            /** @description the server can put one of them out; if it cannot, nobody is named */
            removable: boolean;
            people: components["schemas"]["PersonThere"][];
        };
        /** @description What the pages offer; every operation checks again. */
        Permissions: {
            /** @description servers, pools, all rooms */
            operate: boolean;
            /** @description an authority: its rooms, people, quotas */
            administer: boolean;
            /** @description audit and figures */
            audit: boolean;
            /** @description requests for rooms of some class, now */
            approve: boolean;
        };
        /** @description An account, for those who administer it. Memberships outside the caller's subtree are left out. */
        Person: {
            /** Format: uuid */
            id: string;
            name: string;
            /** Format: email */
            email: string;
            authority: components["schemas"]["AuthorityRef"] | null;
            language: components["schemas"]["Language"];
            is_active: boolean;
            memberships: components["schemas"]["Membership"][];
        };
        /** @description Refuses what it does not list. Also the base of the shapes of answers, which list every field as well. */
        PersonChange: {
            name?: string;
            /** Format: email */
            email?: string;
            language?: components["schemas"]["Language"];
            /** @description false ends sessions and tokens at once */
            is_active?: boolean;
        };
        /** @description A person that is mentioned. */
        PersonRef: {
            /** Format: uuid */
            id: string;
            name: string;
            /** Format: email */
            email: string;
        };
        /** @description Refuses what it does not list. Also the base of the shapes of answers, which list every field as well. */
        PersonThere: {
            /** @description the server's own, good while they are there */
            id: string;
            /** @description as they entered it; may be empty */
            name: string;
        };
        /** @description Refuses what it does not list. Also the base of the shapes of answers, which list every field as well. */
        Playback: {
            format: string;
            /** @description whoever has it may be able to look: treat it as a secret */
            url: string;
        };
        /** @description Refuses what it does not list. Also the base of the shapes of answers, which list every field as well. */
        Pool: {
            /** Format: uuid */
            id: string;
            name: string;
            /** @description promises hold even if the largest server is lost */
            n_plus_one: boolean;
            /** @description the pool that a meeting opens in when no server of this one can take it */
            fallback: components["schemas"]["Named"] | null;
            /** @description of its enabled servers */
            seats: number;
            /** @description how many, whatever their state */
            servers: number;
        };
        /** @description Refuses what it does not list. Also the base of the shapes of answers, which list every field as well. */
        PoolChange: {
            name?: string;
            n_plus_one?: boolean;
            /** Format: uuid */
            fallback?: string | null;
        };
        /** @description Refuses what it does not list. Also the base of the shapes of answers, which list every field as well. */
        PoolDetails: {
            /** Format: uuid */
            id: string;
            name: string;
            /** @description promises hold even if the largest server is lost */
            n_plus_one: boolean;
            /** @description the pool that a meeting opens in when no server of this one can take it */
            fallback: components["schemas"]["Named"] | null;
            /** @description of its enabled servers */
            seats: number;
            /** @description how many, whatever their state */
            servers: number;
            /** @description where more is promised than the pool takes with its largest server lost; null: not yours to see */
            over_committed: components["schemas"]["PoolOverCommitted"][] | null;
        };
        /**
         * @description * `seats` - seats
         * @enum {string}
         */
        PoolLimit: "seats";
        /** @description Promised before a server was lost from the reckoning: it stays, new bookings are refused. */
        PoolOverCommitted: {
            /** Format: date-time */
            from: string;
            /** Format: date-time */
            until: string;
            /** Format: double */
            limit: number;
            /** Format: double */
            in_use: number;
            what: components["schemas"]["PoolLimit"];
        };
        /** @description Refuses what it does not list. Also the base of the shapes of answers, which list every field as well. */
        PoolPage: {
            count: number;
            /** Format: uri */
            next: string | null;
            /** Format: uri */
            previous: string | null;
            results: components["schemas"]["Pool"][];
        };
        /** @description Refuses what it does not list. Also the base of the shapes of answers, which list every field as well. */
        Preview: {
            /** @description whether it could be booked as asked; with `partial`: at least one date */
            fits: boolean;
            /** @description the rule in words, in the language of the request */
            rule_text: string;
            /**
             * Format: date-time
             * @description where a rule without end would be cut
             */
            promised_until: string | null;
            /** @description that would be reserved for each date */
            seats: number;
            /** @description asked for or found; null: none, or an unnamed one */
            room: components["schemas"]["OfferedRoom"] | null;
            /** @description somebody would have to approve it */
            approval: boolean;
            /** @description empty if the times cannot be booked at all */
            dates: components["schemas"]["PreviewedDate"][];
            /** @description what `POST /bookings` would answer now */
            refusal: components["schemas"]["Problem"] | null;
        };
        /** @description A new booking; or, with `booking`, what that one shall become: people, seats and room not named stay. */
        PreviewWish: {
            description?: string;
            /**
             * Format: date-time
             * @description or `duration`
             */
            ends_at?: string;
            /** @description ISO 8601 (`PT1H30M`) or minutes. */
            duration?: string | number;
            /**
             * @description zone of times without offset, and of the booking
             * @example Europe/Berlin
             */
            timezone?: string;
            /** @description expected; null or absent: worked out from the people */
            seats?: number | null;
            attendees?: components["schemas"]["Invitee"][];
            /**
             * @description of mails to people without an account
             *
             *     * `de` - Deutsch
             *     * `en` - English
             */
            language?: components["schemas"]["Language"];
            /** @description how long before each date organiser and attendees are reminded by mail; null: they are not */
            remind_minutes?: number | null;
            /** @description value of an RRULE (RFC 5545) with at most one date a day; without an end, as far as the horizon */
            rrule?: string;
            /** @description starts of further dates */
            rdate?: string[];
            /** @description starts of dates left out */
            exdate?: string[];
            title?: string;
            /**
             * Format: date-time
             * @description ISO 8601. With an offset it is an instant, without one the wall time in `timezone`.
             */
            starts_at: string;
            /**
             * Format: uuid
             * @description or any that fits `seats`
             */
            room?: string | null;
            /**
             * Format: uuid
             * @description of the room to be found
             */
            room_class?: string | null;
            /**
             * Format: uuid
             * @description who is charged; the caller's home, if absent
             */
            authority?: string | null;
            /**
             * Format: email
             * @description whom the caller stands in for; the caller, if absent
             */
            organiser?: string;
            /**
             * @description take the dates that can be had; `refused` names the others
             * @default false
             */
            partial?: boolean;
            /**
             * Format: uuid
             * @description one to be changed: what it has now counts as free
             */
            booking?: string;
        };
        /** @description Refuses what it does not list. Also the base of the shapes of answers, which list every field as well. */
        PreviewedDate: {
            /** @description its wall time */
            recurrence_id: string;
            /** Format: date-time */
            starts_at: string;
            /** Format: date-time */
            ends_at: string;
            fits: boolean;
            code?: string;
            detail?: string;
            /** Format: double */
            limit?: number;
            /** Format: double */
            in_use?: number;
            /** Format: double */
            asked?: number;
            unit?: string;
            alternatives: components["schemas"]["Alternative"][];
        };
        /** @description Problem details (RFC 9457). `code` is stable; `title` and `detail` are in the language of the request. */
        Problem: {
            /** Format: uri */
            type: string;
            title: string;
            status: number;
            code: components["schemas"]["ProblemCode"];
            detail: string;
            /**
             * Format: double
             * @description what there is at most
             */
            limit?: number;
            /**
             * Format: double
             * @description what is taken of it
             */
            in_use?: number;
            /**
             * Format: double
             * @description what this request needs
             */
            asked?: number;
            /** @description what is counted */
            unit?: string;
            conflicts?: components["schemas"]["Clash"][];
            alternatives?: components["schemas"]["Alternative"][];
            /** @description what is wrong with which field; `attendees.0.email` is a field inside a list */
            fields?: {
                [key: string]: string[];
            };
        };
        /**
         * @description * `already_cancelled` - already_cancelled
         *     * `already_decided` - already_decided
         *     * `already_started` - already_started
         *     * `beyond_horizon` - beyond_horizon
         *     * `cannot_remove` - cannot_remove
         *     * `closed_day` - closed_day
         *     * `csrf_failed` - csrf_failed
         *     * `error` - error
         *     * `forbidden` - forbidden
         *     * `idempotency_mismatch` - idempotency_mismatch
         *     * `in_past` - in_past
         *     * `invalid` - invalid
         *     * `invalid_credentials` - invalid_credentials
         *     * `mail_not_kept` - mail_not_kept
         *     * `method_not_allowed` - method_not_allowed
         *     * `no_capacity` - no_capacity
         *     * `no_room` - no_room
         *     * `no_such_room` - no_such_room
         *     * `not_booked` - not_booked
         *     * `not_cancelled` - not_cancelled
         *     * `not_entitled` - not_entitled
         *     * `not_found` - not_found
         *     * `not_joinable` - not_joinable
         *     * `not_parked` - not_parked
         *     * `not_signed_in` - not_signed_in
         *     * `nothing_wished` - nothing_wished
         *     * `outside_hours` - outside_hours
         *     * `partial_not_allowed` - partial_not_allowed
         *     * `quota_exceeded` - quota_exceeded
         *     * `recording_not_ready` - recording_not_ready
         *     * `refused` - refused
         *     * `room_blocked` - room_blocked
         *     * `room_too_small` - room_too_small
         *     * `series_not_allowed` - series_not_allowed
         *     * `server_check_failed` - server_check_failed
         *     * `server_silent` - server_silent
         *     * `slot_taken` - slot_taken
         *     * `still_used` - still_used
         *     * `throttled` - throttled
         *     * `too_few_dates` - too_few_dates
         *     * `too_large` - too_large
         *     * `too_late` - too_late
         *     * `too_long` - too_long
         *     * `too_many_proposals` - too_many_proposals
         *     * `too_soon` - too_soon
         *     * `uid_taken` - uid_taken
         *     * `unavailable` - unavailable
         *     * `unsupported_media_type` - unsupported_media_type
         *     * `version_conflict` - version_conflict
         * @enum {string}
         */
        ProblemCode: "already_cancelled" | "already_decided" | "already_started" | "beyond_horizon" | "cannot_remove" | "closed_day" | "csrf_failed" | "error" | "forbidden" | "idempotency_mismatch" | "in_past" | "invalid" | "invalid_credentials" | "mail_not_kept" | "method_not_allowed" | "no_capacity" | "no_room" | "no_such_room" | "not_booked" | "not_cancelled" | "not_entitled" | "not_found" | "not_joinable" | "not_parked" | "not_signed_in" | "nothing_wished" | "outside_hours" | "partial_not_allowed" | "quota_exceeded" | "recording_not_ready" | "refused" | "room_blocked" | "room_too_small" | "series_not_allowed" | "server_check_failed" | "server_silent" | "slot_taken" | "still_used" | "throttled" | "too_few_dates" | "too_large" | "too_late" | "too_long" | "too_many_proposals" | "too_soon" | "uid_taken" | "unavailable" | "unsupported_media_type" | "version_conflict";
        /** @description Another time that somebody invited would like. It reserves nothing. */
        Proposal: {
            /** Format: uuid */
            id: string;
            /**
             * @description superseded: the time it was instead of is another by now, or its author did otherwise
             *
             *     * `open` - wartet auf die einladende Person
             *     * `taken` - übernommen
             *     * `declined` - abgelehnt
             *     * `superseded` - überholt
             */
            state: components["schemas"]["ProposalStateShown"];
            attendee: components["schemas"]["ProposedBy"];
            /**
             * Format: uuid
             * @description null: all dates of the series
             */
            occurrence: string | null;
            /** Format: date-time */
            starts_at: string;
            /** Format: date-time */
            ends_at: string;
            /** @description when it took place as this was proposed */
            instead_of: components["schemas"]["Time"];
            comment: string;
            /** Format: date-time */
            made_at: string;
            /** Format: date-time */
            decided_at: string | null;
        };
        /** @description Refuses what it does not list. Also the base of the shapes of answers, which list every field as well. */
        ProposalPage: {
            count: number;
            /** Format: uri */
            next: string | null;
            /** Format: uri */
            previous: string | null;
            results: components["schemas"]["Proposal"][];
        };
        /**
         * @description * `open` - wartet auf die einladende Person
         *     * `taken` - übernommen
         *     * `declined` - abgelehnt
         *     * `superseded` - überholt
         * @enum {string}
         */
        ProposalStateShown: "open" | "taken" | "declined" | "superseded";
        /** @description Refuses what it does not list. Also the base of the shapes of answers, which list every field as well. */
        ProposedBy: {
            /** Format: email */
            email: string;
            name: string;
        };
        /** @description Refuses what it does not list. Also the base of the shapes of answers, which list every field as well. */
        Quota: {
            authority: components["schemas"]["QuotaAuthority"];
            limits: components["schemas"]["Limits"];
            use: components["schemas"]["Use"];
            over_committed: components["schemas"]["OverCommitted"][];
            /** @description whether the caller may set these limits */
            may_set: boolean;
        };
        /** @description An authority that is mentioned. */
        QuotaAuthority: {
            /** Format: uuid */
            id: string;
            name: string;
            short_name: string;
            /** @description from the root to itself */
            path: components["schemas"]["PathStep"][];
        };
        /**
         * @description * `concurrent_seats` - concurrent_seats
         *     * `concurrent_meetings` - concurrent_meetings
         *     * `seat_hours_per_month` - seat_hours_per_month
         * @enum {string}
         */
        QuotaLimit: "concurrent_seats" | "concurrent_meetings" | "seat_hours_per_month";
        /** @description Refuses what it does not list. Also the base of the shapes of answers, which list every field as well. */
        QuotaPage: {
            count: number;
            /** Format: uri */
            next: string | null;
            /** Format: uri */
            previous: string | null;
            results: components["schemas"]["Quota"][];
        };
        /** @description Refuses what it does not list. Also the base of the shapes of answers, which list every field as well. */
        Reaction: {
            reaction: string;
        };
        /** @description A recording on its conference server. */
        Recording: {
            /** Format: uuid */
            id: string;
            /**
             * Format: uuid
             * @description the date that was recorded
             */
            occurrence: string;
            /** Format: date-time */
            starts_at: string | null;
            /** Format: date-time */
            ends_at: string | null;
            /**
             * @description as the server last said
             *
             *     * `processing` - processing
             *     * `processed` - processed
             *     * `published` - published
             *     * `unpublished` - unpublished
             */
            state: components["schemas"]["RecordingStateShown"];
            size_bytes: number | null;
            /**
             * @description asked for and not yet confirmed by the server
             *
             *     * `publish` - publish
             *     * `withdraw` - withdraw
             *     * `delete` - delete
             */
            asked: components["schemas"]["RecordingWish"] | null;
            /** @description only while it is published */
            playback: components["schemas"]["Playback"][];
        };
        /** @description Refuses what it does not list. Also the base of the shapes of answers, which list every field as well. */
        RecordingChange: {
            /** @description false: only the server's operators can still see it */
            published: boolean;
        };
        /**
         * @description * `processing` - processing
         *     * `processed` - processed
         *     * `published` - published
         *     * `unpublished` - unpublished
         * @enum {string}
         */
        RecordingStateShown: "processing" | "processed" | "published" | "unpublished";
        /**
         * @description * `publish` - publish
         *     * `withdraw` - withdraw
         *     * `delete` - delete
         * @enum {string}
         */
        RecordingWish: "publish" | "withdraw" | "delete";
        /** @description A refusal as it was answered when it was asked for. */
        Refusal: {
            code: string;
            title: string;
            detail: string;
            /** Format: double */
            limit?: number;
            /** Format: double */
            in_use?: number;
            /** Format: double */
            asked?: number;
            unit?: string;
            alternatives: components["schemas"]["Alternative"][];
        };
        /** @description A date that a partial acceptance refused. `PATCH /occurrences/{id}` with a time that can be had takes it in. */
        RefusedDate: {
            /** Format: uuid */
            id: string;
            /** @description its original wall time */
            recurrence_id: string;
            /** Format: date-time */
            starts_at: string;
            /** Format: date-time */
            ends_at: string;
            /** @description why it cannot be had now */
            code?: string;
            detail?: string;
            alternatives: components["schemas"]["Alternative"][];
        };
        /** @description Refuses what it does not list. Also the base of the shapes of answers, which list every field as well. */
        Removal: {
            /** @description the id of one of the people */
            person: string;
        };
        /** @description Refuses what it does not list. Also the base of the shapes of answers, which list every field as well. */
        RequestAttendee: {
            /** Format: email */
            email: string;
            name: string;
            role: components["schemas"]["AttendeeRole"];
        };
        /** @description Refuses what it does not list. Also the base of the shapes of answers, which list every field as well. */
        RequestDate: {
            /** Format: uuid */
            id: string;
            /** Format: date-time */
            starts_at: string;
            /** Format: date-time */
            ends_at: string;
            state: components["schemas"]["OccurrenceState"];
        };
        /** @description Refuses what it does not list. Also the base of the shapes of answers, which list every field as well. */
        RequestOrganiser: {
            name: string;
            /** Format: email */
            email: string;
            /** @description who is charged */
            authority: components["schemas"]["AuthorityRef"];
        };
        /** @description The booking in full, for those who decide about it. */
        RequestedBooking: {
            /** Format: uuid */
            id: string;
            /** @description for If-Match */
            version: number;
            title: string;
            description: string;
            organiser: components["schemas"]["RequestOrganiser"];
            /** @description null if the organiser did it */
            booked_by: components["schemas"]["BookedBy"] | null;
            seats: number;
            attendees: components["schemas"]["RequestAttendee"][];
            room: components["schemas"]["Named"];
            /** @description the rule in words */
            rule_text: string;
            /** @description those that wait, while asked; the first 50 */
            dates: components["schemas"]["RequestDate"][];
            dates_count: number;
        };
        /** @description Refuses what it does not list. Also the base of the shapes of answers, which list every field as well. */
        Retried: {
            /** @description deliveries that are tried again */
            retried: number;
        };
        /**
         * @description * `staff` - Beschäftigte
         *     * `authority_admin` - Behördenadministration
         *     * `operator` - Betrieb
         *     * `auditor` - Revision
         * @enum {string}
         */
        Role: "staff" | "authority_admin" | "operator" | "auditor";
        /** @description Refuses what it does not list. Also the base of the shapes of answers, which list every field as well. */
        Room: {
            /** Format: uuid */
            id: string;
            name: string;
            slug: string;
            /**
             * Format: email
             * @description invited like a person, it is booked
             */
            address: string;
            seats: number;
            pool: components["schemas"]["Named"];
            room_class: components["schemas"]["Named"];
            /** @description the owner */
            authority: components["schemas"]["AuthorityRef"];
            open_to_all: boolean;
            is_active: boolean;
            blocked_reason: string;
            /**
             * Format: uri
             * @description stable page that leads to the date running now
             */
            url: string;
            /** @description null for room stock */
            status: components["schemas"]["RoomStatus"] | null;
        };
        /** @description Refuses what it does not list. Also the base of the shapes of answers, which list every field as well. */
        RoomChange: {
            name?: string;
            /** Format: email */
            address?: string;
            seats?: number;
            /** Format: uuid */
            pool?: string;
            /** Format: uuid */
            room_class?: string;
            /** Format: uuid */
            authority?: string;
            open_to_all?: boolean;
            is_active?: boolean;
            /** @description while not empty, it cannot be booked */
            blocked_reason?: string;
        };
        /** @description Refuses what it does not list. Also the base of the shapes of answers, which list every field as well. */
        RoomClass: {
            /** Format: uuid */
            id: string;
            name: string;
            authority: components["schemas"]["AuthorityRef"];
            /**
             * @description `name: {value, enforced}`, or `name: value`. The settings there are:
             *
             *     - `open_minutes_before` (int, 15)
             *     - `opening` (join | clock, 'join')
             *     - `default_seats` (int, 10)
             *     - `buffer_before_minutes` (int, 0)
             *     - `buffer_after_minutes` (int, 0)
             *     - `max_length_minutes` (int, 1440)
             *     - `notice_minutes` (int, 0)
             *     - `ask_pin` (bool, False)
             *     - `lobby` (bool, False)
             *     - `recording` (bool, False)
             *     - `recording_consent` (str, '')
             *     - `muted_on_start` (bool, True)
             *     - `cameras_off` (bool, False)
             *     - `mail_outside` (bool, True)
             *     - `overrun_minutes` (int, 60)
             *     - `horizon_days` (int, 0)
             *     - `bookable_from` (str, '')
             *     - `bookable_until` (str, '')
             *     - `bookable_days` (str, 'MO,TU,WE,TH,FR,SA,SU')
             *     - `closed_days` (str, '')
             *     - `closed_on_holidays` (bool, False)
             *     - `who_may_book` (visible | authority | admins | named, 'visible')
             *     - `bookers` (str, '')
             *     - `series_allowed` (bool, True)
             *     - `partial_allowed` (bool, True)
             *     - `partial_unasked` (bool, False)
             *     - `partial_share_percent` (int, 0)
             *     - `partial_most_refused` (int, 5000)
             *     - `approval` (never | always | foreign, 'never')
             *     - `approval_over_seats` (int, 0)
             *     - `approval_hours` (int, 72)
             *
             *     Lists (days, addresses) are given as a list or as one text with commas, and answered as text.
             */
            settings: {
                [key: string]: unknown;
            };
        };
        /** @description Refuses what it does not list. Also the base of the shapes of answers, which list every field as well. */
        RoomClassChange: {
            name?: string;
            /**
             * @description Replaces all.
             *
             *     `name: {value, enforced}`, or `name: value`. The settings there are:
             *
             *     - `open_minutes_before` (int, 15)
             *     - `opening` (join | clock, 'join')
             *     - `default_seats` (int, 10)
             *     - `buffer_before_minutes` (int, 0)
             *     - `buffer_after_minutes` (int, 0)
             *     - `max_length_minutes` (int, 1440)
             *     - `notice_minutes` (int, 0)
             *     - `ask_pin` (bool, False)
             *     - `lobby` (bool, False)
             *     - `recording` (bool, False)
             *     - `recording_consent` (str, '')
             *     - `muted_on_start` (bool, True)
             *     - `cameras_off` (bool, False)
             *     - `mail_outside` (bool, True)
             *     - `overrun_minutes` (int, 60)
             *     - `horizon_days` (int, 0)
             *     - `bookable_from` (str, '')
             *     - `bookable_until` (str, '')
             *     - `bookable_days` (str, 'MO,TU,WE,TH,FR,SA,SU')
             *     - `closed_days` (str, '')
             *     - `closed_on_holidays` (bool, False)
             *     - `who_may_book` (visible | authority | admins | named, 'visible')
             *     - `bookers` (str, '')
             *     - `series_allowed` (bool, True)
             *     - `partial_allowed` (bool, True)
             *     - `partial_unasked` (bool, False)
             *     - `partial_share_percent` (int, 0)
             *     - `partial_most_refused` (int, 5000)
             *     - `approval` (never | always | foreign, 'never')
             *     - `approval_over_seats` (int, 0)
             *     - `approval_hours` (int, 72)
             *
             *     Lists (days, addresses) are given as a list or as one text with commas, and answered as text.
             */
            settings?: {
                [key: string]: unknown;
            };
        };
        /** @description Refuses what it does not list. Also the base of the shapes of answers, which list every field as well. */
        RoomClassPage: {
            count: number;
            /** Format: uri */
            next: string | null;
            /** Format: uri */
            previous: string | null;
            results: components["schemas"]["RoomClass"][];
        };
        /** @description Refuses what it does not list. Also the base of the shapes of answers, which list every field as well. */
        RoomPage: {
            count: number;
            /** Format: uri */
            next: string | null;
            /** Format: uri */
            previous: string | null;
            results: components["schemas"]["Room"][];
        };
        /** @description A room that is mentioned. */
        RoomRef: {
            /** Format: uuid */
            id: string;
            name: string;
            seats: number;
            /** Format: email */
            address: string;
        };
        /**
         * @description * `free` - free
         *     * `reserved` - reserved
         *     * `opening` - opening
         *     * `live` - live
         *     * `overrun` - overrun
         *     * `moved` - moved
         *     * `failed` - failed
         *     * `blocked` - blocked
         *     * `busy` - busy
         * @enum {string}
         */
        RoomState: "free" | "reserved" | "opening" | "live" | "overrun" | "moved" | "failed" | "blocked" | "busy";
        /** @description What the room is doing now, as the socket sends it. `busy`: the caller may not see the booking. */
        RoomStatus: {
            /** Format: uuid */
            room: string;
            visibility: components["schemas"]["StatusVisibility"];
            state: components["schemas"]["RoomState"];
            /** @description with details only */
            people?: number;
            /**
             * Format: date-time
             * @description with details only
             */
            since?: string | null;
            /** Format: date-time */
            until: string | null;
            /**
             * Format: uuid
             * @description with details only
             */
            booking?: string | null;
            /**
             * Format: uuid
             * @description with details only
             */
            occurrence?: string | null;
            /**
             * Format: date-time
             * @description when it is taken next
             */
            next: string | null;
            version: number;
        };
        /**
         * @description * `planned` - planned
         *     * `created` - created
         *     * `live` - live
         * @enum {string}
         */
        RunningState: "planned" | "created" | "live";
        /** @description A conference server. Its secret and keys are never shown. */
        Server: {
            /** Format: uuid */
            id: string;
            kind: components["schemas"]["ServerKind"];
            name: string;
            base_url: string;
            pool: components["schemas"]["Named"];
            /** @description what may be promised on it */
            seats: number;
            /** @description at once; null: no limit */
            meetings: number | null;
            weight: number;
            /**
             * @description what the operator decided
             *
             *     * `enabled` - in Betrieb
             *     * `draining` - wird geleert
             *     * `disabled` - abgeschaltet
             */
            state: components["schemas"]["ServerState"];
            /** Format: date-time */
            draining_since: string | null;
            /**
             * @description what we last saw
             *
             *     * `unknown` - unbekannt
             *     * `ok` - in Ordnung
             *     * `suspect` - auffällig
             *     * `down` - ausgefallen
             *     * `recovering` - erholt sich
             */
            health: components["schemas"]["ServerHealth"];
            /** Format: date-time */
            health_since: string | null;
            health_detail: string;
            /** @description why it fails, in words; null if it does not */
            trouble: components["schemas"]["Finding"] | null;
            version: string;
            /** Format: date-time */
            last_seen_at: string | null;
            live_meetings: number;
            live_people: number;
            /**
             * Format: double
             * @description 0 idle to 1 full, as it says itself
             */
            load: number | null;
            /** @description seats promised on it at this moment */
            reserved_now: number;
            /** @description by the last check */
            abilities: components["schemas"]["Ability"][];
            /** @description by the last check */
            findings: components["schemas"]["Finding"][];
            /** @description its clock less ours by the last check; null: unknown */
            clock_skew_ms: number | null;
            /**
             * Format: date-time
             * @description when it last passed a check
             */
            checked_at: string | null;
            /** @description why vconf itself drained it: found at a check, and not there at the one before */
            drift: components["schemas"]["Finding"][];
        };
        /** @description Refuses what it does not list. Also the base of the shapes of answers, which list every field as well. */
        ServerChange: {
            name?: string;
            base_url?: string;
            secret?: string;
            checksum_algorithm?: components["schemas"]["ChecksumAlgorithm"];
            hook_signature?: components["schemas"]["HookSignature"];
            /** @description settings of its kind, as a whole */
            options?: {
                [key: string]: unknown;
            };
            /** @description further secrets of its kind, by name; kept encrypted, never shown again. Those not named stay, empty ones are forgotten */
            keys?: {
                [key: string]: string;
            };
            /** @description PEM: certificates of the authority that is trusted for this server instead of the public ones */
            ca_certificates?: string;
            seats?: number;
            meetings?: number | null;
            weight?: number;
            state?: components["schemas"]["ServerState"];
        };
        /** @description What a look at the server found. */
        ServerCheck: {
            /** @description it answered, and in its protocol */
            reachable: boolean;
            /** @description null: could not be found out */
            secret_ok: boolean | null;
            /** @description tells us of changes by itself */
            webhooks: boolean | null;
            version: string;
            meetings: number;
            people: number;
            latency_ms: number | null;
            /** @description its clock less ours; null: unknown */
            clock_skew_ms: number | null;
            /** @description empty if all is well */
            code: string;
            /** @description why it did not pass; empty if all is well */
            detail: string;
            /** @description what to do about it */
            advice: string;
            abilities: components["schemas"]["Ability"][];
            /** @description what is unsafe or missing although it works */
            findings: components["schemas"]["Finding"][];
        };
        /** @description A conference server. Its secret and keys are never shown. */
        ServerDetails: {
            /** Format: uuid */
            id: string;
            kind: components["schemas"]["ServerKind"];
            name: string;
            base_url: string;
            pool: components["schemas"]["Named"];
            /** @description what may be promised on it */
            seats: number;
            /** @description at once; null: no limit */
            meetings: number | null;
            weight: number;
            /**
             * @description what the operator decided
             *
             *     * `enabled` - in Betrieb
             *     * `draining` - wird geleert
             *     * `disabled` - abgeschaltet
             */
            state: components["schemas"]["ServerState"];
            /** Format: date-time */
            draining_since: string | null;
            /**
             * @description what we last saw
             *
             *     * `unknown` - unbekannt
             *     * `ok` - in Ordnung
             *     * `suspect` - auffällig
             *     * `down` - ausgefallen
             *     * `recovering` - erholt sich
             */
            health: components["schemas"]["ServerHealth"];
            /** Format: date-time */
            health_since: string | null;
            health_detail: string;
            /** @description why it fails, in words; null if it does not */
            trouble: components["schemas"]["Finding"] | null;
            version: string;
            /** Format: date-time */
            last_seen_at: string | null;
            live_meetings: number;
            live_people: number;
            /**
             * Format: double
             * @description 0 idle to 1 full, as it says itself
             */
            load: number | null;
            /** @description seats promised on it at this moment */
            reserved_now: number;
            /** @description by the last check */
            abilities: components["schemas"]["Ability"][];
            /** @description by the last check */
            findings: components["schemas"]["Finding"][];
            /** @description its clock less ours by the last check; null: unknown */
            clock_skew_ms: number | null;
            /**
             * Format: date-time
             * @description when it last passed a check
             */
            checked_at: string | null;
            /** @description why vconf itself drained it: found at a check, and not there at the one before */
            drift: components["schemas"]["Finding"][];
            checksum_algorithm: components["schemas"]["ChecksumAlgorithm"];
            hook_signature: components["schemas"]["HookSignature"];
            /** @description settings of its kind */
            options: {
                [key: string]: unknown;
            };
            /** @description names of the keys it has */
            keys_set: string[];
            /** @description PEM; empty: the public authorities are trusted */
            ca_certificates: string;
            callback_urls: components["schemas"]["CallbackUrls"];
            /** @description where more is promised on it than it takes now */
            over_committed: components["schemas"]["ServerOverCommitted"][];
        };
        /** @description Something that happened to a server. */
        ServerEvent: {
            id: number;
            /** Format: date-time */
            at: string;
            /** @description health, state, placed, lost, moved, orphan_ended, check ... */
            kind: string;
            /** @description of health and state: the new one */
            code: string;
            /** Format: uuid */
            meeting: string | null;
            /** @description what there is to say about it, in the caller's language; may be empty */
            text: string;
            /** @description what the server or the library between said, as it came */
            detail: string;
        };
        /** @description Refuses what it does not list. Also the base of the shapes of answers, which list every field as well. */
        ServerEventPage: {
            count: number;
            /** Format: uri */
            next: string | null;
            /** Format: uri */
            previous: string | null;
            results: components["schemas"]["ServerEvent"][];
        };
        /**
         * @description * `unknown` - unbekannt
         *     * `ok` - in Ordnung
         *     * `suspect` - auffällig
         *     * `down` - ausgefallen
         *     * `recovering` - erholt sich
         * @enum {string}
         */
        ServerHealth: "unknown" | "ok" | "suspect" | "down" | "recovering";
        /**
         * @description * `bigbluebutton` - BigBlueButton
         *     * `jitsi` - Jitsi
         * @enum {string}
         */
        ServerKind: "bigbluebutton" | "jitsi";
        /**
         * @description * `seats` - seats
         *     * `meetings` - meetings
         * @enum {string}
         */
        ServerLimit: "seats" | "meetings";
        /** @description A meeting on a server: times and numbers, no title and no people. */
        ServerMeeting: {
            /** Format: uuid */
            id: string;
            state: components["schemas"]["RunningState"];
            room: components["schemas"]["Named"];
            /** Format: date-time */
            starts_at: string;
            /**
             * Format: date-time
             * @description planned
             */
            ends_at: string;
            /** @description promised */
            seats: number;
            /** @description in it now */
            people: number;
            /** @description 1; one more each time it was moved to another server */
            epoch: number;
            /** @description why it runs here, in the caller's language */
            explanation: string;
            /**
             * Format: date-time
             * @description placed here
             */
            since: string;
        };
        /** @description Refuses what it does not list. Also the base of the shapes of answers, which list every field as well. */
        ServerMeetingPage: {
            count: number;
            /** Format: uri */
            next: string | null;
            /** Format: uri */
            previous: string | null;
            results: components["schemas"]["ServerMeeting"][];
        };
        /** @description Promised before the server was made smaller, drained or disabled: it stays, new bookings go elsewhere. */
        ServerOverCommitted: {
            /** Format: date-time */
            from: string;
            /** Format: date-time */
            until: string;
            /** Format: double */
            limit: number;
            /** Format: double */
            in_use: number;
            what: components["schemas"]["ServerLimit"];
        };
        /** @description Refuses what it does not list. Also the base of the shapes of answers, which list every field as well. */
        ServerPage: {
            count: number;
            /** Format: uri */
            next: string | null;
            /** Format: uri */
            previous: string | null;
            results: components["schemas"]["Server"][];
        };
        /**
         * @description * `enabled` - in Betrieb
         *     * `draining` - wird geleert
         *     * `disabled` - abgeschaltet
         * @enum {string}
         */
        ServerState: "enabled" | "draining" | "disabled";
        /** @description A mail that waits for somebody to look into it; after 30 days it is removed. */
        SetAsideMail: {
            /** Format: uuid */
            id: string;
            /** Format: date-time */
            received_at: string;
            /** @description of the envelope; empty for reports of delivery */
            sender: string;
            /** @description of the envelope */
            recipients: string[];
            /** @description in bytes */
            size: number;
            /** @description why; stable */
            code: string;
            /** @description why, in words */
            reason: string;
            channel: components["schemas"]["MailChannel"];
            tries: number;
        };
        /** @description Refuses what it does not list. Also the base of the shapes of answers, which list every field as well. */
        SetAsideMailPage: {
            count: number;
            /** Format: uri */
            next: string | null;
            /** Format: uri */
            previous: string | null;
            results: components["schemas"]["SetAsideMail"][];
        };
        /**
         * @description * `full` - full
         *     * `restricted` - restricted
         *     * `busy` - busy
         * @enum {string}
         */
        Sight: "full" | "restricted" | "busy";
        /** @description Refuses what it does not list. Also the base of the shapes of answers, which list every field as well. */
        SignIn: {
            email: string;
            password: string;
        };
        /** @description Refuses what it does not list. Also the base of the shapes of answers, which list every field as well. */
        SingleAnswer: {
            /** Format: uuid */
            occurrence: string;
            partstat: components["schemas"]["PartStat"];
            /** @description what they said with it; for the organiser and themselves */
            comment: string | null;
        };
        /** @description Refuses what it does not list. Also the base of the shapes of answers, which list every field as well. */
        Slot: {
            /** Format: date-time */
            starts_at: string;
            /** Format: date-time */
            ends_at: string;
            /** @description null: one without a name */
            room: components["schemas"]["OfferedRoom"] | null;
        };
        /** @description Refuses what it does not list. Also the base of the shapes of answers, which list every field as well. */
        SlotWish: {
            /** @description who has to be free; name yourself as well */
            people: string[];
            /** @description one of these; or any */
            rooms?: string[];
            seats?: number | null;
            /** @description ISO 8601 (`PT1H30M`) or minutes. */
            duration: string | number;
            /**
             * Format: date-time
             * @description with offset; now, if absent
             */
            from?: string;
            /**
             * Format: date-time
             * @description with offset; 14 days later, if absent, and 31 at most
             */
            until?: string;
            /**
             * @description of `day_from`, `day_until` and `days`
             * @example Europe/Berlin
             */
            timezone?: string;
            /**
             * @description wall time at which the meeting may start; 08:00, if absent
             * @example 08:00
             */
            day_from?: string;
            /**
             * @description wall time at which it is over; 18:00, if absent
             * @example 08:00
             */
            day_until?: string;
            /** @description Monday to Friday, if absent */
            days?: components["schemas"]["Weekday"][];
            /**
             * Format: uuid
             * @description one to be moved: what it has now counts as free
             */
            booking?: string;
        };
        /** @description Refuses what it does not list. Also the base of the shapes of answers, which list every field as well. */
        Slots: {
            /** @description the first ones, five at most */
            slots: components["schemas"]["Slot"][];
            /** @description who are unknown here, and count as free */
            people_without_calendar: string[];
        };
        /**
         * @description * `details` - details
         *     * `busy` - busy
         * @enum {string}
         */
        StatusVisibility: "details" | "busy";
        /**
         * @description * `no_server` - no_server
         *     * `too_large` - too_large
         *     * `no_meetings` - no_meetings
         *     * `no_seats` - no_seats
         * @enum {string}
         */
        StayReason: "no_server" | "too_large" | "no_meetings" | "no_seats";
        /** @description A planned date that fits on no other server. */
        StayingDate: {
            /** Format: uuid */
            occurrence: string;
            room: components["schemas"]["Named"];
            /** Format: date-time */
            starts_at: string;
            /** Format: date-time */
            ends_at: string;
            seats: number;
            /**
             * @description what the others have too little of
             *
             *     * `no_server` - no_server
             *     * `too_large` - too_large
             *     * `no_meetings` - no_meetings
             *     * `no_seats` - no_seats
             */
            why: components["schemas"]["StayReason"];
        };
        /** @description Refuses what it does not list. Also the base of the shapes of answers, which list every field as well. */
        Suggestion: {
            /** @description the smallest free room that fits */
            room: components["schemas"]["FreeRoom"] | null;
        };
        /** @description Refuses what it does not list. Also the base of the shapes of answers, which list every field as well. */
        Time: {
            /** Format: date-time */
            starts_at: string;
            /** Format: date-time */
            ends_at: string;
        };
        /** @description What the authority and all below it use. Peaks: of what is booked from now on. */
        Use: {
            concurrent_seats_now: number;
            concurrent_seats_peak: number;
            /**
             * Format: date-time
             * @description when the peak of seats is reached first
             */
            peak_at: string | null;
            concurrent_meetings_now: number;
            concurrent_meetings_peak: number;
            /** Format: double */
            seat_hours_this_month: number;
        };
        /**
         * @description * `MO` - MO
         *     * `TU` - TU
         *     * `WE` - WE
         *     * `TH` - TH
         *     * `FR` - FR
         *     * `SA` - SA
         *     * `SU` - SU
         * @enum {string}
         */
        Weekday: "MO" | "TU" | "WE" | "TH" | "FR" | "SA" | "SU";
        /** @description What was asked for in vain. `DELETE /bookings/{id}/wish` keeps what is held, `POST` tries again. */
        Wish: {
            /**
             * Format: date-time
             * @description of the first date
             */
            starts_at: string;
            /**
             * Format: date-time
             * @description of the first date
             */
            ends_at: string;
            timezone: string;
            /** @description the rule in words, in the language of the request */
            rule_text: string;
            title: string;
            /**
             * Format: date-time
             * @description when the next held dates are given up; null: nothing was booked
             */
            held_until: string | null;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    approvals_list: {
        parameters: {
            query?: {
                /** @description from 1 */
                page?: number;
                page_size?: number;
                /**
                 * @description what waits, or what the caller has decided
                 *
                 *     * `asked` - asked
                 *     * `decided` - decided
                 */
                state?: "asked" | "decided";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Requests that wait for the caller's decision, or that the caller decided */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApprovalPage"];
                };
            };
            /** @description `invalid` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_signed_in` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `throttled` */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable` */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    approvals_show: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One request */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Approval"];
                };
            };
            /** @description `not_signed_in` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `throttled` */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable` */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    approvals_decide: {
        parameters: {
            query?: never;
            header?: {
                /** @description the booking's version as the caller saw it */
                "If-Match"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Decision"];
            };
        };
        responses: {
            /** @description Approve or decline */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Approval"];
                };
            };
            /** @description `invalid` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_signed_in` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `csrf_failed`, `forbidden` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `already_decided` */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `version_conflict` */
            412: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_large` */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type` */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `throttled` */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable` */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    approvers_remove: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Let somebody decide no longer */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `not_signed_in` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `csrf_failed`, `forbidden` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `throttled` */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable` */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    approvers_delegates_list: {
        parameters: {
            query?: {
                /** @description from 1 */
                page?: number;
                page_size?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Who stands in for me, and for whom I stand in */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApproverPage"];
                };
            };
            /** @description `invalid` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_signed_in` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `throttled` */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable` */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    approvers_delegates_name: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewDelegate"];
            };
        };
        responses: {
            /** @description Let somebody decide in my stead for a time */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Approver"][];
                };
            };
            /** @description `invalid` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_signed_in` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `csrf_failed`, `forbidden` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_large` */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type` */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `throttled` */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable` */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    authorities_list: {
        parameters: {
            query?: {
                /** @description from 1 */
                page?: number;
                page_size?: number;
                /** @description only those below this one */
                parent?: string;
                /** @description part of a name */
                q?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The authorities the caller may see */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuthorityPage"];
                };
            };
            /** @description `invalid` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_signed_in` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `throttled` */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable` */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    authorities_create: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewAuthority"];
            };
        };
        responses: {
            /** @description Add an authority below one that the caller administers */
            201: {
                headers: {
                    /** @description the new authority */
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Authority"];
                };
            };
            /** @description `invalid` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_signed_in` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `csrf_failed`, `forbidden` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_large` */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type` */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `throttled` */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable` */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    authorities_show: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One authority */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Authority"];
                };
            };
            /** @description `not_signed_in` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `throttled` */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable` */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    authorities_change: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["AuthorityChange"];
            };
        };
        responses: {
            /** @description Rename an authority */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Authority"];
                };
            };
            /** @description `invalid` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_signed_in` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `csrf_failed`, `forbidden` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_large` */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type` */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `throttled` */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable` */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    quotas_show: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Limits and use of one authority, as far ahead as can be booked */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Quota"];
                };
            };
            /** @description `not_signed_in` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `throttled` */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable` */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    quotas_set: {
        parameters: {
            query?: {
                /** @description only show what these limits would mean */
                dry_run?: boolean;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["NewLimits"];
            };
        };
        responses: {
            /** @description Set the limits of an authority */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Quota"];
                };
            };
            /** @description `invalid` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_signed_in` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `csrf_failed`, `forbidden` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_large` */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type` */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `throttled` */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable` */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    availability_show: {
        parameters: {
            query: {
                /** @description who would be charged; the home, if absent */
                authority?: string;
                /** @description one to be changed: what it has now counts as free, its authority is charged */
                booking?: string;
                /** @description ISO 8601 (`PT1H30M`) or minutes. */
                duration?: string | number;
                /** @description with offset; or `duration` */
                ends_at?: string;
                room?: string;
                room_class?: string;
                seats?: number;
                /** @description with offset */
                starts_at: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Which rooms are free, does it fit, and what else would? */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Availability"];
                };
            };
            /** @description `invalid` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_signed_in` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `throttled` */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable` */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    availability_first: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SlotWish"];
            };
        };
        responses: {
            /** @description When are all of these people free, with a room and enough seats? */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Slots"];
                };
            };
            /** @description `invalid` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_signed_in` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `csrf_failed`, `forbidden` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `room_blocked` */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_large` */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type` */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `throttled` */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable` */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    bookings_list: {
        parameters: {
            query?: {
                /** @description with offset; with a date that ends after it */
                from?: string;
                /** @description what the caller organises, deputises or attends; false: all they may see */
                mine?: boolean;
                /** @description from 1 */
                page?: number;
                page_size?: number;
                /** @description part of the title */
                q?: string;
                /**
                 * @description * `confirmed` - confirmed
                 *     * `cancelled` - cancelled
                 */
                status?: "confirmed" | "cancelled";
                /** @description with offset; with a date that starts before it */
                until?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Bookings, the soonest first */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BookingPage"];
                };
            };
            /** @description `invalid` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_signed_in` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `throttled` */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable` */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    bookings_create: {
        parameters: {
            query?: never;
            header?: {
                /** @description the same key with the same body gets the same answer; nothing is done a second time */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewBooking"];
            };
        };
        responses: {
            /** @description Book a room, or any room for so many people */
            201: {
                headers: {
                    /** @description for If-Match: the booking's version; behind a point, how often people have answered, as in `"3.2"` */
                    ETag?: string;
                    /** @description the new booking */
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Booking"];
                };
            };
            /** @description `invalid` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_signed_in` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `csrf_failed`, `forbidden` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `beyond_horizon`, `closed_day`, `in_past`, `no_capacity`, `no_room`, `not_entitled`, `outside_hours`, `partial_not_allowed`, `quota_exceeded`, `room_blocked`, `room_too_small`, `series_not_allowed`, `slot_taken`, `too_few_dates`, `too_long`, `too_soon` */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_large` */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type` */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `idempotency_mismatch` */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `throttled` */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable` */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    bookings_show: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One booking */
            200: {
                headers: {
                    /** @description for If-Match: the booking's version; behind a point, how often people have answered, as in `"3.2"` */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Booking"];
                };
            };
            /** @description `not_signed_in` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `throttled` */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable` */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    bookings_cancel: {
        parameters: {
            query?: never;
            header?: {
                /** @description the version last seen, such as `"3"` or `"3.2"`; else the change is made on whatever is there. Answers that came since do not stand in the way */
                "If-Match"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Cancel a booking */
            200: {
                headers: {
                    /** @description for If-Match: the booking's version; behind a point, how often people have answered, as in `"3.2"` */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Booking"];
                };
            };
            /** @description `invalid` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_signed_in` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `csrf_failed`, `forbidden` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `already_cancelled`, `already_started` */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `version_conflict` */
            412: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `throttled` */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable` */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    bookings_change: {
        parameters: {
            query?: never;
            header?: {
                /** @description the version last seen, such as `"3"` or `"3.2"`; else the change is made on whatever is there. Answers that came since do not stand in the way */
                "If-Match"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["BookingChange"];
            };
        };
        responses: {
            /** @description Change a booking */
            200: {
                headers: {
                    /** @description for If-Match: the booking's version; behind a point, how often people have answered, as in `"3.2"` */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Booking"];
                };
            };
            /** @description `invalid` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_signed_in` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `csrf_failed`, `forbidden` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `already_cancelled`, `already_started`, `beyond_horizon`, `closed_day`, `in_past`, `no_capacity`, `no_room`, `no_such_room`, `not_entitled`, `outside_hours`, `partial_not_allowed`, `quota_exceeded`, `room_blocked`, `room_too_small`, `series_not_allowed`, `slot_taken`, `too_few_dates`, `too_long`, `too_soon` */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `version_conflict` */
            412: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_large` */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type` */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `throttled` */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable` */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    bookings_answer: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Answer"];
            };
        };
        responses: {
            /** @description Accept, decline, or accept tentatively */
            200: {
                headers: {
                    /** @description for If-Match: the booking's version; behind a point, how often people have answered, as in `"3.2"` */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Booking"];
                };
            };
            /** @description `invalid` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_signed_in` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `csrf_failed`, `forbidden` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `already_cancelled`, `already_started` */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_large` */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type` */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `throttled` */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable` */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    bookings_copy: {
        parameters: {
            query?: never;
            header?: {
                /** @description the same key with the same body gets the same answer; nothing is done a second time */
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Copy"];
            };
        };
        responses: {
            /** @description Book once more with the same title, people, description and seats */
            201: {
                headers: {
                    /** @description for If-Match: the booking's version; behind a point, how often people have answered, as in `"3.2"` */
                    ETag?: string;
                    /** @description the new booking */
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Booking"];
                };
            };
            /** @description `invalid` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_signed_in` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `csrf_failed`, `forbidden` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `beyond_horizon`, `closed_day`, `in_past`, `no_capacity`, `no_room`, `not_entitled`, `outside_hours`, `partial_not_allowed`, `quota_exceeded`, `room_blocked`, `room_too_small`, `series_not_allowed`, `slot_taken`, `too_few_dates`, `too_long`, `too_soon` */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_large` */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type` */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `idempotency_mismatch` */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `throttled` */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable` */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    bookings_history: {
        parameters: {
            query?: {
                /** @description from 1 */
                page?: number;
                page_size?: number;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Who changed what, newest first */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HistoryPage"];
                };
            };
            /** @description `invalid` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_signed_in` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `throttled` */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable` */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    bookings_renew_link: {
        parameters: {
            query?: never;
            header?: {
                /** @description the same key with the same body gets the same answer; nothing is done a second time */
                "Idempotency-Key"?: string;
                /** @description the version last seen, such as `"3"` or `"3.2"`; else the change is made on whatever is there. Answers that came since do not stand in the way */
                "If-Match"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Give a booking a new link and new PINs */
            200: {
                headers: {
                    /** @description for If-Match: the booking's version; behind a point, how often people have answered, as in `"3.2"` */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Booking"];
                };
            };
            /** @description `invalid` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_signed_in` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `csrf_failed`, `forbidden` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `already_cancelled`, `already_started` */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `version_conflict` */
            412: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `idempotency_mismatch` */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `throttled` */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable` */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    bookings_mails: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What became of the mails about a booking */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AddressMails"][];
                };
            };
            /** @description `not_signed_in` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `throttled` */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable` */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    bookings_occurrences: {
        parameters: {
            query?: {
                /** @description from 1 */
                page?: number;
                page_size?: number;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All dates of a booking */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OccurrencePage"];
                };
            };
            /** @description `invalid` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_signed_in` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `throttled` */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable` */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    proposals_list: {
        parameters: {
            query?: {
                /** @description from 1 */
                page?: number;
                page_size?: number;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Other times that were proposed, newest first */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProposalPage"];
                };
            };
            /** @description `invalid` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_signed_in` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `throttled` */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable` */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    proposals_make: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewProposal"];
            };
        };
        responses: {
            /** @description Propose another time */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Proposal"];
                };
            };
            /** @description `invalid` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_signed_in` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `csrf_failed`, `forbidden` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `already_cancelled`, `already_started`, `in_past`, `not_booked`, `too_long`, `too_many_proposals` */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_large` */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type` */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `throttled` */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable` */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    bookings_recordings: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The recordings of a booking */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Recording"][];
                };
            };
            /** @description `not_signed_in` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `throttled` */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable` */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    bookings_restore: {
        parameters: {
            query?: never;
            header?: {
                /** @description the same key with the same body gets the same answer; nothing is done a second time */
                "Idempotency-Key"?: string;
                /** @description the version last seen, such as `"3"` or `"3.2"`; else the change is made on whatever is there. Answers that came since do not stand in the way */
                "If-Match"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Take a cancellation back */
            200: {
                headers: {
                    /** @description for If-Match: the booking's version; behind a point, how often people have answered, as in `"3.2"` */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Booking"];
                };
            };
            /** @description `invalid` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_signed_in` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `csrf_failed`, `forbidden` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `already_started`, `beyond_horizon`, `closed_day`, `in_past`, `no_capacity`, `no_room`, `not_booked`, `not_cancelled`, `not_entitled`, `outside_hours`, `partial_not_allowed`, `quota_exceeded`, `room_blocked`, `room_too_small`, `series_not_allowed`, `slot_taken`, `too_few_dates`, `too_late`, `too_long`, `too_soon` */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `version_conflict` */
            412: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `idempotency_mismatch` */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `throttled` */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable` */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    bookings_transfer: {
        parameters: {
            query?: never;
            header?: {
                /** @description the same key with the same body gets the same answer; nothing is done a second time */
                "Idempotency-Key"?: string;
                /** @description the version last seen, such as `"3"` or `"3.2"`; else the change is made on whatever is there. Answers that came since do not stand in the way */
                "If-Match"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewOrganiser"];
            };
        };
        responses: {
            /** @description Hand a booking over to another organiser */
            200: {
                headers: {
                    /** @description for If-Match: the booking's version; behind a point, how often people have answered, as in `"3.2"` */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Booking"];
                };
            };
            /** @description `invalid` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_signed_in` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `csrf_failed`, `forbidden` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `already_cancelled`, `already_started`, `no_capacity`, `not_booked`, `quota_exceeded`, `room_too_small` */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `version_conflict` */
            412: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_large` */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type` */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `idempotency_mismatch` */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `throttled` */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable` */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    bookings_try_again: {
        parameters: {
            query?: never;
            header?: {
                /** @description the version last seen, such as `"3"` or `"3.2"`; else the change is made on whatever is there. Answers that came since do not stand in the way */
                "If-Match"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Try once more what was refused */
            200: {
                headers: {
                    /** @description for If-Match: the booking's version; behind a point, how often people have answered, as in `"3.2"` */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Booking"];
                };
            };
            /** @description `invalid` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_signed_in` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `csrf_failed`, `forbidden` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `already_cancelled`, `already_started`, `beyond_horizon`, `closed_day`, `in_past`, `no_capacity`, `no_room`, `no_such_room`, `not_entitled`, `nothing_wished`, `outside_hours`, `partial_not_allowed`, `quota_exceeded`, `room_blocked`, `room_too_small`, `series_not_allowed`, `slot_taken`, `too_few_dates`, `too_long`, `too_soon` */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `version_conflict` */
            412: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `throttled` */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable` */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    bookings_keep: {
        parameters: {
            query?: never;
            header?: {
                /** @description the version last seen, such as `"3"` or `"3.2"`; else the change is made on whatever is there. Answers that came since do not stand in the way */
                "If-Match"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Keep the dates that are held, and forget the change that was refused */
            200: {
                headers: {
                    /** @description for If-Match: the booking's version; behind a point, how often people have answered, as in `"3.2"` */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Booking"];
                };
            };
            /** @description `invalid` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_signed_in` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `csrf_failed`, `forbidden` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `already_cancelled`, `not_booked`, `nothing_wished` */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `version_conflict` */
            412: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `throttled` */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable` */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    bookings_instant: {
        parameters: {
            query?: never;
            header?: {
                /** @description the same key with the same body gets the same answer; nothing is done a second time */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["Instant"];
            };
        };
        responses: {
            /** @description Start a meeting now */
            201: {
                headers: {
                    /** @description for If-Match: the booking's version; behind a point, how often people have answered, as in `"3.2"` */
                    ETag?: string;
                    /** @description the new booking */
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Booking"];
                };
            };
            /** @description `invalid` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_signed_in` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `csrf_failed`, `forbidden` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `beyond_horizon`, `closed_day`, `in_past`, `no_capacity`, `no_room`, `not_entitled`, `outside_hours`, `partial_not_allowed`, `quota_exceeded`, `room_blocked`, `room_too_small`, `series_not_allowed`, `slot_taken`, `too_few_dates`, `too_long`, `too_soon` */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_large` */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type` */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `idempotency_mismatch` */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `throttled` */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable` */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    bookings_preview: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PreviewWish"];
            };
        };
        responses: {
            /** @description What would a booking get? */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Preview"];
                };
            };
            /** @description `invalid` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_signed_in` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `csrf_failed`, `forbidden` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_large` */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type` */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `throttled` */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable` */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    calendar_passwords_list: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description My passwords for calendar clients */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CalendarPassword"][];
                };
            };
            /** @description `not_signed_in` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `throttled` */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable` */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    calendar_passwords_create: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["NewCalendarPassword"];
            };
        };
        responses: {
            /** @description Make a password for a calendar client */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FreshCalendarPassword"];
                };
            };
            /** @description `invalid` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_signed_in` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `csrf_failed` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_large` */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type` */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `throttled` */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable` */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    calendar_passwords_revoke: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Revoke a password of a calendar client */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `not_signed_in` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `csrf_failed` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `throttled` */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable` */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deputies_list: {
        parameters: {
            query?: {
                /** @description from 1 */
                page?: number;
                page_size?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Who stands in for me, and for whom I do */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeputyPage"];
                };
            };
            /** @description `invalid` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_signed_in` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `throttled` */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable` */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deputies_create: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewDeputy"];
            };
        };
        responses: {
            /** @description Name a deputy */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Deputy"];
                };
            };
            /** @description `invalid` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_signed_in` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `csrf_failed`, `forbidden` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_large` */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type` */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `throttled` */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable` */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deputies_end: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description End a deputyship, from either side */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `not_signed_in` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `csrf_failed` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `throttled` */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable` */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    feeds_list: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description My calendar addresses */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Feed"][];
                };
            };
            /** @description `not_signed_in` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `throttled` */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable` */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    feeds_create: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["NewFeed"];
            };
        };
        responses: {
            /** @description Make an address under which a calendar can be read */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Feed"];
                };
            };
            /** @description `invalid` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_signed_in` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `csrf_failed` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_large` */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type` */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `throttled` */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable` */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    feeds_revoke: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Revoke a calendar address */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `not_signed_in` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `csrf_failed` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `throttled` */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable` */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    mails_set_aside: {
        parameters: {
            query?: {
                code?: string;
                /** @description from 1 */
                page?: number;
                page_size?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Mails that were set aside */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SetAsideMailPage"];
                };
            };
            /** @description `invalid` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_signed_in` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `throttled` */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable` */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    mails_discard: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Have done with a mail that was set aside */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `not_signed_in` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `csrf_failed`, `forbidden` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `throttled` */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable` */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    mails_retry: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Try a mail again that was set aside */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `not_signed_in` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `csrf_failed`, `forbidden` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `mail_not_kept` */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `throttled` */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable` */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    me_show: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Who am I, and what may I do? */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Me"];
                };
            };
            /** @description `not_signed_in` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `throttled` */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable` */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    me_change: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["MyChange"];
            };
        };
        responses: {
            /** @description Choose my language */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Me"];
                };
            };
            /** @description `invalid` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_signed_in` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `csrf_failed` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_large` */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type` */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `throttled` */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable` */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    occurrences_list: {
        parameters: {
            query?: {
                /** @description with offset; now, if absent */
                from?: string;
                /** @description only dates the caller organises, deputises or attends */
                mine?: boolean;
                /** @description from 1 */
                page?: number;
                page_size?: number;
                room?: string;
                /** @description with offset; seven days later, if absent, and 93 at most */
                until?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The dates between two instants, as far as the caller may see them */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OccurrencePage"];
                };
            };
            /** @description `invalid` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_signed_in` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `throttled` */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable` */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    occurrences_show: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One date */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Occurrence"];
                };
            };
            /** @description `not_signed_in` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `throttled` */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable` */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    occurrences_cancel: {
        parameters: {
            query?: {
                /**
                 * @description this date, or all from it on
                 *
                 *     * `this` - this
                 *     * `following` - following
                 */
                scope?: "this" | "following";
            };
            header?: {
                /** @description the version last seen, such as `"3"` or `"3.2"`; else the change is made on whatever is there. Answers that came since do not stand in the way */
                "If-Match"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Drop one date of a series, or it and all that follow */
            200: {
                headers: {
                    /** @description for If-Match: the booking's version; behind a point, how often people have answered, as in `"3.2"` */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Booking"];
                };
            };
            /** @description `invalid` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_signed_in` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `csrf_failed`, `forbidden` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `already_cancelled`, `already_started`, `not_booked` */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `version_conflict` */
            412: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `throttled` */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable` */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    occurrences_change: {
        parameters: {
            query?: {
                /**
                 * @description this date, or all from it on
                 *
                 *     * `this` - this
                 *     * `following` - following
                 */
                scope?: "this" | "following";
            };
            header?: {
                /** @description the version last seen, such as `"3"` or `"3.2"`; else the change is made on whatever is there. Answers that came since do not stand in the way */
                "If-Match"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["BookingChange"];
            };
        };
        responses: {
            /** @description Change one date of a series, or it and all that follow */
            200: {
                headers: {
                    /** @description for If-Match: the booking's version; behind a point, how often people have answered, as in `"3.2"` */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Booking"];
                };
            };
            /** @description `invalid` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_signed_in` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `csrf_failed`, `forbidden` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `already_cancelled`, `already_started`, `beyond_horizon`, `closed_day`, `in_past`, `no_capacity`, `no_room`, `not_booked`, `not_entitled`, `outside_hours`, `partial_not_allowed`, `quota_exceeded`, `room_blocked`, `room_too_small`, `series_not_allowed`, `slot_taken`, `too_few_dates`, `too_long`, `too_soon` */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `version_conflict` */
            412: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_large` */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type` */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `throttled` */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable` */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    occurrences_end: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description End the meeting that runs, for everybody */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Occurrence"];
                };
            };
            /** @description `not_signed_in` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `csrf_failed`, `forbidden` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `already_started` */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `throttled` */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable` */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    occurrences_people: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Who is in the meeting that runs */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PeopleThere"];
                };
            };
            /** @description `not_signed_in` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `throttled` */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `server_silent`, `unavailable` */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    occurrences_remove_person: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Removal"];
            };
        };
        responses: {
            /** @description Put one person out of the meeting that runs */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `invalid` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_signed_in` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `csrf_failed`, `forbidden` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `cannot_remove` */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_large` */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type` */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `throttled` */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `server_silent`, `unavailable` */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    occurrences_restore: {
        parameters: {
            query?: {
                /**
                 * @description this date, or all from it on
                 *
                 *     * `this` - this
                 *     * `following` - following
                 */
                scope?: "this" | "following";
            };
            header?: {
                /** @description the same key with the same body gets the same answer; nothing is done a second time */
                "Idempotency-Key"?: string;
                /** @description the version last seen, such as `"3"` or `"3.2"`; else the change is made on whatever is there. Answers that came since do not stand in the way */
                "If-Match"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Take back that a date was dropped, or it and those dropped with it */
            200: {
                headers: {
                    /** @description for If-Match: the booking's version; behind a point, how often people have answered, as in `"3.2"` */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Booking"];
                };
            };
            /** @description `invalid` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_signed_in` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `csrf_failed`, `forbidden` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `already_started`, `beyond_horizon`, `closed_day`, `in_past`, `no_capacity`, `no_room`, `not_booked`, `not_cancelled`, `not_entitled`, `outside_hours`, `partial_not_allowed`, `quota_exceeded`, `room_blocked`, `room_too_small`, `series_not_allowed`, `slot_taken`, `too_few_dates`, `too_late`, `too_long`, `too_soon` */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `version_conflict` */
            412: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `idempotency_mismatch` */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `throttled` */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable` */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    outbox_list: {
        parameters: {
            query?: {
                /** @description from 1 */
                page?: number;
                page_size?: number;
                reaction?: string;
                /**
                 * @description * `parked` - parked
                 *     * `pending` - pending
                 */
                state?: "parked" | "pending";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was given up, or is still to be delivered */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeliveryPage"];
                };
            };
            /** @description `invalid` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_signed_in` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `throttled` */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable` */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    outbox_retry: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Try again what was given up */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Delivery"];
                };
            };
            /** @description `not_signed_in` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `csrf_failed`, `forbidden` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_parked` */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `throttled` */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable` */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    outbox_retry_reaction: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Reaction"];
            };
        };
        responses: {
            /** @description Try everything again that one reaction gave up */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Retried"];
                };
            };
            /** @description `invalid` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_signed_in` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `csrf_failed`, `forbidden` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_large` */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type` */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `throttled` */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable` */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    outbox_summary: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description How much is pending and parked, by reaction */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Backlog"][];
                };
            };
            /** @description `not_signed_in` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `throttled` */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable` */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    people_search: {
        parameters: {
            query: {
                /** @description parts of a name or an address, three letters at least */
                q: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Look up colleagues, 20 at most */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Colleague"][];
                };
            };
            /** @description `invalid` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_signed_in` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `throttled` */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable` */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    people_create: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewPerson"];
            };
        };
        responses: {
            /** @description Open an account */
            201: {
                headers: {
                    /** @description the new account */
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Person"];
                };
            };
            /** @description `invalid` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_signed_in` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `csrf_failed`, `forbidden` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_large` */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type` */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `throttled` */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable` */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    people_show: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One account */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Person"];
                };
            };
            /** @description `not_signed_in` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `throttled` */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable` */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    people_change: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["PersonChange"];
            };
        };
        responses: {
            /** @description Change an account */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Person"];
                };
            };
            /** @description `invalid` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_signed_in` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `csrf_failed`, `forbidden` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_large` */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type` */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `throttled` */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable` */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    people_set_memberships: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Memberships"];
            };
        };
        responses: {
            /** @description Set the roles a person has in the caller's subtree */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Person"];
                };
            };
            /** @description `invalid` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_signed_in` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `csrf_failed`, `forbidden` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_large` */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type` */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `throttled` */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable` */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    pools_list: {
        parameters: {
            query?: {
                /** @description from 1 */
                page?: number;
                page_size?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The pools, for operators and authority admins */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PoolPage"];
                };
            };
            /** @description `invalid` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_signed_in` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `throttled` */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable` */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    pools_create: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewPool"];
            };
        };
        responses: {
            /** @description Add a pool */
            201: {
                headers: {
                    /** @description the new pool */
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PoolDetails"];
                };
            };
            /** @description `invalid` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_signed_in` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `csrf_failed`, `forbidden` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_large` */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type` */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `throttled` */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable` */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    pools_show: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One pool */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PoolDetails"];
                };
            };
            /** @description `not_signed_in` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `throttled` */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable` */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    pools_change: {
        parameters: {
            query?: {
                /** @description only show what the change would mean */
                dry_run?: boolean;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["PoolChange"];
            };
        };
        responses: {
            /** @description Change a pool */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PoolDetails"];
                };
            };
            /** @description `invalid` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_signed_in` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `csrf_failed`, `forbidden` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_large` */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type` */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `throttled` */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable` */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    proposals_decline: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Leave it at the time there is */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Proposal"];
                };
            };
            /** @description `not_signed_in` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `csrf_failed`, `forbidden` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `already_cancelled`, `already_decided`, `not_booked` */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `throttled` */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable` */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    proposals_take: {
        parameters: {
            query?: never;
            header?: {
                /** @description the version last seen, such as `"3"` or `"3.2"`; else the change is made on whatever is there. Answers that came since do not stand in the way */
                "If-Match"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Move the booking, or its date, to the time that was proposed */
            200: {
                headers: {
                    /** @description for If-Match: the booking's version; behind a point, how often people have answered, as in `"3.2"` */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Booking"];
                };
            };
            /** @description `invalid` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_signed_in` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `csrf_failed`, `forbidden` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `already_cancelled`, `already_decided`, `already_started`, `beyond_horizon`, `closed_day`, `in_past`, `no_capacity`, `no_room`, `not_booked`, `not_entitled`, `outside_hours`, `partial_not_allowed`, `quota_exceeded`, `room_blocked`, `room_too_small`, `series_not_allowed`, `slot_taken`, `too_few_dates`, `too_long`, `too_soon` */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `version_conflict` */
            412: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `throttled` */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable` */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    quotas_list: {
        parameters: {
            query?: {
                /** @description from 1 */
                page?: number;
                page_size?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Limits and use of every authority the caller administers, in the order of the tree */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["QuotaPage"];
                };
            };
            /** @description `invalid` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_signed_in` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `throttled` */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable` */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    recordings_delete: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Delete a recording for good */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Recording"];
                };
            };
            /** @description `not_signed_in` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `csrf_failed`, `forbidden` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `throttled` */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable` */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    recordings_change: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RecordingChange"];
            };
        };
        responses: {
            /** @description Publish a recording, or withdraw it */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Recording"];
                };
            };
            /** @description `invalid` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_signed_in` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `csrf_failed`, `forbidden` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `recording_not_ready` */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_large` */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type` */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `throttled` */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable` */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    room_classes_list: {
        parameters: {
            query?: {
                /** @description from 1 */
                page?: number;
                page_size?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The room classes the caller may see */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RoomClassPage"];
                };
            };
            /** @description `invalid` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_signed_in` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `throttled` */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable` */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    room_classes_create: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewRoomClass"];
            };
        };
        responses: {
            /** @description Add a room class */
            201: {
                headers: {
                    /** @description the new room class */
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RoomClass"];
                };
            };
            /** @description `invalid` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_signed_in` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `csrf_failed`, `forbidden` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_large` */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type` */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `throttled` */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable` */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    room_classes_show: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One room class */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RoomClass"];
                };
            };
            /** @description `not_signed_in` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `throttled` */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable` */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    room_classes_change: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["RoomClassChange"];
            };
        };
        responses: {
            /** @description Change a room class */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RoomClass"];
                };
            };
            /** @description `invalid` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_signed_in` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `csrf_failed`, `forbidden` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_large` */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type` */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `throttled` */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable` */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    room_class_approvers_list: {
        parameters: {
            query?: {
                /** @description from 1 */
                page?: number;
                page_size?: number;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Who decides about requests for rooms of this class */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApproverPage"];
                };
            };
            /** @description `invalid` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_signed_in` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `throttled` */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable` */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    room_class_approvers_name: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewApprover"];
            };
        };
        responses: {
            /** @description Let somebody decide about requests for rooms of this class */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Approver"];
                };
            };
            /** @description `invalid` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_signed_in` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `csrf_failed`, `forbidden` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_large` */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type` */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `throttled` */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable` */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    rooms_list: {
        parameters: {
            query?: {
                /** @description the owner */
                authority?: string;
                /** @description with offset; only rooms that are free until `free_until` */
                free_from?: string;
                /** @description ISO 8601. With an offset it is an instant, without one the wall time in `timezone`. */
                free_until?: string;
                /** @description from 1 */
                page?: number;
                page_size?: number;
                /** @description part of name or address */
                q?: string;
                room_class?: string;
                /** @description at least */
                seats?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The rooms the caller may see, by size, class, owner, name or free time */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RoomPage"];
                };
            };
            /** @description `invalid` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_signed_in` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `throttled` */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable` */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    rooms_create: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewRoom"];
            };
        };
        responses: {
            /** @description Open a room */
            201: {
                headers: {
                    /** @description the new room */
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Room"];
                };
            };
            /** @description `invalid` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_signed_in` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `csrf_failed`, `forbidden` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_large` */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type` */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `throttled` */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable` */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    rooms_show: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One room */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Room"];
                };
            };
            /** @description `not_signed_in` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `throttled` */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable` */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    rooms_retire: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Take a room out of use */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Room"];
                };
            };
            /** @description `not_signed_in` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `csrf_failed`, `forbidden` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `throttled` */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable` */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    rooms_change: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["RoomChange"];
            };
        };
        responses: {
            /** @description Change a room */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Room"];
                };
            };
            /** @description `invalid` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_signed_in` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `csrf_failed`, `forbidden` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_large` */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type` */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `throttled` */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable` */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    rooms_occurrences: {
        parameters: {
            query?: {
                /** @description with offset; now, if absent */
                from?: string;
                /** @description from 1 */
                page?: number;
                page_size?: number;
                /** @description with offset; seven days later, if absent, and 93 at most */
                until?: string;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The dates of one room */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OccurrencePage"];
                };
            };
            /** @description `invalid` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_signed_in` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `throttled` */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable` */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    servers_list: {
        parameters: {
            query?: {
                /** @description from 1 */
                page?: number;
                page_size?: number;
                pool?: string;
                /**
                 * @description * `enabled` - in Betrieb
                 *     * `draining` - wird geleert
                 *     * `disabled` - abgeschaltet
                 */
                state?: "enabled" | "draining" | "disabled";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All conference servers */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ServerPage"];
                };
            };
            /** @description `invalid` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_signed_in` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `throttled` */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable` */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    servers_create: {
        parameters: {
            query?: {
                /** @description add it without asking the server first */
                unchecked?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewServer"];
            };
        };
        responses: {
            /** @description Register a conference server */
            201: {
                headers: {
                    /** @description the new server */
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ServerDetails"];
                };
            };
            /** @description `invalid` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_signed_in` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `csrf_failed`, `forbidden` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `server_check_failed` */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_large` */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type` */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `throttled` */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable` */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    servers_show: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One server */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ServerDetails"];
                };
            };
            /** @description `not_signed_in` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `throttled` */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable` */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    servers_remove: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Forget a server that was never used */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `not_signed_in` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `csrf_failed`, `forbidden` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `still_used` */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `throttled` */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable` */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    servers_change: {
        parameters: {
            query?: {
                /** @description only show what the change would mean */
                dry_run?: boolean;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["ServerChange"];
            };
        };
        responses: {
            /** @description Change a server, its capacity or its state */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ServerDetails"];
                };
            };
            /** @description `invalid` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_signed_in` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `csrf_failed`, `forbidden` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_large` */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type` */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `throttled` */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable` */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    servers_check: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Ask the server whether it answers and accepts our secret */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ServerCheck"];
                };
            };
            /** @description `not_signed_in` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `csrf_failed`, `forbidden` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `throttled` */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable` */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    servers_drain: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What draining a server would mean; nothing is changed */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DrainPlan"];
                };
            };
            /** @description `not_signed_in` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `throttled` */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable` */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    servers_events: {
        parameters: {
            query?: {
                /** @description from 1 */
                page?: number;
                page_size?: number;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What happened to a server in the last 90 days, the latest first */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ServerEventPage"];
                };
            };
            /** @description `invalid` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_signed_in` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `throttled` */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable` */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    servers_meetings: {
        parameters: {
            query?: {
                /** @description from 1 */
                page?: number;
                page_size?: number;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The meetings that run on a server, the latest first */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ServerMeetingPage"];
                };
            };
            /** @description `invalid` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_signed_in` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `throttled` */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable` */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    servers_check_new: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewServer"];
            };
        };
        responses: {
            /** @description Ask a server that is not registered yet; nothing is saved */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ServerCheck"];
                };
            };
            /** @description `invalid` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_signed_in` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `csrf_failed`, `forbidden` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_large` */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type` */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `throttled` */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable` */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    session_show: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Whose session is this? */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Me"];
                };
            };
            /** @description `not_signed_in` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    session_sign_in: {
        parameters: {
            query?: never;
            header?: {
                /** @description the value of the cookie `csrftoken`, which `GET /session` sets */
                "X-CSRFToken"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SignIn"];
            };
        };
        responses: {
            /** @description Sign in */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Me"];
                };
            };
            /** @description `invalid` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `invalid_credentials` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `csrf_failed` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_large` */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type` */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `throttled` */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    session_sign_out: {
        parameters: {
            query?: never;
            header?: {
                /** @description the value of the cookie `csrftoken`, which `GET /session` sets */
                "X-CSRFToken"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Sign out */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `csrf_failed` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
}
