// SPDX-License-Identifier: EUPL-1.2
// Links may carry the token behind the address, which no server sees: then the page is asked for again with it.
"use strict";

const given = new URLSearchParams(window.location.hash.slice(1));
const token = given.get("jwt");
if (token) window.location.replace(window.location.pathname + "?jwt=" + encodeURIComponent(token));
