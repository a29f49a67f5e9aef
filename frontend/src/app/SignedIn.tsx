// SPDX-License-Identifier: EUPL-1.2
import { useQuery } from "@tanstack/react-query";
import { Navigate, Outlet, useLocation } from "react-router";
import { Loading } from "@/components/Loading";
import { ProblemNotice } from "@/components/ProblemNotice";
import { sessionQuery } from "@/lib/session";

/** Pages for people signed in; everyone else is led to the sign-in and back again afterwards. */
export function SignedIn() {
  const session = useQuery(sessionQuery);
  const { pathname, search } = useLocation();
  if (session.isPending) return <Loading />;
  if (session.isError) return <ProblemNotice problem={session.error} onRetry={() => void session.refetch()} />;
  if (!session.data) {
    const next = pathname + search;
    return <Navigate to={next === "/" ? "/login" : `/login?next=${encodeURIComponent(next)}`} replace />;
  }
  return <Outlet />;
}
