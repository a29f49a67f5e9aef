// SPDX-License-Identifier: EUPL-1.2
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Navigate, Outlet, useLocation } from "react-router";
import { Loading } from "@/components/Loading";
import { ProblemNotice } from "@/components/ProblemNotice";
import { LEFT_KEY, sessionQuery } from "@/lib/session";

/** Pages for people signed in; everyone else is led to the sign-in and back again afterwards. */
export function SignedIn() {
  const client = useQueryClient();
  const session = useQuery(sessionQuery);
  const { pathname, search } = useLocation();
  if (session.isPending) return <Loading />;
  if (session.isError) return <ProblemNotice problem={session.error} onRetry={() => void session.refetch()} />;
  if (!session.data) {
    const next = pathname + search;
    const plain = next === "/" || client.getQueryData(LEFT_KEY) === true;
    return <Navigate to={plain ? "/login" : `/login?next=${encodeURIComponent(next)}`} replace />;
  }
  return <Outlet />;
}
