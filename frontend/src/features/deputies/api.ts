// SPDX-License-Identifier: EUPL-1.2
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api, unwrap } from "@/lib/api/client";
import { DEPUTIES_KEY } from "@/lib/deputies";

export function useNameDeputy() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: { email: string; valid_until?: string }) => unwrap(api.POST("/api/v1/deputies", { body })),
    onSuccess: () => client.invalidateQueries({ queryKey: DEPUTIES_KEY }),
  });
}

export function useEndDeputy() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => unwrap(api.DELETE("/api/v1/deputies/{id}", { params: { path: { id } } })),
    onSettled: () => {
      void client.invalidateQueries({ queryKey: DEPUTIES_KEY });
      // What one saw as a deputy is no longer one's own.
      void client.invalidateQueries({ queryKey: ["bookings"] });
    },
  });
}
