// SPDX-License-Identifier: EUPL-1.2
import type { Alternative } from "./types";

/** Body of an `application/problem+json` answer. */
export interface ProblemBody {
  type?: string;
  title?: string;
  status: number;
  code: string;
  detail: string;
  limit?: number | null;
  in_use?: number | null;
  asked?: number | null;
  unit?: string | null;
  alternatives?: Alternative[];
  fields?: Record<string, string[]>;
}

/**
 * A refusal or failure of the API. `code` is stable and may be compared; `detail` is a sentence for people, already in
 * their language. Two codes are ours: `offline` (no answer at all, status 0) and `unexpected` (an answer that is not a problem).
 */
export class ApiProblem extends Error {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly limit: number | null;
  readonly inUse: number | null;
  readonly asked: number | null;
  readonly alternatives: Alternative[];
  readonly fields: Record<string, string[]>;

  constructor(body: ProblemBody) {
    super(body.detail || body.code);
    this.name = "ApiProblem";
    this.status = body.status;
    this.code = body.code;
    this.detail = body.detail;
    this.limit = body.limit ?? null;
    this.inUse = body.in_use ?? null;
    this.asked = body.asked ?? null;
    this.alternatives = body.alternatives ?? [];
    this.fields = body.fields ?? {};
  }
}

/** Turn whatever the server answered into an ApiProblem: a proxy's HTML page must not look like a sentence for people. */
export function problemFrom(status: number, body: unknown): ApiProblem {
  if (typeof body === "object" && body !== null && "code" in body && typeof body.code === "string") {
    return new ApiProblem({ ...(body as ProblemBody), status });
  }
  return new ApiProblem({ status, code: "unexpected", detail: "" });
}

export function isProblem(error: unknown, ...codes: string[]): error is ApiProblem {
  return error instanceof ApiProblem && (codes.length === 0 || codes.includes(error.code));
}
