// SPDX-License-Identifier: EUPL-1.2
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api, unwrap } from "./api/client";

/** A meeting that starts now, in any room. */
export function useInstant() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => unwrap(api.POST("/api/v1/bookings/instant", { body: {} })),
    onSuccess: () => {
      for (const key of ["bookings", "occurrences", "availability"]) void client.invalidateQueries({ queryKey: [key] });
    },
  });
}
